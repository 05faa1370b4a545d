"""Looking at something seldom, for whoever asks often: metrics that cost statements."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

import structlog

from tramita.kit.transient import is_transient

log = structlog.get_logger(__name__)

_LOOKS_FOR = 2.0


@dataclass(slots=True)
class Seldom:
    """Looks at most once in ``every`` seconds, and is waited for no longer than two of them.

    Where the database does not answer, what was seen last stands.
    """

    name: str
    every: float
    _next: float = 0.0
    _looks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def look(self, see: Callable[[], Awaitable[None]]) -> None:
        """Look, if that was long ago."""
        if self._looks or monotonic() < self._next:
            return
        self._next = monotonic() + self.every
        looking = asyncio.create_task(self._look(see))
        self._looks.add(looking)
        looking.add_done_callback(self._looks.discard)
        await asyncio.wait({looking}, timeout=_LOOKS_FOR)

    async def _look(self, see: Callable[[], Awaitable[None]]) -> None:
        try:
            await see()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("metrics_not_seen", of=self.name, error=repr(error))
