"""What the tables of chats hold of people: who is there, and what was said.

A chat is about one client's business: whoever is erased with a contract whose card was shown in a chat
takes along what was said there. They are told what their own people and our bot said: who of the chat
works for the house (``colleagues``, ids of ``chat_people``), says the area whose chats they are.
"""

from typing import Final

from tramita.kit.encryption.keys import NAME
from tramita.kit.finding import normalize_name
from tramita.kit.people.inventory import (
    ERASED,
    IS_SAID,
    NAMES_A_FILE,
    OF_NO_CLIENT,
    Finder,
    Hash,
    People,
    Table,
    Values,
)

_NUMBER: Final = (
    "the messenger's number of somebody, by which roles are told; a name to nobody else"
)
_OF_CHATS: Final = (
    "the messenger's number of a chat; of one of our own people alone with our bot, theirs"
)
_MASKED: Final = "masked as it is written, so that operators can search it"
_OF_CHAT: Final = "chat_id = ANY(:chats)"
_OWN: Final = "NOT is_bot AND id <> ALL(:colleagues)"
_SAID: Final = f"""
    (is_ours OR EXISTS (
        SELECT FROM chat_people AS p
        WHERE p.chat_id = chat_messages.chat_id AND p.telegram_id = person
          AND p.id IN (SELECT id FROM chat_people WHERE chat_id = ANY(:chats) AND {_OWN})))
"""  # noqa: S608 - ours
_SAID_THERE: Final = (
    f"chat_message_id IN (SELECT id FROM chat_messages WHERE chat_id = ANY(:chats) AND {_SAID})"  # noqa: S608 - ours
)
_TEXT: Final = f"'{ERASED}'"
_JSON: Final = "'{}'::jsonb"

_TABLES: Final = (
    Table(
        name="chats",
        rows="id = ANY(:chats)",
        erased={
            "title": _TEXT,
            "title_hash": "NULL",
            "added_by": "NULL",
            "start_token": "NULL",
            "start_token_hash": "NULL",
            "chat_instance": "NULL",
        },
        kept={"telegram_id": _OF_CHATS},
        encrypted="title start_token",
        hashes={
            "title_hash": Hash(
                "chats", "title", f"nullif(nullif(title, ''), {_TEXT})", normalize_name, kind=NAME
            )
        },
        in_clear={
            "telegram_id": _OF_CHATS,
            "added_by": _NUMBER,
            "start_token_hash": "random letters, as their hash",
            "chat_instance": "the messenger's other name of the chat",
        },
        plain="id provider tenant carrier type is_forum topic state bot_status status_at "
        "status_update recent closed_until created_at",
    ),
    Table(name="chat_aliases", key="telegram_id", plain="telegram_id chat_id since"),
    Table(name="chat_bots", key="provider", plain="provider recent closed_until"),
    Table(
        name="chat_people",
        rows=_OF_CHAT,
        own=_OWN,
        erased={"name": _TEXT, "username": _TEXT, "language": "''"},
        kept={"telegram_id": _NUMBER},
        encrypted="name username",
        in_clear={"telegram_id": _NUMBER, "language": "what millions have alike"},
        plain="id chat_id is_bot membership changed_at changed_update known_at",
    ),
    Table(
        name="chat_messages",
        rows=_OF_CHAT,
        own=_SAID,
        erased={"text": _TEXT},
        kept={"person": _NUMBER},
        encrypted="text",
        in_clear={"person": _NUMBER},
        plain="id chat_id in_chat message_id is_ours at version_at version_update revision reply_to "
        "album topic service source created_at",
    ),
    Table(
        name="chat_message_revisions",
        rows="chat_message_id IN (SELECT id FROM chat_messages WHERE chat_id = ANY(:chats))",
        own=_SAID_THERE,
        erased={"text": _TEXT},
        encrypted="text",
        plain="id chat_message_id version_at version_update",
    ),
    Table(
        name="chat_assets",
        rows=_OF_CHAT,
        own=f"chat_message_id IS NULL OR {_SAID_THERE}",
        erased={
            "name": _TEXT,
            "file": "NULL",
            "sha256": "''",
            "content_hash": "NULL",
            "file_id": "''",
        },
        files="file",
        encrypted="name sha256",
        in_clear={
            "file": NAMES_A_FILE,
            "content_hash": "a keyed hash, by which the same content is known again",
            "file_id": "of no use to anybody who has not our bot's token",
        },
        plain="id chat_id chat_message_id provider origin kind unique_id media_type said_type size "
        "state reason created_at",
    ),
    Table(
        name="chat_cards",
        rows=_OF_CHAT,
        erased={"content": _JSON},
        encrypted_json="content",
        plain="id chat_id subject_id version shown in_chat message_id",
    ),
    Table(
        name="chat_sends",
        rows=_OF_CHAT,
        erased={"content": "NULL", "file": "NULL"},
        kept={"actor": "names a system or an operator, and no client"},
        files="file",
        encrypted_json="content",
        in_clear={"file": NAMES_A_FILE, "actor": OF_NO_CLIENT},
        plain="id chat_id subject_id cause kind card_id written_at in_chat message_id file_id",
    ),
    Table(
        name="chat_deliveries",
        plain="id send_id chat_id state attempts tries is_held next_attempt_at lease_until wake_at",
    ),
    Table(
        name="chat_attempts",
        rows="delivery_id IN (SELECT id FROM chat_sends WHERE chat_id = ANY(:chats))",
        key="delivery_id, number",
        erased={"answer": "''", "error": "NULL"},
        in_clear={"answer": _MASKED, "error": _MASKED},
        plain="delivery_id number started_at handed_at status milliseconds",
    ),
    Table(
        name="chat_imports",
        rows=_OF_CHAT,
        erased={"file": "NULL", "reason": "NULL"},
        kept={"actor": "names a system or an operator, and no client"},
        files="file",
        in_clear={"file": NAMES_A_FILE, "reason": IS_SAID, "actor": OF_NO_CLIENT},
        plain="id chat_id state next_item created updated unchanged rejected created_at",
    ),
)

PEOPLE: Final = People(
    tables=_TABLES,
    groups=[
        Finder("chats", "SELECT chat_id AS id FROM chat_cards WHERE subject_id = ANY(:contracts)")
    ],
    open=[
        "SELECT format('a message to chat %s is being sent (%s)', chat_id, state) AS what "
        "FROM chat_deliveries WHERE chat_id = ANY(:chats) AND state IN ('waiting', 'sending') "
        "ORDER BY id"
    ],
    values=[
        Values(
            "chat_people",
            f"SELECT nullif(name, '{ERASED}') AS name, nullif(username, '{ERASED}') AS username "  # noqa: S608 - ours
            "FROM chat_people WHERE chat_id = ANY(:chats) AND NOT is_bot",
        )
    ],
)
