"""The inbox: whatever a vendor posts to us, kept before it is understood.

A message is verified, stored raw under its vendor id (or the hash of its content)
and answered 2xx; a job then translates and delivers it. Twice is once. The effect
and the "processed" mark commit together, so a first attempt that fails does not
make the second look like a duplicate.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Database, Record
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id


class InboxMessage(Record):
    """One message of a vendor, as it came."""

    __tablename__ = "inbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    vendor_id: Mapped[str]
    body: Mapped[bytes]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]


async def receive(
    work: UnitOfWork, provider: str, body: bytes, *, job: str, vendor_id: str | None = None
) -> bool:
    """Keep a verified message and enqueue ``job(message_id)``; false when it was known."""
    rows = await work.fetch(
        """
        INSERT INTO inbox (id, provider, vendor_id, body, received_at)
        VALUES ($1, $2, $3, $4, tramita_now())
        ON CONFLICT (provider, vendor_id) DO NOTHING RETURNING id
        """,
        new_id(),
        provider,
        vendor_id or hashlib.sha256(body).hexdigest(),
        body,
    )
    if rows:
        work.enqueue(job, message_id=rows[0]["id"])
    return bool(rows)


async def deliver(
    database: Database,
    message_id: UUID,
    *,
    effect: Callable[[UnitOfWork, bytes], Awaitable[None]],
) -> None:
    """Run ``effect`` on a message once; a message already processed is left alone."""
    async with database.unit_of_work(actor="inbox") as work:
        rows = await work.fetch(
            "UPDATE inbox SET processed_at = tramita_now() "
            "WHERE id = $1 AND processed_at IS NULL RETURNING provider, body",
            message_id,
        )
        if rows:
            work.actor = rows[0]["provider"]
            await effect(work, rows[0]["body"])
