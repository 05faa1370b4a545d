"""How long rows are kept: every table that is not kept for ever says so beside its code.

An area names its ``Kept`` in its manifest; ``tramita.kit.retention`` does the forgetting, and
``docs/reference/retention.md`` is made of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_HOURS: Final = r"^([01]?\d|2[0-4])-([01]?\d|2[0-4])$"


class KeepSettings(BaseSettings):
    """How long the platform's own tables keep their rows, and when rows are forgotten."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_KEEP_", extra="ignore")

    hours: str = Field(
        default="22-6",
        pattern=_HOURS,
        description="Hours of the day, in `TRAMITA_TIME_ZONE`, between which rows whose time is "
        "over are deleted; `0-24` is always.",
    )
    queue_log_days: float = Field(
        default=7.0, ge=1, description="Days the queue's log of jobs that ran is kept."
    )
    queue_statistics_days: float = Field(
        default=90.0, ge=1, description="Days the queue's counts of jobs are kept."
    )
    exchanges_days: float = Field(
        default=180.0,
        ge=60,
        description="Days the masked journal of what was said to providers is kept. Of an operation "
        "that is not finished it always is.",
    )
    inbox_days: float = Field(
        default=180.0,
        ge=30,
        description="Days the messages of providers are kept as they came. A digest, by which the "
        "same message is known again, stays for ever.",
    )
    webhook_events_days: float = Field(
        default=90.0,
        ge=30,
        description="Days an event and its deliveries are kept once none of them is open.",
    )
    mails_days: float = Field(
        default=365.0,
        ge=30,
        description="Days it is kept whom an e-mail went to and what it said. That it was written, "
        "and what became of it, stays for ever.",
    )
    audit_days: float = Field(
        default=1826.0,
        ge=365,
        description="Days it is kept who did what in the console, and who was shown what of people; "
        "five years, unless said otherwise.",
    )
    notes_days: float = Field(
        default=1825.0,
        ge=30,
        description="Days a note of one of our own people about a contract is kept. When the person "
        "that it is about is erased, its text goes at once.",
    )
    idempotency_keys_days: float = Field(
        default=90.0,
        ge=1,
        description="Days a request that comes again under its idempotency key is known again. Its "
        "answer is given again for one day, whatever this says.",
    )

    @field_validator("hours")
    @classmethod
    def _are_some(cls, hours: str) -> str:
        first, last = (int(one) for one in hours.split("-"))
        if first in {last, 24}:
            raise ValueError("hours are given as 22-6, from the first to before the last")
        return hours

    def is_time(self, hour: int) -> bool:
        """Whether rows are forgotten in this hour of the day."""
        first, last = (int(one) for one in self.hours.split("-"))
        return first <= hour < last if first < last else hour >= first or hour < last


class Now(StrEnum):
    """By which clock a table tells the age of its rows."""

    PLATFORM = "tramita_now()"
    REAL = "now()"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Rows of one table that go when their column ``age`` is older than ``days``.

    ``days`` names a field of ``settings``, or is a number where nobody need choose;
    ``days_more`` come on top.

    They are walked in the order of ``order``, unique columns with an index, along which age
    grows: the first young page ends the walk, and no index by age is needed. ``among`` bounds
    the walk to an index with that predicate. Both call the table ``t``, as does ``where``, which
    says what goes besides being old. What it spares is walked over again each time, so that
    must be few rows, or such as go soon.

    With ``empties`` (``"body = NULL"``) the rows stay, and lose that. ``also`` are statements
    in the same transaction on the rows that went, ``gone``. ``what`` and ``stays`` are for
    people: what the rows are, and what is left of them or spared. What is kept for minutes goes
    ``at_any_hour``.
    """

    name: str
    table: str
    what: str
    stays: str
    age: str
    days: float | str
    settings: type[BaseSettings] = KeepSettings
    days_more: float = 0
    now: Now = Now.PLATFORM
    order: Sequence[str] = ("id",)
    among: str = "true"
    where: str = "true"
    empties: str = ""
    also: Sequence[str] = field(default=())
    at_any_hour: bool = False
