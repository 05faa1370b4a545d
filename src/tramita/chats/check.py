"""The invariants of chats, held against the database.

What was said is kept once by the keys of its tables; here it is looked for what nobody sees to.
"""

from typing import Final

from tramita.chats.acts import FETCH
from tramita.chats.receiving.keeping import find_unreceived
from tramita.kit.findings import Finding, find_broken
from tramita.kit.operations.standing import has_operation
from tramita.kit.runtime import Runtime

# Longer than any message waits for its chat, or a delivery for its next look.
_LONG: Final = "interval '1 hour'"

_UNHANDLED: Final = f"""
    SELECT i.id::text AS subject, 'an update has waited for an hour, and had no effect' AS sentence
    FROM inbox AS i WHERE i.provider IN (SELECT provider FROM chats) AND i.processed_at IS NULL
      AND i.received_at < tramita_now() - {_LONG}
"""  # noqa: S608 - constants
_TWICE: Final = """
    SELECT c.id::text AS subject, 'its number is not among those that it is known by' AS sentence
    FROM chats AS c WHERE NOT EXISTS (
        SELECT FROM chat_aliases AS a WHERE a.telegram_id = c.telegram_id AND a.chat_id = c.id)
"""
_UNSEEN: Final = """
    SELECT s.id::text AS subject, 'it was delivered, and is not in the history of its chat' AS sentence
    FROM chat_sends AS s JOIN chat_deliveries AS d ON d.send_id = s.id
    WHERE d.state = 'delivered' AND s.content IS NOT NULL AND NOT EXISTS (
        SELECT FROM chat_messages AS m
        WHERE m.in_chat = s.in_chat AND m.message_id = s.message_id AND m.chat_id = s.chat_id)
"""
_BEHIND: Final = """
    SELECT c.id::text AS subject, 'a card shows an old state, and nobody sees to it' AS sentence
    FROM chat_cards AS c JOIN chats AS r ON r.id = c.chat_id
    WHERE c.shown < c.version AND r.state = 'present' AND NOT EXISTS (
        SELECT FROM chat_sends AS s JOIN chat_deliveries AS d ON d.send_id = s.id
        WHERE s.card_id = c.id AND d.state <> 'delivered')
"""
_UNFETCHED: Final = f"""
    SELECT a.id::text AS subject, 'a file is waited for, and nobody fetches it' AS sentence
    FROM chat_assets AS a
    WHERE a.state = 'waiting' AND NOT {has_operation("a.id", f"= '{FETCH.name}'")}
"""  # noqa: S608 - constants
_STATEMENTS: Final = (
    ("H1", "what the messenger told has had its effect", "inbox", _UNHANDLED),
    ("H2", "a chat is known by its number", "chats", _TWICE),
    ("H3", "what was sent stands in the chat's history", "chat_sends", _UNSEEN),
    ("H4", "cards show the latest, or somebody is to see to it", "chat_cards", _BEHIND),
    ("H5", "what was attached is kept, or being fetched", "chat_assets", _UNFETCHED),
)


async def check_chats(runtime: Runtime) -> list[Finding]:
    """Every invariant of chats, in order."""
    async with runtime.database.unit_of_work(actor="check") as work:
        found = [await find_broken(work, *one) for one in _STATEMENTS]
    return [*found, await find_unreceived(runtime, "H6")]


async def count_chats(runtime: Runtime) -> dict[str, int]:
    """How many chats stand how, and what did not arrive in them."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            """
            SELECT state, count(*) AS n FROM chats GROUP BY state
            UNION ALL
            SELECT 'sends ' || state, count(*) FROM chat_deliveries
            WHERE state <> 'delivered' GROUP BY state ORDER BY 1
            """
        )
    return {row["state"]: row["n"] for row in rows}
