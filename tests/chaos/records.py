"""What the driver asked for and what it was told: everything that is judged in the end."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import aiohttp

from tests.chaos.installation import Installation, pause

IN_PROGRESS: Final = "idempotency_in_progress"
# Documented answers of numbering, whose provider fails here.
_PROVIDER_FAILED: Final = frozenset({502, 503, 504})
# After these the same request is sent again; 0: nobody answered.
_AGAIN: Final = frozenset({0, 429, 500, 503})
_BETWEEN_TRIES: Final = 0.25


@dataclass(frozen=True)
class Said:
    """An answer; status 0: the connection broke, or nobody listened."""

    status: int
    body: Any = None

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        return self.body.get("code") if isinstance(self.body, dict) else None

    @property
    def is_done(self) -> bool:
        """Whether it worked."""
        return 200 <= self.status < 300


@dataclass
class Keyed:
    """A request with its idempotency key, and its first answer of success."""

    path: str
    body: Any
    key: str
    asked_at: float = 0.0
    first: Said | None = None


@dataclass
class Envelope:
    """An envelope as its partner knows it; ``heard`` has the "all done" of each socket."""

    made: Keyed
    numbers: list[str]
    is_sent: bool = False
    is_cancelling: bool = False
    heard: list[int] = field(default_factory=list)

    @property
    def token(self) -> str | None:
        """What it is asked for by, once that was told."""
        return self.made.first.body["token"] if self.made.first else None


@dataclass
class Line:
    """A mobile contract; whether cancelling it was asked for, and whether that was answered."""

    made: Keyed
    is_cancelling: bool = False
    is_cancelled: bool = False

    @property
    def id(self) -> str | None:
        """Its id, once that was told."""
        return self.made.first.body["id"] if self.made.first else None


@dataclass
class Records:
    """Everything of one run; ``over`` is set when the load ends."""

    seed: int
    installation: Installation
    api: aiohttp.ClientSession
    over: asyncio.Event = field(default_factory=asyncio.Event)
    envelopes: list[Envelope] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    keyed: list[Keyed] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, what: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else, to the very end."""
        self.tasks.append(asyncio.create_task(what))

    async def end(self) -> None:
        """Stop all of that; whatever failed in it fails here."""
        for task in self.tasks:
            task.cancel()
        for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    def random(self, actor: str) -> Random:
        """The dice of one actor; nobody else's throws change them."""
        return Random(f"{self.seed} {actor}")

    def keep(self, path: str, body: Any, key: str) -> Keyed:
        """Note a request before it is sent for the first time."""
        keyed = Keyed(path, body, key)
        self.keyed.append(keyed)
        return keyed

    async def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> Said:
        """Ask Tramita once; an answer that nobody should ever get is a finding."""
        headers = {"Idempotency-Key": key} if key else {}
        try:
            async with self.api.request(method, path, json=body, headers=headers) as answer:
                is_json = "json" in answer.content_type
                said = Said(answer.status, await (answer.json() if is_json else answer.text()))
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            said = Said(0)
        self.statuses[said.status] += 1
        if said.status >= 500 and said.status not in _PROVIDER_FAILED:
            self.findings.append(f"{method} {path.partition('?')[0]}: {said.status} {said.body}")
        return said

    async def make(self, keyed: Keyed, *, seconds: float = 20.0) -> Said:
        """Send a request with its key until it has its answer, or that takes too long.

        Who is told that the first one is still under way goes on with other things; the key
        is asked about once more in the end.
        """
        until = time.monotonic() + seconds
        while True:
            keyed.asked_at = time.monotonic()
            said = await self.ask("POST", keyed.path, keyed.body, key=keyed.key)
            if said.is_done and keyed.first is None:
                keyed.first = said
            if said.status not in _AGAIN or time.monotonic() > until:
                return said
            await pause(_BETWEEN_TRIES)

    async def look(self, path: str, *, seconds: float = 60.0) -> Any:
        """Read something, as often as it takes."""
        until = time.monotonic() + seconds
        while True:
            said = await self.ask("GET", path)
            if said.is_done:
                return said.body
            if said.status not in _AGAIN or time.monotonic() > until:
                raise AssertionError(f"GET {path}: {said.status} {said.body}")
            await pause(_BETWEEN_TRIES)

    async def all_of(self, path: str) -> list[dict[str, Any]]:
        """Every item of a list."""
        items: list[dict[str, Any]] = []
        sign, cursor = "&" if "?" in path else "?", ""
        while True:
            page = await self.look(f"{path}{sign}limit=200{cursor}")
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    async def vendor(self, vendor: str, path: str, order: Any = None) -> Any:
        """Order a simulator about, or read what it keeps; ``None`` when it refuses."""
        url = f"{self.installation.simulators_url}/{vendor}/__sim/{path}"
        method = "GET" if order is None else "POST"
        async with self.api.request(method, url, json=order) as answer:
            return await answer.json() if answer.ok else None

    async def until_over(self, seconds: float) -> bool:
        """Wait so long or until the load ends; whether it has ended."""
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except TimeoutError:
            return False
        return True
