"""Messages that nobody signs: whoever likes may post one, so only so many are kept, and none of nobody's."""

from uuid import UUID

from tramita.kit.database.work import UnitOfWork


async def is_crowded(work: UnitOfWork, provider: str, most: int) -> bool:
    """Whether so many messages of a provider wait to be processed."""
    rows = await work.fetch(
        "SELECT FROM inbox WHERE provider = $1 AND processed_at IS NULL OFFSET $2 LIMIT 1",
        provider,
        most - 1,
    )
    return bool(rows)


async def drop(work: UnitOfWork, message_id: UUID) -> None:
    """Keep a message no more that nobody has signed and that is nobody's."""
    await work.fetch("DELETE FROM inbox WHERE id = $1 AND processed_at IS NULL", message_id)
