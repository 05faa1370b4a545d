"""Settings of payments, read from ``TRAMITA_PAYMENTS_*``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from tramita.kit.operations.asking import Patience
from tramita.payments.rules.schedule import LIMITS, Policy
from tramita.payments.rules.working_days import is_country

_WHOLE = 100


class PaymentSettings(Patience):
    """When instalments are due and debited, and how patient payments are with their provider."""

    model_config = SettingsConfigDict(env_prefix="TRAMITA_PAYMENTS_", extra="ignore")

    provider: str = Field(
        default="lyra", description="Who takes the cards of accounts that are opened from now on."
    )
    schedule_limits: Mapping[int, Sequence[int]] = Field(
        default=LIMITS,
        description="Percentages of instalments by the largest total that they are for, as JSON; the "
        "last ones are for all totals above.",
    )
    withdrawal_days: int = Field(
        default=16, ge=0, description="Days after a signature within which one may withdraw."
    )
    country: str = Field(
        default="FR", description="Whose working days and public holidays count: two capitals."
    )
    time_zone: str = Field(
        default="Europe/Paris", description="Where it is decided which day it is."
    )
    debit_hour: int = Field(
        default=3, ge=0, le=23, description="From this hour on, what is due that day is debited."
    )
    dunning_days: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(3, 7, 14),
        description="Days after a bank's first no on which an instalment is debited once more, "
        "separated by commas. Empty: its owner has to pay it.",
    )
    card_days: int = Field(
        default=30,
        ge=0,
        description="Days before a card's end in which subscribers are told that it cannot pay "
        "everything that it is to pay.",
    )
    form_minutes: float = Field(
        default=30.0,
        description="Minutes for which nothing is debited while its owner may be paying it in a form.",
    )
    debit_grace: float = Field(
        default=120.0,
        description="Seconds after which the provider is believed when it says that it has not "
        "seen a debit whose answer was lost.",
    )
    law_years: int = Field(
        default=10,
        ge=0,
        description="Years for which it is kept whom an invoice was for, counted from the first day "
        "of the year after; 0: nothing is kept of whoever is erased.",
    )
    debit_batch: int = Field(
        default=500, ge=1, description="Instalments whose debit is begun in one transaction."
    )

    @field_validator("schedule_limits")
    @classmethod
    def _are_percentages(cls, limits: Mapping[int, Sequence[int]]) -> Mapping[int, Sequence[int]]:
        if not limits or any(sum(parts) != _WHOLE or min(parts) < 1 for parts in limits.values()):
            raise ValueError("the percentages of each total are above 0, and together 100")
        return limits

    @field_validator("country")
    @classmethod
    def _is_known(cls, country: str) -> str:
        if not is_country(country):
            raise ValueError("a country is two capitals, and its holidays have to be known")
        return country

    @field_validator("time_zone")
    @classmethod
    def _is_somewhere(cls, time_zone: str) -> str:
        ZoneInfo(time_zone)
        return time_zone

    @field_validator("dunning_days", mode="before")
    @classmethod
    def _are_listed(cls, days: object) -> object:
        return [one for one in days.split(",") if one.strip()] if isinstance(days, str) else days

    @field_validator("dunning_days")
    @classmethod
    def _grow(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if any(one < 1 for one in days) or list(days) != sorted(set(days)):
            raise ValueError("days after the first refusal are above 0, and each is later")
        return days

    @property
    def policy(self) -> Policy:
        """What the rules of schedules go by."""
        return Policy(self.schedule_limits, self.withdrawal_days, self.country)

    def local(self, at: datetime) -> datetime:
        """A moment where it is decided which day it is."""
        return at.astimezone(ZoneInfo(self.time_zone))

    def day_of(self, at: datetime) -> date:
        """Which day it is there."""
        return self.local(at).date()

    def is_debit_time(self, at: datetime) -> bool:
        """Whether the hour has come there from which on what is due that day is debited."""
        return self.local(at).hour >= self.debit_hour

    @property
    def card_notice(self) -> timedelta:
        """How long before its end a card is told of."""
        return timedelta(days=self.card_days)

    @property
    def form(self) -> timedelta:
        """For how long its owner may be paying in a form."""
        return timedelta(minutes=self.form_minutes)
