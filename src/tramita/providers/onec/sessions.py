"""Sessions of 1C, used again: each new one costs seconds, and as long as it lives a licence.

The first call of one asks for it (``IBSession: start``) and is given a cookie; the last one says so
(``IBSession: finish``). A session does one thing at a time.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = "ibsession"
_COOKIE: Final = re.compile(r"(?:^|[;,\s])ibsession=([A-Za-z0-9_.-]{1,200})", re.IGNORECASE)


@dataclass(slots=True)
class Session:
    """One that is ours for a call; without a ``cookie`` it is to be begun."""

    began: float
    cookie: str | None = None
    is_last: bool = False
    free_at: float = 0.0

    @property
    def headers(self) -> Mapping[str, str]:
        """What a call in it says."""
        if self.cookie is None:
            return {} if self.is_last else {HEADER: "start"}
        said = {"cookie": f"ibsession={self.cookie}"}
        return said | {HEADER: "finish"} if self.is_last else said

    def told(self, headers: Mapping[str, str]) -> None:
        """What an answer says of it."""
        found = _COOKIE.search(headers.get("set-cookie", ""))
        if found is not None:
            self.cookie = found[1]


@dataclass
class Sessions:
    """Those of this process: ``most`` at once; whoever wants another waits for one to be free.

    ``seconds`` is how long one is used again. A session whose call was not answered may still be at
    work for ``busy_seconds``.
    """

    seconds: float
    busy_seconds: float
    most: int
    clock: Callable[[], float] = time.monotonic
    _free: list[Session] = field(default_factory=list)
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the limit."""
        self._places = asyncio.Semaphore(self.most)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Be one of those who have a session; raises ``TimeoutError`` where that takes too long."""
        async with asyncio.timeout(self.busy_seconds):
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()

    def take(self) -> Session:
        """The one that was used last, or a new one."""
        now = self.clock()
        rested = [one for one in self._free if one.free_at <= now]
        session = rested[-1] if rested else Session(now)
        self._free = [one for one in self._free if one is not session]
        session.is_last = now - session.began >= self.seconds
        return session

    def give_back(self, session: Session, *, is_answered: bool = True) -> None:
        """Let others use it, if it goes on."""
        session.free_at = 0.0 if is_answered else self.clock() + self.busy_seconds
        if session.cookie is not None and not session.is_last:
            self._free.append(session)

    def renewed(self) -> Session:
        """A new one, instead of one that 1C has lost."""
        return Session(self.clock())
