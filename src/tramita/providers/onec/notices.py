"""``OfficeNotices`` of 1C: how it writes what it tells of its own accord."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from tramita.kit.outside import UNREADABLE, NotUnderstood
from tramita.kit.provider import Connection
from tramita.providers.onec.settings import OneCSettings
from tramita.providers.onec.texts import read_document
from tramita.providers.onec.translate import (
    read_ack,
    read_conditions,
    read_corrections,
    read_status,
    read_told,
    to_message,
)
from tramita.providers.onec.wire import (
    WireAcks,
    WireConditions,
    WireCorrections,
    WireStatus,
    WireTold,
)
from tramita.transfers.ports import (
    Acknowledged,
    Conditions,
    Corrections,
    DocumentTold,
    StatusTold,
)

W = TypeVar("W")
T = TypeVar("T")


@dataclass(frozen=True)
class OneCNotices:
    """``zone`` is the base's own."""

    zone: ZoneInfo

    def read_conditions(self, body: bytes) -> Conditions | NotUnderstood:
        """What was worked out for an application."""
        return _read(body, WireConditions, lambda said: read_conditions(said, self.zone))

    def read_corrections(self, body: bytes) -> Corrections | NotUnderstood:
        """What is corrected in a form."""
        return _read(body, WireCorrections, read_corrections)

    def read_status(self, body: bytes) -> StatusTold | NotUnderstood:
        """How an application or its payment stands."""
        return _read(body, WireStatus, lambda said: read_status(said, self.zone))

    def read_document(self, body: bytes) -> DocumentTold | NotUnderstood:
        """What a document is, and its file where it is in the message."""
        return _read(body, WireTold, lambda said: read_told(said, self.zone))

    def read_acknowledged(self, body: bytes) -> list[Acknowledged] | NotUnderstood:
        """What became of messages that were fetched."""
        return _read(
            body, WireAcks, lambda said: [read_ack(one, self.zone) for one in said.messages]
        )

    def write_message(self, kind: str, message: object) -> Mapping[str, Any]:
        """A message of ours as it is fetched."""
        return to_message(kind, message, self.zone)


def _read(body: bytes, kind: type[W], translate: Callable[[W], T]) -> T | NotUnderstood:
    try:
        return translate(msgspec.convert(read_document(body), kind))
    except UNREADABLE as error:
        return NotUnderstood(str(error))


def make_notices(connection: Connection) -> OneCNotices:
    """The reader of this process."""
    settings: OneCSettings = connection.settings
    return OneCNotices(settings.zone)
