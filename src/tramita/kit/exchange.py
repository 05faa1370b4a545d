"""The exchange: the one HTTP client for providers.

It pools connections per provider, bounds every call by a total deadline and a size,
never repeats a call by itself, and says of every failure whether the provider can
have acted: ``NotSent`` when it certainly has not, ``Unknown`` when it may have.
What was said is kept, masked, on the ``Attempt``, and journalled with its outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace, TracebackType
from typing import Final, Self

import aiohttp

from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.line import Line
from tramita.kit.masking import mask_body, mask_headers, mask_text
from tramita.kit.masking_shapes import HIDDEN
from tramita.kit.outcome import NotSent, Unknown
from tramita.kit.outside import storable_json, storable_text

LARGEST_ANSWER: Final = 2 * 1024 * 1024
_LARGE_BODY = 512 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a provider; ``path`` starts with ``/`` and may carry a query.

    ``shown`` stands for the body in the journal where the body is no text: a picture of
            broke = f"the connection broke: {type(error).__name__} {error}".strip()
            return Unknown(self.request.told(broke))
        return _judge(self.seen, self.request)

    def cut_off(self, within: str) -> NotSent | Unknown:
        """The deadline has passed."""
        if not self.is_connected:
            return NotSent(f"no connection {within}", timedelta(seconds=2))
        return Unknown(f"no answer {within}")

    def journalled(
        self, result: Answer | NotSent | Unknown, began: float, milliseconds: int
    ) -> Exchanged:
        """What was said, masked."""
        request, seen = self.request, self.seen
        return Exchanged(
            method=request.method,
            path=mask_text(request.path),
            request=mask_headers(request.headers)
            + mask_body(request.body if request.shown is None else request.shown),
            status=seen.status if seen else None,
            # Defensive: proxies print the address that they could not reach.
            answer=request.told(mask_body(seen.body)) if seen else "",
            error=None if isinstance(result, Answer) else mask_text(result.reason),
            began=began,
            milliseconds=milliseconds,
        )


def _note_connections() -> aiohttp.TraceConfig:
    """Let the client tell each ``HTTPCall`` when it has a connection."""

    async def note(_session: object, context: SimpleNamespace, _how: object) -> None:
        context.trace_request_ctx.is_connected = True

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(note)
    config.on_connection_reuseconn.append(note)
    return config


def _sendable(body: bytes) -> bytes | BytesIO | None:
    """A large body in pieces, so that sending it holds nobody else up."""
    return BytesIO(body) if len(body) > _LARGE_BODY else body or None


def _judge(answer: Answer, request: Request) -> Answer | NotSent | Unknown:
    if answer.status == 429:
        return NotSent("HTTP 429, too many requests", _retry_after(answer))
    if answer.status >= 500:
        nothing = request.nothing_done(answer) if request.nothing_done else None
        # A 5xx says nothing about whether the effect took place before the failure.
        return nothing or Unknown(f"HTTP {answer.status}")
    return answer


def _retry_after(answer: Answer) -> timedelta:
    seconds = answer.headers.get("retry-after", "")
    # A date is allowed too; a vendor's clock is not worth trusting, so we wait the default.
    # No longer number can be meant, and Python reads none of thousands of digits.
    return timedelta(seconds=min(int(seconds[:9]), 600) if seconds.isdecimal() else 5)
