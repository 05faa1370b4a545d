"""Hashing passwords with argon2id, without blocking the process.

One hash takes 64 MiB and some fifty milliseconds. It is computed in threads of its
own, two at a time, so that a burst of sign-ins costs neither the event loop nor the
machine's memory; and so many may wait for that as are served in a second or so.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar, TypeVarTuple

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from tramita.kit.errors import TooManyError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# RFC 9106, second recommended option.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

# Verified when there is no account, so that its absence cannot be told by the time it
# takes. It has the form of a hash; no password is known to lead to it.
NOBODYS_HASH = f"$argon2id$v=19$m=65536,t=3,p=4${'A' * 22}${'A' * 43}"

MOST_WAITING = 32
_waiting: set[asyncio.Future[Any]] = set()


class TooManyPasswords(TooManyError):
    """Too many people sign in at this moment; try again in a few seconds."""

    retry_after = timedelta(seconds=5)


def check_room() -> None:
    """Raise ``TooManyPasswords`` when nobody can wait for a hash any more."""
    if len(_waiting) >= MOST_WAITING:
        raise TooManyPasswords


async def hash_password(password: str) -> str:
    """The argon2id hash, with its salt and parameters, as a text to store."""
    return await _in_thread(_HASHER.hash, _normalize(password))


async def is_password(password: str, *, stored: str | None) -> bool:
    """Whether ``password`` leads to the stored hash; ``None`` takes as long and says no."""
    return await _in_thread(_verify, stored or NOBODYS_HASH, _normalize(password))


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except VerifyMismatchError:
        return False


def _normalize(password: str) -> str:
    # Keyboards differ in how they compose é; people do not mean different passwords.
    return unicodedata.normalize("NFKC", password)


async def _in_thread(function: Callable[[*Ts], T], *arguments: *Ts) -> T:
    check_room()
    hashing = asyncio.get_running_loop().run_in_executor(_THREADS, function, *arguments)
    _waiting.add(hashing)
    hashing.add_done_callback(_waiting.discard)
    return await hashing
