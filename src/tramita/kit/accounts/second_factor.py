"""The second factor: an authenticator app, with recovery codes for when it is lost.

A secret is shown once, while it is set up, and stands here encrypted; it counts once a code of it
was typed. Each code counts once, and so does each recovery code, of which there are hashes here.
By the real clock: moving the platform's must not open the door.
"""

import hashlib
import secrets
import time
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Final
from uuid import UUID

from tramita.kit.accounts.totp import DIGITS, find_step, new_secret
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, TramitaError

PLACE: Final = "second_factors.secret"
RECOVERY_CODES: Final = 10
LONGEST_SETTING_UP: Final = timedelta(minutes=15)
# Five groups of four letters out of 31: 99 bits, so that there is nothing to guess in a hash.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 5
_SIZE: Final = 4
LONGEST_CODE: Final = 40


class CodeWrong(TramitaError):
    """The code is wrong, or was used before."""


class SecondFactorThere(ConflictError):
    """There is a second factor already; it has to be taken away first."""


class NoSecondFactor(ConflictError):
    """There is no second factor."""


async def begin_enrolment(work: UnitOfWork, account_id: UUID) -> bytes:
    """A new secret, in use once it is confirmed; raises ``SecondFactorThere``."""
    secret = new_secret()
    begun = await work.fetch(
        """
        INSERT INTO second_factors (account_id, secret, last_step, created_at)
        VALUES ($1, $2, 0, now())
        ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, created_at = now()
        WHERE second_factors.confirmed_at IS NULL RETURNING account_id
        """,
        account_id,
        work.keys.encrypt(b64encode(secret).decode(), PLACE),
    )
    if not begun:
        raise SecondFactorThere
    return secret


async def find_begun(work: UnitOfWork, account_id: UUID, *, lock: bool = False) -> bytes | None:
    """The secret that waits to be confirmed, for whoever mistyped its code.

    One that was left lying is nobody's any more: whoever finds a browser open is shown none.
    """
    rows = await work.fetch(
        "SELECT secret FROM second_factors WHERE account_id = $1 AND confirmed_at IS NULL "  # noqa: S608 - a constant
        f"AND created_at > now() - $2::interval {'FOR NO KEY UPDATE' if lock else ''}",
        account_id,
        LONGEST_SETTING_UP,
    )
    return b64decode(work.keys.decrypt(rows[0]["secret"], PLACE)) if rows else None


async def confirm_enrolment(work: UnitOfWork, account_id: UUID, code: str) -> list[str] | None:
    """Have the secret count from now on; answers recovery codes, or nothing for a wrong code.

    Every session of the account ends, and so does every sign-in that is under way.
    """
    # Whoever signs in meanwhile waits, and is asked for a code, or was there before and is ended.
    await work.fetch("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)
    # And whoever begins anew waits, or has put the secret that counts: the code is to be of that one.
    secret = await find_begun(work, account_id, lock=True)
    step = secret and find_step(secret, plain_code(code), at=time.time(), after=0)
    if not step:
        return None
    await work.fetch(
        "UPDATE second_factors SET confirmed_at = now(), last_step = $2 WHERE account_id = $1",
        account_id,
        step,
    )
    await end_all(work, account_id)
    await note_act(work, work.actor, "second_factor.enrolled", Subject("account", account_id))
    return await _write_recovery_codes(work, account_id)


async def is_right(work: UnitOfWork, account_id: UUID, code: str) -> bool:
    """Whether it is a code of the app, or a recovery code; it is used up by that."""
    typed = plain_code(code)
    if len(typed) == DIGITS and typed.isdecimal():
        return await _use_code(work, account_id, typed)
    used = await work.fetch(
        "DELETE FROM recovery_codes WHERE account_id = $1 AND hash = $2 RETURNING account_id",
        account_id,
        _hash(typed),
    )
    if used:
        subject = Subject("account", account_id)
        await note_act(work, work.actor, "second_factor.recovery_code_used", subject)
    return bool(used)


async def renew_recovery_codes(work: UnitOfWork, account_id: UUID) -> list[str]:
    """New ones in the place of those before; raises ``NoSecondFactor``."""
    if not await has_second_factor(work, account_id):
        raise NoSecondFactor
    await work.fetch("DELETE FROM recovery_codes WHERE account_id = $1", account_id)
    subject = Subject("account", account_id)
    await note_act(work, work.actor, "second_factor.recovery_codes_renewed", subject)
    return await _write_recovery_codes(work, account_id)


async def remove_second_factor(work: UnitOfWork, account_id: UUID) -> None:
    """Take it away, with its recovery codes; every session ends. Raises ``NoSecondFactor``."""
    await work.fetch("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)
    gone = await work.fetch(
        "DELETE FROM second_factors WHERE account_id = $1 AND confirmed_at IS NOT NULL "
        "RETURNING account_id",
        account_id,
    )
    if not gone:
        raise NoSecondFactor
    await end_all(work, account_id)
    await note_act(work, work.actor, "second_factor.removed", Subject("account", account_id))


async def has_second_factor(work: UnitOfWork, account_id: UUID) -> bool:
    """Whether there is a confirmed one."""
    found = await work.fetch(
        "SELECT FROM second_factors WHERE account_id = $1 AND confirmed_at IS NOT NULL", account_id
    )
    return bool(found)


async def count_recovery_codes(work: UnitOfWork, account_id: UUID) -> int:
    """How many are left."""
    rows = await work.fetch(
        "SELECT count(*) AS n FROM recovery_codes WHERE account_id = $1", account_id
    )
    left: int = rows[0]["n"]
    return left


async def end_all(work: UnitOfWork, account_id: UUID) -> int:
    """End every session of an account, and every sign-in under way; answers how many sessions."""
    await work.fetch("DELETE FROM account_entries WHERE account_id = $1", account_id)
    ended = await work.fetch(
        "DELETE FROM account_sessions WHERE account_id = $1 RETURNING account_id", account_id
    )
    return len(ended)


def plain_code(code: str) -> str:
    """What was typed, without what people put between."""
    return "".join(one for one in code[:LONGEST_CODE].lower() if one.isascii() and one.isalnum())


async def _use_code(work: UnitOfWork, account_id: UUID, code: str) -> bool:
    # The lock makes the second of two equal codes at the same time find the step used.
    rows = await work.fetch(
        "SELECT secret, last_step FROM second_factors "
        "WHERE account_id = $1 AND confirmed_at IS NOT NULL FOR NO KEY UPDATE",
        account_id,
    )
    if not rows:
        return False
    secret = b64decode(work.keys.decrypt(rows[0]["secret"], PLACE))
    step = find_step(secret, code, at=time.time(), after=rows[0]["last_step"])
    if step is None:
        return False
    await work.fetch(
        "UPDATE second_factors SET last_step = $2 WHERE account_id = $1", account_id, step
    )
    return True


async def _write_recovery_codes(work: UnitOfWork, account_id: UUID) -> list[str]:
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    await work.fetch(
        "INSERT INTO recovery_codes (account_id, hash) SELECT $1, unnest($2::text[])",
        account_id,
        [_hash(plain_code(one)) for one in codes],
    )
    return codes


def _new_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_SIZE)) for _ in range(_GROUPS))
    return "-".join(groups)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
