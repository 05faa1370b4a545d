"""Limiting guesses: failed sign-ins are counted per account and per network address.

An attempt is counted before its password is looked at, so a thousand at the same
time are a thousand. A few are free; each one more doubles the wait. An attempt during
the wait is refused and not counted, so nobody waits longer than the last wait.

Real time (``now()``): moving the platform's clock must not open the door.
"""

import hashlib
import ipaddress
from datetime import timedelta

from tramita.kit.accounts.model import normalize_email
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import TramitaError

# Many people may share an address; an account is one person's.
FREE_PER_ACCOUNT = 5
FREE_PER_ADDRESS = 20
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# After so long without a failure the count begins anew.
FORGOTTEN_AFTER = timedelta(hours=1)


class TooManyAttempts(TramitaError):
    """Too many failed attempts: wait {wait} and try again."""

    def __init__(self, wait: timedelta) -> None:
        """Say the wait in words; ``seconds`` has it as a number."""
        self.seconds = max(1, round(wait.total_seconds()))
        super().__init__(wait=_in_words(self.seconds))


async def count_attempt(work: UnitOfWork, *, email: str, address: str) -> None:
    """Count an attempt as failed until ``forgive`` says otherwise; raises ``TooManyAttempts``.

    The caller's unit of work must be committed before the password is looked at. When
    this raises, nothing is counted.
    """
    keys = [_account_key(email), _address_key(address)]
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
        RETURNING key
        """,
        keys,
        f'{{"{keys[0]}": {FREE_PER_ACCOUNT}, "{keys[1]}": {FREE_PER_ADDRESS}}}',
        FORGOTTEN_AFTER,
        FIRST_WAIT,
        LONGEST_WAIT,
    )
    if len(counted) == len(keys):
        return
    rows = await work.fetch(
        "SELECT max(blocked_until) - now() AS wait FROM login_attempts WHERE key = ANY($1::text[])",
        keys,
    )
    raise TooManyAttempts(rows[0]["wait"])


async def forgive(work: UnitOfWork, *, email: str, address: str) -> None:
    """The attempt was a success: the account starts anew, the address gets this one back."""
    await work.fetch("DELETE FROM login_attempts WHERE key = $1", _account_key(email))
    await work.fetch(
        "UPDATE login_attempts SET failures = greatest(failures - 1, 0), blocked_until = '-infinity' "
        "WHERE key = $1",
        _address_key(address),
    )


async def forget_old_attempts(work: UnitOfWork) -> None:
    """Drop what counts no more, but for what is being counted right now."""
    await work.fetch(
        """
        DELETE FROM login_attempts WHERE key IN (
            SELECT key FROM login_attempts WHERE last_at < now() - $1::interval
            FOR UPDATE SKIP LOCKED
        )
        """,
        FORGOTTEN_AFTER,
    )


def _account_key(email: str) -> str:
    # Hashed, because people type passwords into the wrong field.
    return "account:" + hashlib.sha256(normalize_email(email).encode()).hexdigest()


def _address_key(address: str) -> str:
    return "address:" + network_of(address)


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
