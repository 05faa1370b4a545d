"""Use cases of accounts: invite, list, change what they may do, disable; always with one admin left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.accounts.devices import make_device
from tramita.kit.accounts.entering import hold_session
from tramita.kit.accounts.links import make_link
from tramita.kit.accounts.model import (
    AccountExists,
    AccountInvalid,
    AccountNotFound,
    LastAdmin,
    Role,
    check_email,
    check_password,
    normalize_email,
)
from tramita.kit.accounts.passwords import hash_password, is_password
from tramita.kit.accounts.second_factor import end_all, remove_second_factor
from tramita.kit.accounts.sessions import (
    LONGEST,
    LONGEST_IDLE,
    Entry,
    WrongCredentials,
    open_session,
)
from tramita.kit.accounts.settings import Demand
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id

_LINES: Final = """
    SELECT a.id, a.email, a.role, a.created_at, a.disabled_at, a.signed_in_at, a.needs_second_factor,
           a.password_hash IS NULL AS is_invited, f.confirmed_at IS NOT NULL AS has_second_factor,
           (SELECT count(*) FROM account_sessions AS s WHERE s.account_id = a.id
            AND s.created_at > now() - $1::interval AND s.seen_at > now() - $2::interval) AS sessions
    FROM accounts AS a LEFT JOIN second_factors AS f ON f.account_id = a.id
"""


class AccountLine(Struct):
    """An account as admins see it; ``is_invited``: they have not set a password yet."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None
    needs_second_factor: bool
    is_invited: bool
    has_second_factor: bool
    sessions: int


async def list_accounts(
    work: UnitOfWork, *, before: UUID | None = None, limit: int = 100_000
) -> Sequence[AccountLine]:
    """Accounts, disabled ones too, newest first."""
    return await work.read(
        AccountLine,
        f"{_LINES} WHERE $3::uuid IS NULL OR a.id < $3 ORDER BY a.id DESC LIMIT $4",
        LONGEST,
        LONGEST_IDLE,
        before,
        limit,
    )


async def get_account(work: UnitOfWork, account_id: UUID) -> AccountLine:
    """One account, disabled or not; raises ``AccountNotFound``."""
    for line in await work.read(
        AccountLine, f"{_LINES} WHERE a.id = $3", LONGEST, LONGEST_IDLE, account_id
    ):
        return line
    raise AccountNotFound(email=account_id)


async def create_account(work: UnitOfWork, email: str, password: str, role: Role) -> None:
    """Create an account; raises ``AccountExists`` and ``AccountInvalid``."""
    email = normalize_email(email)
    if errors := [*check_email(email), *check_password(password, email=email)]:
        raise AccountInvalid(errors)
    account_id = await _insert(work, email, await hash_password(password), role)
    subject = Subject("account", account_id)
    await note_act(work, work.actor, "account.created", subject, role=role.value)


async def invite(work: UnitOfWork, email: str, role: Role) -> tuple[UUID, str]:
    """Make an account without a password; answers it, and the secret of the link that sets one.

    Raises ``AccountExists`` and ``AccountInvalid``.
    """
    email = normalize_email(email)
    if errors := check_email(email):
        raise AccountInvalid(errors)
    account_id = await _insert(work, email, None, role)
    subject = Subject("account", account_id)
    await note_act(work, work.actor, "account.invited", subject, role=role.value)
    return account_id, await make_link(work, account_id)


async def offer_link(work: UnitOfWork, email: str) -> tuple[UUID, str]:
    """Another link, for whoever lost theirs or forgot the password; raises ``AccountNotFound``.

    The password that there is goes on until another one is set.
    """
    account_id = await _find(work, email)
    await note_act(work, work.actor, "account.link_made", Subject("account", account_id))
    return account_id, await make_link(work, account_id)


async def set_password(work: UnitOfWork, email: str, password: str) -> None:
    """Replace the password and end every session; raises ``AccountNotFound``."""
    email = normalize_email(email)
    if errors := check_password(password, email=email):
        raise AccountInvalid(errors)
    account_id = await _find(work, email)
    await _replace_password(work, account_id, await hash_password(password))


async def change_password(
    database: Database, account_id: UUID, session_id: str, old: str, new: str
) -> Entry:
    """One's own, for whoever knows the present one; ends every session, and opens another.

    Raises ``WrongCredentials``, ``AccountInvalid`` and, where the account or the session is not
    what it was any more, ``EntryOver``. Whoever calls counts the guesses.
    """
    async with database.unit_of_work() as work:
        rows = await work.fetch(
            "SELECT email, password_hash FROM accounts WHERE id = $1 AND disabled_at IS NULL",
            account_id,
        )
    email, stored = (rows[0]["email"], rows[0]["password_hash"]) if rows else ("", None)
    if not await is_password(old, stored=stored):
        raise WrongCredentials
    if errors := check_password(new, email=email):
        raise AccountInvalid(errors)
    hashed = await hash_password(new)
    async with database.unit_of_work(actor=f"user:{email}") as work:
        # Whoever sets a password ends every session: one that is open bears the one that was shown.
        await hold_session(work, account_id, session_id)
        await _replace_password(work, account_id, hashed)
        return Entry(await open_session(work, account_id), make_device(hashed))


