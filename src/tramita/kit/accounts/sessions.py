"""Sessions: signing in, being recognized, signing out.

A session's id is 256 random bits that only the browser keeps; here is their SHA-256.
It ends twelve hours after signing in, after an hour without a request, when its owner
signs out, and when the account is disabled or gets a new password. All in real time
(``now()``): advancing the platform's clock signs nobody out.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tramita.kit.accounts.attempts import Guess, count_attempt, forgive
from tramita.kit.accounts.devices import find_device, make_device
from tramita.kit.accounts.model import LONGEST_PASSWORD, Role, check_email, normalize_email
from tramita.kit.accounts.passwords import check_room, is_password
from tramita.kit.accounts.preferences import Preferences
from tramita.kit.accounts.second_factor import has_second_factor
from tramita.kit.accounts.settings import Demand
from tramita.kit.audit import NOBODY, Subject, count_act, note_act
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TramitaError
from tramita.kit.kept import Kept, Now

LONGEST = timedelta(hours=12)
LONGEST_IDLE = timedelta(hours=1)
# A session's last use is written at most so often, not with every request.
_NOTED_EVERY = timedelta(minutes=1)


class WrongCredentials(TramitaError):
    """The e-mail or the password is wrong."""


class SecondStepNeeded(TramitaError):
    """The password was right; a second factor is asked for."""

    def __init__(self, entry_id: str) -> None:
        """``entry_id`` is for the browser, which shows it with the code."""
        self.entry_id = entry_id
        super().__init__()


def name_of(email: str) -> str:
    """Somebody in the history of what they change."""
    return f"user:{email}"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session a request belongs to. ``csrf_token`` goes into every form."""

    id: UUID
    email: str
    role: Role
    csrf_token: str
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def name(self) -> str:
        """The person, for the history of what they change: ``user:<email>``."""
        return name_of(self.email)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a browser is given when its user signs in, for itself alone.

    ``session_id`` is the key for now; by ``device`` it is known again when it is lost.
    """

    session_id: str
    device: str


async def sign_in(
    database: Database,
    *,
    email: str,
    password: str,
    address: str,
    device: str | None = None,
    demand: Demand = Demand.NOBODY,
) -> Entry:
    """Open a session; ``device`` is what the browser kept of an earlier one.

    Raises ``WrongCredentials``, ``TooManyAttempts`` and ``TooManyPasswords``, and where there is or
    must be a second factor ``SecondStepNeeded``. Three steps, because no transaction stays open
    while a password is hashed: count, verify, open.
    """
    check_room()
    async with database.unit_of_work() as work:
        account = await _find_account(work, normalize_email(email))
        known = find_device(device, account["password_hash"] if account else None)
        guess = Guess(email, address, known)
        pause = await count_attempt(work, guess)
    await asyncio.sleep(pause.total_seconds())
    stored = account["password_hash"] if account else None
    if not await is_password(password[: LONGEST_PASSWORD + 1], stored=stored) or not account:
        await _note_failure(database, account)
        raise WrongCredentials
    async with database.unit_of_work(actor=name_of(account["email"])) as work:
        is_whole = await _hold(work, account["id"], stored, demand)
        if is_whole:
            opened = await open_session(work, account["id"])
            await note_sign_in(work, account["id"])
        else:
            opened = await open_entry(work, account["id"])
        await forgive(work, guess)
    if not is_whole:
        raise SecondStepNeeded(opened)
    return Entry(opened, make_device(account["password_hash"]))


async def _note_failure(database: Database, account: Mapping[str, Any] | None) -> None:
    """Somebody failed to sign in; how often, once an hour for each account.

    All that belongs to no account is one and the same: it takes as long as one that there is. Of
    what was typed nothing is kept: it may be a password, and strangers would fill the table.
    """
    subject = Subject("account", account["id"]) if account else Subject("address", NOBODY)
    async with database.unit_of_work(actor=NOBODY) as work:
        await count_act(work, work.actor, "account.sign_in_failed", subject)


async def _find_account(work: UnitOfWork, email: str) -> Mapping[str, Any] | None:
    if check_email(email):
        return None  # What no account can have is not asked for: it may hold anything.
    rows = await work.fetch(
        "SELECT id, email, password_hash FROM accounts WHERE email = $1 AND disabled_at IS NULL",
        email,
    )
    return rows[0] if rows else None


async def _hold(work: UnitOfWork, account_id: UUID, verified: str | None, demand: Demand) -> bool:
    """Whether the password is enough, of an account that is still the one that was verified.

    Disabling may have come between, and a new password; one that comes now waits, finds what is
    opened here and ends it. So does a second factor that is confirmed now.
    """
    rows = await work.fetch(
        "SELECT role, needs_second_factor FROM accounts "
        "WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL FOR NO KEY UPDATE",
        account_id,
        verified,
    )
    if not rows:
        raise WrongCredentials
    is_demanded = rows[0]["needs_second_factor"] or demand.includes(Role(rows[0]["role"]))
    return not is_demanded and not await has_second_factor(work, account_id)


async def open_session(work: UnitOfWork, account_id: UUID) -> str:
    """The id of a new session, of an account whose row the caller holds."""
    session_id = secrets.token_urlsafe(32)
    await work.fetch(
        "INSERT INTO account_sessions (id_hash, account_id, created_at, seen_at) "
        "VALUES ($1, $2, now(), now())",
        hash_of(session_id),
        account_id,
    )
    return session_id


async def note_sign_in(work: UnitOfWork, account_id: UUID) -> None:
    """Write down that somebody has come in."""
    await work.fetch("UPDATE accounts SET signed_in_at = tramita_now() WHERE id = $1", account_id)
    await note_act(work, work.actor, "account.signed_in", Subject("account", account_id))


async def open_entry(work: UnitOfWork, account_id: UUID) -> str:
    """The id of a sign-in that waits for its second step; no page takes it for a session."""
    entry_id = secrets.token_urlsafe(32)
    await work.fetch(
        "INSERT INTO account_entries (id_hash, account_id, created_at) VALUES ($1, $2, now())",
        hash_of(entry_id),
        account_id,
    )
    return entry_id


async def find_session(work: UnitOfWork, session_id: str) -> SignedIn | None:
    """Who presents ``session_id``, if it is a session that has not ended."""
    rows = await work.fetch(
        """
        WITH found AS (
            SELECT s.id_hash, s.seen_at, a.id, a.email, a.role, a.language, a.time_zone, a.single_keys
            FROM account_sessions AS s JOIN accounts AS a ON a.id = s.account_id
            WHERE s.id_hash = $1 AND a.disabled_at IS NULL
              AND s.created_at > now() - $2::interval AND s.seen_at > now() - $3::interval
        ), noted AS (
            UPDATE account_sessions AS s SET seen_at = now() FROM found
            WHERE s.id_hash = found.id_hash AND found.seen_at < now() - $4::interval
        )
        SELECT id, email, role, language, time_zone, single_keys FROM found
        """,
        hash_of(session_id),
        LONGEST,
        LONGEST_IDLE,
        _NOTED_EVERY,
    )
    return _signed_in(rows[0], csrf_token_of(session_id)) if rows else None


def _signed_in(row: Mapping[str, Any], csrf_token: str) -> SignedIn:
    own = Preferences(row["language"], row["time_zone"], single_keys=row["single_keys"])
    return SignedIn(row["id"], row["email"], Role(row["role"]), csrf_token, own)


async def find_password(work: UnitOfWork, account_id: UUID) -> str:
    """The hash of somebody's password; empty where there is none."""
    rows = await work.fetch("SELECT password_hash FROM accounts WHERE id = $1", account_id)
    return (rows[0]["password_hash"] if rows else None) or ""


async def end_session(work: UnitOfWork, session_id: str) -> None:
    """Sign out; idempotent."""
    ended = await work.fetch(
        "DELETE FROM account_sessions AS s USING accounts AS a "
        "WHERE s.id_hash = $1 AND a.id = s.account_id RETURNING a.id, a.email",
        hash_of(session_id),
    )
    for row in ended:
        subject = Subject("account", row["id"])
        await note_act(work, name_of(row["email"]), "account.signed_out", subject)


def csrf_token_of(session_id: str) -> str:
    """The session's token for forms: it follows from the id, and the id not from it."""
    return hmac.new(session_id.encode(), b"tramita csrf", hashlib.sha256).hexdigest()


def hash_of(session_id: str) -> str:
    """What stands here for a session's id."""
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(session_id.encode()).hexdigest()


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="sessions",
        table="account_sessions",
        what="the console's sessions, which end after twelve hours",
        stays="nothing",
        age="created_at",
        now=Now.REAL,
        days=1,
        order=("created_at", "id_hash"),
    ),
)
