"""Views of lists that people come back to: what a list was narrowed to, under a name of theirs."""

from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.types import encrypted
from tramita.kit.errors import ConflictError
from tramita.kit.identifiers import new_id

LONGEST_NAME: Final = 60
# So many of one person's for one list.
MOST: Final = 30
# As what a name is encrypted: whoever chooses it may name a client.
_NAME: Final = encrypted("saved_views.name")


class TooManyViews(ConflictError):
    """You have {number} views of this list. Forget one of them first."""


class SavedView(Struct):
    """A view: ``query`` is that of the list's address."""

    id: UUID
    name: str
    query: str


async def list_views(work: UnitOfWork, account_id: UUID, room: str) -> list[SavedView]:
    """An account's views of a list, in the order in which they were kept."""
    views = await work.read(
        SavedView,
        "SELECT id, name, query FROM saved_views WHERE account_id = $1 AND room = $2 "
        "ORDER BY id LIMIT $3",
        account_id,
        room,
        MOST,
    )
    for one in views:
        one.name = work.keys.decrypt(one.name, _NAME)
    return views


async def save_view(
    work: UnitOfWork, account_id: UUID, room: str, *, name: str, query: str
) -> None:
    """Keep what a list is narrowed to; raises ``TooManyViews``."""
    await work.fetch("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)
    if len(await list_views(work, account_id, room)) >= MOST:
        raise TooManyViews(number=MOST)
    await work.fetch(
        "INSERT INTO saved_views (id, account_id, room, name, query, created_at) "
        "VALUES ($1, $2, $3, $4, $5, tramita_now())",
        new_id(),
        account_id,
        room,
        work.keys.encrypt(name, _NAME),
        query,
    )


async def forget_view(work: UnitOfWork, account_id: UUID, view_id: UUID) -> None:
    """Keep a view of an account's no more. Idempotent."""
    await work.fetch(
        "DELETE FROM saved_views WHERE id = $1 AND account_id = $2", view_id, account_id
    )
