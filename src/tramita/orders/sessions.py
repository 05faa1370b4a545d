"""Sessions of learners on their own pages: short ones, begun by the platform's word alone.

As of the console's, only the browser keeps a session's id, and here is its digest. A session ends
after eight hours, after an hour in which its learner asked for nothing, when they leave, and when
they are forgotten. All in real time: advancing the platform's clock puts nobody out.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.accounts.sessions import csrf_token_of, hash_of
from tramita.kit.bounds import Bounds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jwt_users import JWTUser
from tramita.kit.kept import Kept, Now
from tramita.orders.learners import know_learner, to_user

LONGEST: Final = timedelta(hours=8)
LONGEST_IDLE: Final = timedelta(hours=1)
# A session's last use is written at most so often, not with every request.
_NOTED_EVERY: Final = timedelta(minutes=1)

_FIND: Final = """
    WITH found AS (
        SELECT s.id_hash, s.seen_at, l.id, l.tenant, l.username, c.name, c.email, c.locale
        FROM learner_sessions AS s JOIN learners AS l ON l.id = s.learner_id
        JOIN customers AS c ON c.id = l.id
        WHERE s.id_hash = $1 AND c.erased_at IS NULL AND c.email IS NOT NULL
          AND s.created_at > now() - $2::interval AND s.seen_at > now() - $3::interval
    ), noted AS (
        UPDATE learner_sessions AS s SET seen_at = now() FROM found
        WHERE s.id_hash = found.id_hash AND found.seen_at < now() - $4::interval AND $5
    )
    SELECT id, tenant, username, name, email, locale FROM found
"""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The learner whose session a request belongs to. ``csrf_token`` goes into every form."""

    id: UUID
    user: JWTUser
    csrf_token: str

    @property
    def bounds(self) -> Bounds:
        """What is the platform's own."""
        return self.user.bounds

    @property
    def actor(self) -> str:
        """Who it is in the history."""
        return self.user.actor

    @property
    def key(self) -> str:
        """What tells them from everybody else."""
        return self.user.key


async def begin_session(work: UnitOfWork, user: JWTUser) -> str:
    """Let somebody in whom the platform vouches for; answers what their browser is to keep."""
    session_id = secrets.token_urlsafe(32)
    await work.fetch(
        "INSERT INTO learner_sessions (id_hash, learner_id, created_at, seen_at) "
        "VALUES ($1, $2, now(), now())",
        hash_of(session_id),
        await know_learner(work, user),
    )
    return session_id


async def find_visitor(
    work: UnitOfWork, session_id: str, *, is_used: bool = True
) -> Visitor | None:
    """Who presents ``session_id``, if it is a session that has not ended; used, it lasts longer."""
    limits = (LONGEST, LONGEST_IDLE, _NOTED_EVERY)
    rows = await work.fetch(_FIND, hash_of(session_id), *limits, is_used)
    for row in rows:
        return Visitor(row["id"], to_user(work, row), csrf_token_of(session_id))
    return None


async def end_session(work: UnitOfWork, session_id: str) -> None:
    """Leave; idempotent."""
    await work.fetch("DELETE FROM learner_sessions WHERE id_hash = $1", hash_of(session_id))


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="learners' sessions",
        table="learner_sessions",
        what="the sessions of learners on their own pages, which end after eight hours",
        stays="nothing",
        age="created_at",
        now=Now.REAL,
        days=1,
        order=("created_at", "id_hash"),
    ),
)
