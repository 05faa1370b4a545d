"""The second step of signing in: a code, or setting up an authenticator app where one is demanded.

Between the steps a browser holds the id of an *entry*, which is no session: it opens nothing but
this step, for ten minutes, and its end is a session of another id.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.accounts.attempts import Guess, count_attempt, forgive
from tramita.kit.accounts.devices import find_device, make_device
from tramita.kit.accounts.second_factor import CodeWrong, confirm_enrolment, is_right
from tramita.kit.accounts.sessions import Entry, hash_of, name_of, note_sign_in, open_session
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TramitaError
from tramita.kit.kept import Kept, Now

LONGEST_BETWEEN: Final = timedelta(minutes=10)


class EntryOver(TramitaError):
    """This took too long, or something about the account has changed: sign in again."""


@dataclass(frozen=True, slots=True)
class Entering:
    """Somebody whose password was right; without a second factor they have to set one up."""

    account_id: UUID
    email: str
    password_hash: str
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class Presented:
    """What a browser shows at the second step."""

    entry_id: str
    code: str
    address: str
    device: str | None = None


async def read_entry(work: UnitOfWork, entry_id: str) -> Entering:
    """Whose it is; raises ``EntryOver``."""
    rows = await work.fetch(
        """
        SELECT a.id, a.email, a.password_hash, f.confirmed_at IS NOT NULL AS has_second_factor
        FROM account_entries AS e JOIN accounts AS a ON a.id = e.account_id
        LEFT JOIN second_factors AS f ON f.account_id = a.id
        WHERE e.id_hash = $1 AND e.created_at > now() - $2::interval
          AND a.disabled_at IS NULL AND a.password_hash IS NOT NULL
        """,
        hash_of(entry_id),
        LONGEST_BETWEEN,
    )
    if not rows:
        raise EntryOver
    return Entering(*rows[0].values())


async def hold_session(work: UnitOfWork, account_id: UUID, session_id: str) -> None:
    """Have an account and one's session of it stay as they are until this commits.

    Whoever disables the account, sets its password or ends its sessions waits, or was quicker:
    raises ``EntryOver``.
    """
    there = await work.fetch(
        "SELECT FROM accounts WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE", account_id
    )
    # A statement of its own sees what has been ended while the one before it waited.
    open_ = await work.fetch(
        "SELECT FROM account_sessions WHERE account_id = $1 AND id_hash = $2",
        account_id,
        hash_of(session_id),
    )
    if not there or not open_:
        raise EntryOver


async def enter_by_code(database: Database, shown: Presented) -> Entry:
    """The session, for a code of the app or a recovery code.

    Raises ``CodeWrong``, ``TooManyAttempts`` and ``EntryOver``.
    """
    entering, guess = await _count(database, shown)
    async with database.unit_of_work(actor=name_of(entering.email)) as work:
        await _take(work, shown.entry_id)
        session_id = None
        if await is_right(work, entering.account_id, shown.code):
            session_id = await _open(work, shown.entry_id, entering, guess)
        else:
            await _note_wrong(work, entering)
    if session_id is None:
        raise CodeWrong
    return Entry(session_id, make_device(entering.password_hash))


async def enter_by_enrolment(database: Database, shown: Presented) -> tuple[Entry, Sequence[str]]:
    """The session and the recovery codes, for the first code of an app that was set up just now.

    Raises ``CodeWrong``, ``TooManyAttempts`` and ``EntryOver``.
    """
    entering, guess = await _count(database, shown)
    if entering.has_second_factor:
        raise EntryOver
    async with database.unit_of_work(actor=name_of(entering.email)) as work:
        await _take(work, shown.entry_id)
        session_id = None
        codes = await confirm_enrolment(work, entering.account_id, shown.code)
        if codes is not None:
            session_id = await _open(work, shown.entry_id, entering, guess)
    if codes is None or session_id is None:
        raise CodeWrong
    return Entry(session_id, make_device(entering.password_hash)), codes


async def leave_entry(work: UnitOfWork, entry_id: str) -> None:
    """Go back to the beginning; idempotent."""
    await work.fetch("DELETE FROM account_entries WHERE id_hash = $1", hash_of(entry_id))


async def _count(database: Database, shown: Presented) -> tuple[Entering, Guess]:
    async with database.unit_of_work() as work:
        entering = await read_entry(work, shown.entry_id)
        known = find_device(shown.device, entering.password_hash)
        guess = Guess(entering.email, shown.address, known, is_code=True)
        pause = await count_attempt(work, guess)
    await asyncio.sleep(pause.total_seconds())
    return entering, guess


async def _take(work: UnitOfWork, entry_id: str) -> None:
    """Hold the account and the entry: whoever ends it, or enters by it too, waits for this."""
    await work.fetch(
        "SELECT FROM accounts WHERE id = (SELECT account_id FROM account_entries WHERE id_hash = $1) "
        "FOR NO KEY UPDATE",
        hash_of(entry_id),
    )
    await read_entry(work, entry_id)


async def _open(work: UnitOfWork, entry_id: str, entering: Entering, guess: Guess) -> str:
    await leave_entry(work, entry_id)
    await forgive(work, guess)
    await note_sign_in(work, entering.account_id)
    return await open_session(work, entering.account_id)


async def _note_wrong(work: UnitOfWork, entering: Entering) -> None:
    subject = Subject("account", entering.account_id)
    await note_act(work, work.actor, "second_factor.code_refused", subject)


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="sign-ins under way",
        table="account_entries",
        what="sign-ins that wait for their second step, for ten minutes",
        stays="nothing",
        age="created_at",
        now=Now.REAL,
        days=1,
        order=("created_at", "id_hash"),
    ),
)
