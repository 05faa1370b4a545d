"""Use cases of accounts: create, list, change the password, disable."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tramita.kit.accounts.model import (
    Account,
    AccountExists,
    AccountInvalid,
    AccountNotFound,
    Role,
    check_email,
    check_password,
    normalize_email,
)
from tramita.kit.accounts.passwords import hash_password
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id


async def create_account(work: UnitOfWork, email: str, password: str, role: Role) -> None:
    """Create an account; raises ``AccountExists`` and ``AccountInvalid``."""
    email = normalize_email(email)
    if errors := [*check_email(email), *check_password(password, email=email)]:
        raise AccountInvalid(errors)
    rows = await work.fetch(
        """
        INSERT INTO accounts (id, email, password_hash, role, created_at)
        VALUES ($1, $2, $3, $4, tramita_now())
        ON CONFLICT (email) DO NOTHING RETURNING id
        """,
        new_id(),
        email,
        await hash_password(password),
        role.value,
    )
    if not rows:
        raise AccountExists(email=email)
    subject = Subject("account", rows[0]["id"])
    await note_act(work, work.actor, "account.created", subject, role=role.value)


async def list_accounts(session: AsyncSession) -> Sequence[Account]:
    """Every account, disabled ones too, by e-mail."""
    return list(await session.scalars(select(Account).order_by(Account.email)))


async def set_password(work: UnitOfWork, email: str, password: str) -> None:
    """Replace the password and end every session; raises ``AccountNotFound``."""
    email = normalize_email(email)
    if errors := check_password(password, email=email):
        raise AccountInvalid(errors)
    rows = await work.fetch(
        "UPDATE accounts SET password_hash = $2 "
        "WHERE email = $1 AND disabled_at IS NULL RETURNING id",
        email,
        await hash_password(password),
    )
    if not rows:
        raise AccountNotFound(email=email)
    await work.fetch("DELETE FROM account_sessions WHERE account_id = $1", rows[0]["id"])
    await note_act(work, work.actor, "account.password_set", Subject("account", rows[0]["id"]))


async def disable_account(work: UnitOfWork, email: str) -> None:
    """Let nobody sign in with it any more and end its sessions; raises ``AccountNotFound``."""
    email = normalize_email(email)
    rows = await work.fetch(
        "UPDATE accounts SET disabled_at = tramita_now() "
        "WHERE email = $1 AND disabled_at IS NULL RETURNING id",
        email,
    )
    if not rows:
        raise AccountNotFound(email=email)
    await work.fetch("DELETE FROM account_sessions WHERE account_id = $1", rows[0]["id"])
    await note_act(work, work.actor, "account.disabled", Subject("account", rows[0]["id"]))
