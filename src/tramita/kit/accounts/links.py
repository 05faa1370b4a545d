"""Links that let somebody set their password: once, within a day; here are their hashes.

It is how somebody is invited, and how a forgotten password is replaced. A second factor stays what
it was: the link is worth a password, and no more.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.accounts.model import AccountInvalid, check_password
from tramita.kit.accounts.passwords import hash_password
from tramita.kit.accounts.second_factor import end_all
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import NotFoundError
from tramita.kit.kept import Kept, Now

LIFETIME: Final = timedelta(hours=24)
PATH: Final = "/console/welcome"


class LinkOver(NotFoundError):
    """This link is over: it was used, or is older than a day, or another one was made since."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose password a link sets; ``is_new``: they have had none so far."""

    account_id: UUID
    email: str
    is_new: bool


async def make_link(work: UnitOfWork, account_id: UUID) -> str:
    """The secret part of a link, once; a link from before is over."""
    secret = secrets.token_urlsafe(32)
    await work.fetch(
        "INSERT INTO account_links (hash, account_id, created_at) VALUES ($1, $2, now()) "
        "ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, created_at = now()",
        hash_of_link(secret),
        account_id,
    )
    return secret


async def read_link(work: UnitOfWork, secret: str) -> Linked:
    """Whose it is; raises ``LinkOver``. Looking uses nothing up: mail scanners look."""
    rows = await work.fetch(
        "SELECT a.id, a.email, a.password_hash IS NULL AS is_new "
        "FROM account_links AS l JOIN accounts AS a ON a.id = l.account_id "
        "WHERE l.hash = $1 AND l.created_at > now() - $2::interval AND a.disabled_at IS NULL",
        hash_of_link(secret),
        LIFETIME,
    )
    if not rows:
        raise LinkOver
    return Linked(rows[0]["id"], rows[0]["email"], rows[0]["is_new"])


async def set_password_by_link(database: Database, secret: str, password: str) -> None:
    """Set the password that a link is for, and end every session; signs nobody in.

    Raises ``LinkOver``, ``AccountInvalid`` and ``TooManyPasswords``.
    """
    async with database.unit_of_work() as work:
        linked = await read_link(work, secret)
    if errors := check_password(password, email=linked.email):
        raise AccountInvalid(errors)
    hashed = await hash_password(password)
    async with database.unit_of_work(actor=f"user:{linked.email}") as work:
        # The account comes first, as with whoever disables it or sets its password.
        await work.fetch("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", linked.account_id)
        used = await work.fetch(
            "DELETE FROM account_links WHERE hash = $1 AND created_at > now() - $2::interval "
            "RETURNING account_id",
            hash_of_link(secret),
            LIFETIME,
        )
        changed = used and await work.fetch(
            "UPDATE accounts SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL RETURNING id",
            linked.account_id,
            hashed,
        )
        if not changed:
            raise LinkOver
        await end_all(work, linked.account_id)
        subject = Subject("account", linked.account_id)
        await note_act(work, work.actor, "account.password_set", subject, by="link")


def hash_of_link(secret: str) -> str:
    """What stands here for it."""
    return hashlib.sha256(secret.encode()).hexdigest()


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="links that set a password",
        table="account_links",
        what="the hash of a link, which is over after a day",
        stays="nothing",
        age="created_at",
        now=Now.REAL,
        days=1,
        order=("created_at", "hash"),
    ),
)
