"""The search of chats: by their title, and by any number that the messenger has given them.

One that is found is told by its number: its title may name a client, and not everybody reads it.
"""

from typing import Final

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import NAME
from tramita.kit.finding import Finder, Hit, Needle

CHAT: Final = "Chat"
# As the messenger shows the number of a supergroup to people, its own writing of it lacks this.
_SUPERGROUP: Final = -1_000_000_000_000
_MOST_DIGITS: Final = 16
_FOUND: Final = """
    SELECT DISTINCT id, telegram_id FROM (
        (SELECT id, telegram_id FROM chats WHERE id = $2)
        UNION ALL
        (SELECT c.id, c.telegram_id FROM chat_aliases AS a JOIN chats AS c ON c.id = a.chat_id
         WHERE a.telegram_id = ANY($3::bigint[]))
        UNION ALL
        (SELECT c.* FROM unnest($4::bytea[]) AS h(hash) CROSS JOIN LATERAL (
             SELECT id, telegram_id FROM chats
             WHERE title_hash = h.hash ORDER BY id DESC LIMIT $1) AS c)
    ) AS found ORDER BY id DESC LIMIT $1
"""


async def find_chats_called(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Chats of this id, number or title."""
    titles = needle.hashes(work, NAME)
    rows = await work.fetch(_FOUND, limit, needle.id, _numbers(needle), titles)
    return [Hit(CHAT, str(row["telegram_id"]), "chat", row["id"]) for row in rows]


def _numbers(needle: Needle) -> list[int]:
    digits = needle.text.replace(" ", "").removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS):
        return []
    return [-int(digits), _SUPERGROUP - int(digits)]


FINDER: Final = Finder((CHAT,), find_chats_called)
