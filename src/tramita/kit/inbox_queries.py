"""The inbox as a list: what outside systems have told us, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.places import every_place
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.inbox import BODY
from tramita.kit.masking import mask_body


class MessageStanding(StrEnum):
    """Where a message stands: it is put aside when nobody understood it."""

    WAITING = "waiting"
    TAKEN = "taken"
    ASIDE = "aside"


# As conditions that indexes have, too.
_STANDS: Final[Mapping[MessageStanding, str]] = {
    MessageStanding.WAITING: "processed_at IS NULL",
    MessageStanding.TAKEN: "processed_at IS NOT NULL AND not_understood IS NULL",
    MessageStanding.ASIDE: "not_understood IS NOT NULL",
}
_COLUMNS: Final = (
    "id, provider, received_at, processed_at, not_understood AS why, body IS NOT NULL AS has_body"
)
_SENDERS: Final = every_place("inbox", {"name": "provider"})


class MessageNotFound(NotFoundError):
    """There is no message {id} in the inbox; it may have been kept for long enough."""


class MessageLine(Struct):
    """A message in a list; ``why`` says of one that was put aside what is wrong with it, masked."""

    id: UUID
    provider: str
    received_at: datetime
    processed_at: datetime | None
    why: str | None
    has_body: bool

    @property
    def standing(self) -> MessageStanding:
        """What became of it."""
        if self.why is not None:
            return MessageStanding.ASIDE
        return MessageStanding.TAKEN if self.processed_at else MessageStanding.WAITING


class MessageInFull(MessageLine):
    """A message with what it says, masked; nothing where that was emptied.

    ``subject_id`` is what it was found to be about, once it was taken.
    """

    body: str
    size: int
    subject_id: UUID | None


async def find_senders(work: UnitOfWork) -> list[str]:
    """Every provider of whom there is a message."""
    return [row["name"] for row in await work.fetch(_SENDERS)]


async def find_messages(
    work: UnitOfWork,
    *,
    standing: MessageStanding | None,
    providers: list[str],
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MessageLine]:
    """Messages of these providers, the latest first, those before ``before``; at most ``limit``."""
    values: list[object] = [providers, limit]
    beyond = ""
    if before is not None:
        values += before
        beyond = "AND (received_at, id) < ($3, $4)"
    stands = "true" if standing is None else _STANDS[standing]
    return await work.read(
        MessageLine,
        f"""
        SELECT {_COLUMNS} FROM (
            SELECT last.* FROM unnest($1::text[]) AS p(sender) CROSS JOIN LATERAL (
                SELECT * FROM inbox WHERE provider = p.sender AND {stands} {beyond}
                ORDER BY received_at DESC, id DESC LIMIT $2
            ) AS last ORDER BY received_at DESC, id DESC LIMIT $2
        ) AS page ORDER BY received_at DESC, id DESC
        """,  # noqa: S608 - constants
        *values,
    )


async def get_message(work: UnitOfWork, message_id: UUID) -> MessageInFull:
    """One message; raises ``MessageNotFound``."""
    rows = await work.fetch(
        f"SELECT {_COLUMNS}, subject_id, body FROM inbox WHERE id = $1",  # noqa: S608 - a constant
        message_id,
    )
    if not rows:
        raise MessageNotFound(id=message_id)
    body = work.keys.decrypt_bytes(rows[0]["body"] or b"", BODY) if rows[0]["has_body"] else b""
    known = {name: value for name, value in rows[0].items() if name != "body"}
    return MessageInFull(**known, body=mask_body(body), size=len(body))