async def change_role(
    work: UnitOfWork, email: str, role: Role, *, demand: Demand = Demand.NOBODY
) -> None:
    """Let somebody do more or less, from their next request on.

    Whoever has no second factor and is to have one in this role is signed out, and sets one up.
    Raises ``AccountNotFound`` and ``LastAdmin``.
    """
    admins = await _lock_admins(work)
    account_id = await _find(work, email)
    if role is not Role.ADMIN:
        _refuse_last(admins, account_id)
    await work.fetch("UPDATE accounts SET role = $2 WHERE id = $1", account_id, role.value)
    if demand.includes(role):
        await _end_half_opened(work, account_id)
    subject = Subject("account", account_id)
    await note_act(work, work.actor, "account.role_changed", subject, role=role.value)


async def disable_account(work: UnitOfWork, email: str) -> None:
    """Let nobody sign in with it any more and end its sessions.

    Raises ``AccountNotFound`` and ``LastAdmin``.
    """
    admins = await _lock_admins(work)
    account_id = await _find(work, email)
    _refuse_last(admins, account_id)
    await work.fetch("UPDATE accounts SET disabled_at = tramita_now() WHERE id = $1", account_id)
    await work.fetch("DELETE FROM account_links WHERE account_id = $1", account_id)
    await end_all(work, account_id)
    await note_act(work, work.actor, "account.disabled", Subject("account", account_id))


async def enable_account(work: UnitOfWork, email: str) -> None:
    """Let somebody in again, as they were; raises ``AccountNotFound``."""
    rows = await work.fetch(
        "UPDATE accounts SET disabled_at = NULL WHERE email = $1 AND disabled_at IS NOT NULL "
        "RETURNING id",
        normalize_email(email),
    )
    if not rows:
        raise AccountNotFound(email=normalize_email(email))
    await note_act(work, work.actor, "account.enabled", Subject("account", rows[0]["id"]))


async def end_sessions(work: UnitOfWork, email: str) -> int:
    """Sign somebody out everywhere; answers of how many sessions. Raises ``AccountNotFound``."""
    account_id = await _find(work, email)
    ended = await end_all(work, account_id)
    subject = Subject("account", account_id)
    await note_act(work, work.actor, "account.sessions_ended", subject, sessions=ended)
    return ended


async def demand_second_factor(work: UnitOfWork, email: str, *, is_demanded: bool) -> None:
    """Ask one of this account, or no more; whoever has none is signed out, and sets one up.

    Raises ``AccountNotFound``.
    """
    account_id = await _find(work, email)
    await work.fetch(
        "UPDATE accounts SET needs_second_factor = $2 WHERE id = $1", account_id, is_demanded
    )
    if is_demanded:
        await _end_half_opened(work, account_id)
    action = "second_factor.demanded" if is_demanded else "second_factor.left_free"
    await note_act(work, work.actor, action, Subject("account", account_id))


async def reset_second_factor(work: UnitOfWork, email: str) -> None:
    """For whoever lost theirs; every session ends. Raises ``AccountNotFound``, ``NoSecondFactor``."""
    await remove_second_factor(work, await _find(work, email))


async def _end_half_opened(work: UnitOfWork, account_id: UUID) -> None:
    """End sessions that a password alone has opened."""
    await work.fetch(
        "DELETE FROM account_sessions WHERE account_id = $1 AND NOT EXISTS ("
        "SELECT FROM second_factors WHERE account_id = $1 AND confirmed_at IS NOT NULL)",
        account_id,
    )


async def _insert(work: UnitOfWork, email: str, password_hash: str | None, role: Role) -> UUID:
    rows = await work.fetch(
        """
        INSERT INTO accounts (id, email, password_hash, role, created_at)
        VALUES ($1, $2, $3, $4, tramita_now())
        ON CONFLICT (email) DO NOTHING RETURNING id
        """,
        new_id(),
        email,
        password_hash,
        role.value,
    )
    if not rows:
        raise AccountExists(email=email)
    made: UUID = rows[0]["id"]
    return made


async def _replace_password(work: UnitOfWork, account_id: UUID, password_hash: str) -> None:
    await work.fetch(
        "UPDATE accounts SET password_hash = $2 WHERE id = $1", account_id, password_hash
    )
    await work.fetch("DELETE FROM account_links WHERE account_id = $1", account_id)
    await end_all(work, account_id)
    await note_act(work, work.actor, "account.password_set", Subject("account", account_id))


async def _find(work: UnitOfWork, email: str) -> UUID:
    """The account of an address, which stays what it is until this commits."""
    rows = await work.fetch(
        "SELECT id FROM accounts WHERE email = $1 AND disabled_at IS NULL FOR NO KEY UPDATE",
        normalize_email(email),
    )
    if not rows:
        raise AccountNotFound(email=normalize_email(email))
    found: UUID = rows[0]["id"]
    return found


async def _lock_admins(work: UnitOfWork) -> list[UUID]:
    """Everybody who can keep this house now; nobody of them is made less until this commits.

    Two who demote each other at the same time wait here for one another.
    """
    rows = await work.fetch(
        "SELECT id FROM accounts WHERE role = $1 AND disabled_at IS NULL "
        "AND password_hash IS NOT NULL ORDER BY id FOR NO KEY UPDATE",
        Role.ADMIN.value,
    )
    return [row["id"] for row in rows]


def _refuse_last(admins: Sequence[UUID], account_id: UUID) -> None:
    if list(admins) == [account_id]:
        raise LastAdmin
