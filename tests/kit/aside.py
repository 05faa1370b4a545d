"""Messages that nobody understood, as the journal tells of them."""

from tramita.kit.database.work import UnitOfWork
from tramita.kit.inbox_queries import MessageLine, MessageStanding, find_messages, find_senders


async def find_aside(work: UnitOfWork) -> list[MessageLine]:
    """The latest of them."""
    return await find_messages(
        work,
        standing=MessageStanding.ASIDE,
        providers=await find_senders(work),
        before=None,
        limit=10,
    )
