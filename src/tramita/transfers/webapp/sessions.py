"""Sessions of people who open the Mini App from a chat: short, and for that chat alone.

What the messenger signs on opening is good for a day, so it is shown once and exchanged for a
bearer, of which only the digest is kept here. A session ends after a quarter of an hour without a
request, after eight hours, a day after it was signed, when another browser shows it, and when
somebody is no longer in the chat. As what they may act is not kept: it is found anew at each
request (``guests``). All in real time: advancing the platform's clock puts nobody out.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tramita.chats.members import name_of
from tramita.chats.ports import Opened
from tramita.kit.accounts.sessions import hash_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.kept import Kept, Now

LONGEST: Final = timedelta(hours=8)
LONGEST_IDLE: Final = timedelta(minutes=15)
LONGEST_SIGNED: Final = timedelta(days=1)
# Who moves an application or its payment has opened the application not longer ago than this.
LONGEST_TO_ACT: Final = timedelta(hours=1)
_LONGEST_LANGUAGE: Final = 20
# A session's last use is written at most so often, not with every request.
_NOTED_EVERY: Final = timedelta(minutes=1)
_NAME: Final = "webapp_sessions.name"

_BEGIN: Final = """
    INSERT INTO webapp_sessions
        (id_hash, chat_id, telegram_id, name, language, browser_hash, signed_at, created_at, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() - (tramita_now() - $7::timestamptz), now(), now())
    RETURNING created_at - signed_at <= $10::interval AS may_act,
              least(created_at + $8::interval, signed_at + $9::interval) AS ends_at
"""
_FIND: Final = """
    WITH found AS (
        SELECT * FROM webapp_sessions WHERE id_hash = $1 AND browser_hash = $2
            AND created_at > now() - $3::interval AND seen_at > now() - $4::interval
            AND signed_at > now() - $5::interval
    ), noted AS (
        UPDATE webapp_sessions AS s SET seen_at = now() FROM found
        WHERE s.id_hash = found.id_hash AND found.seen_at < now() - $6::interval
    )
    SELECT chat_id, telegram_id, name, language, created_at - signed_at <= $7::interval AS may_act
    FROM found
"""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and of which chat; ``may_act``: it was opened freshly enough for that."""

    chat_id: UUID
    telegram_id: int
    name: str
    language: str
    may_act: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser is given: a bearer, for itself alone, and when that ends at the latest."""

    session: Session
    bearer: str = field(repr=False)
    ends_at: datetime


async def begin_session(work: UnitOfWork, chat_id: UUID, opened: Opened, browser: str) -> Begun:
    """Let somebody in whom the messenger vouches for; ``browser`` is what theirs calls itself."""
    bearer, person = secrets.token_urlsafe(32), opened.person
    name, language = name_of(person), person.language[:_LONGEST_LANGUAGE]
    rows = await work.fetch(
        _BEGIN,
        hash_of(bearer),
        chat_id,
        person.id,
        work.keys.encrypt(name, _NAME),
        language,
        _hash_of_browser(browser),
        opened.auth_date,
        LONGEST,
        LONGEST_SIGNED,
        LONGEST_TO_ACT,
    )
    [row] = rows
    session = Session(chat_id, person.id, name, language, row["may_act"])
    return Begun(session, bearer, row["ends_at"])


async def find_session(work: UnitOfWork, bearer: str, browser: str) -> Session | None:
    """Whose it is, if it has not ended and this is the browser that began it."""
    rows = await work.fetch(
        _FIND,
        hash_of(bearer),
        _hash_of_browser(browser),
        LONGEST,
        LONGEST_IDLE,
        LONGEST_SIGNED,
        _NOTED_EVERY,
        LONGEST_TO_ACT,
    )
    for row in rows:
        name = work.keys.decrypt(row["name"], _NAME)
        return Session(row["chat_id"], row["telegram_id"], name, row["language"], row["may_act"])
    return None


async def end_sessions(work: UnitOfWork, chat_id: UUID, telegram_id: int) -> None:
    """Put somebody out who is no longer in the chat; idempotent."""
    await work.fetch(
        "DELETE FROM webapp_sessions WHERE chat_id = $1 AND telegram_id = $2", chat_id, telegram_id
    )


def _hash_of_browser(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="sessions of the Mini App",
        table="webapp_sessions",
        what="the sessions of people who opened the Mini App, which end after eight hours",
        stays="nothing",
        age="created_at",
        now=Now.REAL,
        days=1,
        order=("created_at", "id_hash"),
    ),
)
