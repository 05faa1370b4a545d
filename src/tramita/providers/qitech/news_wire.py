"""QI Tech's messages as they come: JSON of many shapes, read field by field.

Nothing here insists. A message is flat or wrapped in ``webhook{key, data}``, numbers
come as strings, fields are added without notice, and one field that cannot be read
says nothing about its neighbours: every reader answers ``None`` then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec
from joserfc.util import urlsafe_b64decode

from tramita.kit.calendar import day_in_brazil
from tramita.kit.outside import storable_json
from tramita.providers.qitech.wire import LARGEST_AMOUNT, parse_instant

LONGEST_TEXT: Final = 200

_CENT: Final = Decimal("0.01")
# Defensive: systems that do not know a date send the first or the last one there is.
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2200
_KEYS: Final = ("proposal_key", "key", "credit_operation_key")
_STATUSES: Final = ("proposal_status", "portability_authorization_status", "status")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of a message."""

    members: Mapping[str, object]

    def inside(self, name: str) -> "Fields":
        """The object of this name; an empty one when there is none."""
        return _as_fields(self.members.get(name))

    def items(self, name: str) -> Iterator["Fields"]:
        """The objects in a list; a bare text in it is an object with that ``text``."""
        found = self.members.get(name)
        for one in found if isinstance(found, list) else ():
            yield Fields({"text": one}) if isinstance(one, str) else _as_fields(one)

    def text(self, *names: str, longest: int = LONGEST_TEXT) -> str | None:
        """The first of these that is a text or a number, and not empty."""
        for name in names:
            found = self.members.get(name)
            if isinstance(found, str | int | Decimal) and not isinstance(found, bool):
                text = str(found).strip()
                if text:
                    return text[:longest]
        return None

    def amount(self, name: str) -> Decimal | None:
        """BRL in cents, number or string; ``None`` for what is no loan's amount."""
        try:
            amount = Decimal(self.text(name) or "")
            if not amount.is_finite() or not 0 <= amount < LARGEST_AMOUNT:
                return None
            return amount.quantize(_CENT)
        except ArithmeticError:
            return None

    def flag(self, name: str) -> bool | None:
        """A truth value, however it is spelled."""
        found = self.members.get(name)
        spelled = str(found).lower() if isinstance(found, bool | str | int) else ""
        return {"true": True, "1": True, "false": False, "0": False}.get(spelled)

    def key(self, *names: str) -> str | None:
        """The first of these that is a UUID, however it is spelled."""
        for name in names:
            try:
                return str(UUID(self.text(name) or ""))
            except ValueError:
                continue
        return None

    def instant(self, name: str) -> datetime | None:
        """A moment in one of the spellings that were seen; ``None`` for an impossible one."""
        return read_moment(self.text(name) or "")

    def day(self, name: str) -> date | None:
        """A day. A moment that is not midnight is the day it falls on in Brasília."""
        text = self.text(name) or ""
        at = read_moment(text)
        if at is None or at.time() == time():
            return None if at is None else at.date()
        return day_in_brazil(at)


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook, out of its wrapping. ``key`` is whatever QI Tech calls it by."""

    type: str | None
    whole: Fields

    @property
    def data(self) -> Fields:
        """What it tells, beyond key and status."""
        return self.whole.inside("data")

    @property
    def key(self) -> str | None:
        """The proposal's key, else the credit operation's."""
        return self.whole.key(*_KEYS) or self.data.key(*_KEYS)

    @property
    def key_text(self) -> str | None:
        """The same as it was written."""
        return self.whole.text(*_KEYS) or self.data.text(*_KEYS)

    @property
    def status(self) -> str | None:
        """QI Tech's word."""
        return self.whole.text(*_STATUSES) or self.data.text(*_STATUSES)

    @property
    def happened_at(self) -> datetime | None:
        """When, by QI Tech's clock."""
        return self.whole.instant("event_datetime") or self.data.instant("event_datetime")


def read_moment(text: str) -> datetime | None:
    """A QI Tech date-time in UTC; ``None`` for what is none, or lies outside 2000–2200."""
    found = parse_instant(text)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found.astimezone(UTC)


def open_message(body: bytes) -> Message | None:
    """A webhook's body; ``None`` when it is no JSON object."""
    top = read_object(body)
    if top is None:
        return None
    encoded = top.text("encoded_body", longest=len(body))
    if encoded is not None:
        return open_message(_claimed(encoded))
    whole = _unwrapped(top)
    return Message(whole.text("webhook_type"), whole)


def read_object(body: bytes) -> Fields | None:
    """A JSON object with its numbers exact; ``None`` for anything else."""
    try:
        found: object = msgspec.json.Decoder(float_hook=_exact).decode(storable_json(body))
    except (ValueError, RecursionError):
        return None
    return Fields(found) if isinstance(found, dict) else None


def _unwrapped(top: Fields) -> Fields:
    """What ``webhook{key, data}`` is wrapped around: the rest, or a whole flat message."""
    whole = Fields({**top.members, **top.inside("webhook").members})
    data = whole.inside("data")
    if "webhook_type" in whole.members or "webhook_type" not in data.members:
        return whole
    return Fields({**whole.members, "data": None, **data.members})


def _claimed(token: str) -> bytes:
    """The payload of a token; whoever asks has had its signature verified before."""
    try:
        return urlsafe_b64decode(token.split(".")[1].encode())
    except (ValueError, IndexError):
        return b""


def _exact(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _as_fields(value: object) -> Fields:
    return Fields(value if isinstance(value, dict) else {})
