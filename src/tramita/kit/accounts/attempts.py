"""Limiting guesses: failed sign-ins are counted, and whoever fails often must wait.

Counted are the account from one network, and the network over all accounts. A few are
free; each one more doubles the wait. So nobody keeps an account's owner out from elsewhere. A
browser in which the owner was before is counted by itself (``devices``), so not even
somebody in the same network does. All failures of an account together never refuse anybody:
they slow each attempt down, and ring an alarm.

An attempt is counted before its password is looked at, so a thousand at the same
time are a thousand. An attempt during the wait is refused and not counted, so nobody waits
longer than the last wait.

Real time (``now()``): moving the platform's clock must not open the door.
"""

import asyncio
import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

import msgspec
import structlog

from tramita.kit.accounts.model import normalize_email
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TramitaError
from tramita.kit.kept import Kept, Now

log = structlog.get_logger(__name__)

# Many people may share an address; an account is one person's.
FREE_PER_ACCOUNT = 5
FREE_PER_DEVICE = 10
FREE_PER_ADDRESS = 20
# So many failures of one account, wherever they come from, are no slips of its owner.
ALARMING = 50
SLOWED_BY = timedelta(seconds=2)
_NEVER = 10**9
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# Who asks from a network, as long as somebody does.
_DOORS: Final[WeakValueDictionary[str, asyncio.Lock]] = WeakValueDictionary()
# After so long without a failure the count begins anew.
FORGOTTEN_AFTER = timedelta(hours=1)


class TooManyAttempts(TramitaError):
    """Too many failed attempts: wait {wait} and try again."""

    def __init__(self, wait: timedelta) -> None:
        """Say the wait in words; ``seconds`` has it as a number."""
        self.seconds = max(1, round(wait.total_seconds()))
        super().__init__(wait=_in_words(self.seconds))


@dataclass(frozen=True, slots=True)
class Guess:
    """One attempt to sign in: at which account, from where, by which known browser.

    ``is_code``: the password was right, and this is a code of the second factor. ``is_machine``: no
    person's account; people of its network do not wait because of it, nor it because of them.
    """

    email: str
    address: str
    device: str | None = None
    is_code: bool = False
    is_machine: bool = False

    def limits(self) -> dict[str, int]:
        """What it is counted under, and how often each is free."""
        account = _account_key(self.email)
        if self.is_code:
            # Whoever gets as far as this knows the password: wherever they are, they are one.
            known = f":{self.device}" if self.device is not None else ""
            return {f"code:{account}{known}": FREE_PER_ACCOUNT}
        if self.device is not None:
            return {f"device:{account}:{self.device}": FREE_PER_DEVICE}
        network = network_of(self.address)
        people = {} if self.is_machine else {f"address:{network}": FREE_PER_ADDRESS}
        return {f"{account}@{network}": FREE_PER_ACCOUNT} | people | {account: _NEVER}


async def count_attempt(work: UnitOfWork, guess: Guess) -> timedelta:
    """Count an attempt as failed until ``forgive`` says otherwise; raises ``TooManyAttempts``.

    Answers how long to wait before the password is looked at. The caller's unit of work must be
    committed by then. When this raises, nothing is counted.
    """
    limits = guess.limits()
    counted = await work.fetch(
        """
        INSERT INTO login_attempts AS a (key, failures, last_at, blocked_until)
        SELECT key, 1, now(), '-infinity' FROM unnest($1::text[]) AS k(key) ORDER BY key
        ON CONFLICT (key) DO UPDATE SET
            failures = CASE WHEN a.last_at < now() - $3::interval THEN 1 ELSE a.failures + 1 END,
            last_at = now(),
            blocked_until = CASE
                WHEN a.last_at < now() - $3::interval THEN '-infinity'
                WHEN a.failures + 1 < ($2::jsonb -> a.key)::int THEN '-infinity'
                ELSE now() + least(
                    $4::interval * 2 ^ least(a.failures + 1 - ($2::jsonb -> a.key)::int, 10),
                    $5::interval)
                END
        WHERE a.blocked_until <= now()
        RETURNING key, failures
        """,
        list(limits),
        msgspec.json.encode(limits).decode(),
        FORGOTTEN_AFTER,
        FIRST_WAIT,
        LONGEST_WAIT,
    )
    if len(counted) < len(limits):
        rows = await work.fetch(
            "SELECT max(blocked_until) - now() AS wait FROM login_attempts "
            "WHERE key = ANY($1::text[])",
            list(limits),
        )
        raise TooManyAttempts(rows[0]["wait"])
    failures = {row["key"]: row["failures"] for row in counted}
    key = next(iter(limits)) if guess.is_code else _account_key(guess.email)
    return _slow_down(guess, failures.get(key, 0))


def _slow_down(guess: Guess, failures: int) -> timedelta:
    if failures < ALARMING:
        return timedelta()
    if failures % ALARMING == 0:
        log.error("account_guessed_at", email=guess.email, failures=failures, is_code=guess.is_code)
    return SLOWED_BY


async def check_guess(database: Database, guess: Guess, *, is_right: bool) -> bool:
    """Whether a secret that a machine shows with every request is right, as is known to the caller.

    Only what is wrong is counted: machines come often, and at once. During the wait nobody learns
    whether it is right: raises ``TooManyAttempts``. In a process, those of one network go one after
    another, so a thousand at the same time are a thousand here too; they wait outside of the
    database, where others would wait for its connections.
    """
    async with _DOORS.setdefault(network_of(guess.address), asyncio.Lock()):
        rows = await database.fetch(
            "SELECT max(blocked_until) - now() AS wait FROM login_attempts "
            "WHERE key = ANY($1::text[]) AND blocked_until > now()",
            list(guess.limits()),
        )
        if rows[0]["wait"] is not None:
            raise TooManyAttempts(rows[0]["wait"])
        if not is_right:
            async with database.unit_of_work() as work:
                await count_attempt(work, guess)
    return is_right


async def forgive(work: UnitOfWork, guess: Guess) -> None:
    """The attempt was a success: what it alone is counted under starts anew, the rest gets it back."""
    own, *shared = guess.limits()
    # As they are counted: in any other order each of two could wait for the other.
    await work.fetch(
        "SELECT FROM login_attempts WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE",
        [own, *shared],
    )
    await work.fetch("DELETE FROM login_attempts WHERE key = $1", own)
    await work.fetch(
        "UPDATE login_attempts SET failures = greatest(failures - 1, 0), blocked_until = '-infinity' "
        "WHERE key = ANY($1::text[])",
        shared,
    )


def _account_key(email: str) -> str:
    # Hashed, because people type passwords into the wrong field.
    return "account:" + hashlib.sha256(normalize_email(email).encode()).hexdigest()


def network_of(address: str) -> str:
    """What one guesser has: an IPv4 address, or the 64 bits of IPv6 that a customer gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _in_words(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} second{'s' * (seconds != 1)}"
    return f"{-(-seconds // 60)} minutes"


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="sign-in attempts",
        table="login_attempts",
        what="counts of failed sign-ins, which begin anew after an hour",
        stays="nothing",
        age="last_at",
        now=Now.REAL,
        days=1,
        order=("last_at", "key"),
    ),
)
