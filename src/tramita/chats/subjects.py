"""What an operation of chats is about, and what is at stake where one needs a person."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from tramita.chats.acts import FETCH
from tramita.chats.attaching import NAME
from tramita.chats.registry import TITLE
from tramita.kit.database.work import UnitOfWork

STAKES: Final[Mapping[str, str]] = {
    FETCH.name: "A file that somebody put into a chat is not kept here yet: whoever works on what it is "
    "about sees that there is one, and not what it says.",
}


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Chat and name of files that are fetched."""
    rows = await work.fetch(
        "SELECT a.id, a.name, a.kind, c.title, c.telegram_id FROM chat_assets AS a "
        "JOIN chats AS c ON c.id = a.chat_id WHERE a.id = ANY($1::uuid[])",
        list(subjects),
    )
    decrypt = work.keys.decrypt
    return {
        row["id"]: [
            ("Chat", decrypt(row["title"], TITLE) or str(row["telegram_id"])),
            ("File", decrypt(row["name"], NAME) or row["kind"]),
        ]
        for row in rows
    }
