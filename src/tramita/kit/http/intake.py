"""What outside systems post: verified, kept as it came and answered; a job handles it.

Vendors give an answer a few seconds and come again for a day or so: so nothing is understood
here, and a database that is silent is a 503 in time, not a connection that hangs.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog
from litestar import Request
from prometheus_client import Counter

from tramita.kit import inbox
from tramita.kit.errors import ConfigurationError, ForbiddenError, NotFoundError, TooManyError
from tramita.kit.provider import Posted, Receiver
from tramita.kit.runtime import Runtime
from tramita.kit.unsigned import is_crowded

log = structlog.get_logger(__name__)

LONGEST_MESSAGE: Final = 1024 * 1024
# What makes a longer one the same as another is read beside the event loop.
_READ_AT_ONCE: Final = 16 * 1024
# Seconds that a message waits for others to be kept with: whoever posted it waits too, and what
# a transaction for few costs more shows in no figure of a whole installation.
_FOR_COMPANY: Final = 0.005
# The shortest patience of a vendor that we know of is five seconds.
LONGEST_SILENCE: Final = 4.0
# Of what nobody signs so much is kept of each, and so many wait for their job.
LONGEST_UNSIGNED: Final = 64 * 1024
MOST_UNSIGNED: Final = 1_000

MESSAGES = Counter(
    "tramita_inbox_messages_total", "Messages posted by outside systems", ["sender", "result"]
)


class WebhookNotFound(NotFoundError):
    """Nobody expects messages here."""


class WebhookNotVerified(ForbiddenError):
    """The message is not signed by {sender}."""


class TooManyWait(TooManyError):
    """Too many messages for {sender} wait to be looked at; come again in a while."""

    retry_after = timedelta(minutes=1)


async def take_message(runtime: Runtime, key: str, request: Request[Any, Any, Any]) -> None:
    """Keep what the system ``key`` posted; a job handles it. Idempotent.

    Raises ``WebhookNotFound``, ``WebhookNotVerified`` and ``TooManyWait``.
    """
    await take_message_of_one(runtime, [key], request)


async def take_message_of_one(
    runtime: Runtime, keys: Sequence[str], request: Request[Any, Any, Any]
) -> None:
    """The same at an address that several systems post to: it is whose code believes it."""
    expected = {key: runtime.receivers[key] for key in keys if key in runtime.receivers}
    if not expected:
        raise WebhookNotFound
    posted = Posted(request.method, request.scope["path"], dict(request.headers), b"")
    possible = {key: one for key, one in expected.items() if _is_so(key, one.admits, posted)}
    if possible:
        posted = replace(posted, body=await request.body())
    key = next((key for key, one in possible.items() if _is_so(key, one.verify, posted)), None)
    if key is None:
        sender = " or ".join(expected)
        MESSAGES.labels(sender, "not_verified").inc()
        log.warning("webhook_not_verified", sender=sender, size=len(posted.body))
        raise WebhookNotVerified(sender=sender)
    is_new = await _in_time(_keep(runtime, key, expected[key], posted.body))
    MESSAGES.labels(key, "kept" if is_new else "repeated").inc()


async def _check_room(runtime: Runtime, key: str, body: bytes) -> None:
    """Whether what a stranger may have sent is kept; raises ``WebhookNotVerified`` and ``TooManyWait``."""
    if len(body) > LONGEST_UNSIGNED:
        raise WebhookNotVerified(sender=key)
    async with runtime.database.reading() as work:
        if await is_crowded(work, key, MOST_UNSIGNED):
            MESSAGES.labels(key, "too_many").inc()
            raise TooManyWait(sender=key)


def _is_so(key: str, believes: Callable[[Posted], bool] | None, posted: Posted) -> bool:
    """Whether its sender's code believes it; code that fails over it does not."""
    try:
        return believes is None or believes(posted)
    except ConfigurationError:
        # Without the means to verify anything, nothing is expected here.
        raise WebhookNotFound from None
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything over a stranger's bytes
        log.warning("webhook_verifier_failed", sender=key, why=type(error).__name__)
        return False


def _vendor_id(key: str, receiver: Receiver, body: bytes) -> str | None:
    """The message's own id; where the sender's code fails over it, its content is its id."""
    try:
        found = receiver.vendor_id(body) if receiver.vendor_id else None
    except Exception as error:  # noqa: BLE001 - it is genuine and must be kept, whatever is in it
        log.warning("webhook_without_id", sender=key, why=type(error).__name__)
        return None
    return None if found is None else str(found)


async def _keep(runtime: Runtime, key: str, receiver: Receiver, body: bytes) -> bool:
    if not receiver.is_signed:
        await _check_room(runtime, key, body)
    vendor_id = await _read_vendor_id(key, receiver, body)
    posting = inbox.Posting(key, body, receiver.job, vendor_id)
    return await runtime.gathered(inbox.receive_all, patience=_FOR_COMPANY).add(posting)


async def _read_vendor_id(key: str, receiver: Receiver, body: bytes) -> str | None:
    """The same, beside the event loop where it may take long."""
    if len(body) <= _READ_AT_ONCE:
        return _vendor_id(key, receiver, body)
    return await asyncio.to_thread(_vendor_id, key, receiver, body)


async def _in_time(keeping: Coroutine[Any, Any, bool]) -> bool:
    """Wait for the database as long as a vendor waits for us; raise ``TimeoutError`` then.

    A driver may also wait while it is being cancelled, so nobody here waits for that. A
    message kept too late is one that the vendor sends again, and keeping it twice changes nothing.
    """
    task = asyncio.create_task(keeping)
    await asyncio.wait({task}, timeout=LONGEST_SILENCE)
    if task.done():
        return task.result()
    task.cancel()
    task.add_done_callback(_forget)
    raise TimeoutError


def _forget(task: asyncio.Task[bool]) -> None:
    if not task.cancelled():
        task.exception()
