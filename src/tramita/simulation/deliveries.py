"""A vendor's post office: it tells a subscriber what happened, again and again if need be.

A delivery succeeds with a 2xx within ten seconds; anything else is tried again, at
most eight times, by the vendor's virtual clock and with the same body. A vendor may have
other ``manners``. Nothing here holds up the vendor's answers: what a call brings about
leaves after its answer.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from random import Random
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import aiohttp

from tramita.simulation.clock import VirtualClock
from tramita.simulation.disorder import plan
from tramita.simulation.dispatch import (
    Attempt,
    Dispatch,
    Manners,
    Notice,
    Sign,
    Status,
    Wrap,
)
from tramita.simulation.faults import FaultBook
from tramita.simulation.kinds import WEBHOOK
from tramita.simulation.timetable import Timetable

KEPT = 2000
# A webhook leaves after the answer of the call that caused it, but does not wait
# longer than this for an answer that is held.
PATIENCE = timedelta(seconds=5)
_LONGEST_CALL = timedelta(hours=1)
_MOST_AT_ONCE = 32


class SubscriberNotLoopback(ValueError):
    """Webhooks of a simulator go to http addresses of this machine only."""


class DispatchUnknown(LookupError):
    """No such delivery is kept here."""


class Batch:
    """What one call brought about and what waits for its answer; a context around the effect."""

    def __init__(self, office: "PostOffice") -> None:
        self._office = office
        self.dispatches: list[Dispatch] = []

    def __enter__(self) -> None:
        self._office.batch = self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._office.batch = None

    async def precede(self) -> None:
        """Deliver what shall come before the answer, and wait for the subscriber."""
        urgent = [one for one in self.dispatches if one.is_urgent and not one.is_under_way]
        await asyncio.gather(*map(self._office.deliver, urgent))

    def release(self) -> None:
        """Let go what waited for the answer."""
        for dispatch in self.dispatches:
            self._office.hasten(dispatch)


class PostOffice:
    """The outgoing post of one vendor; it works while ``running``."""

    def __init__(self, clock: VirtualClock, faults: FaultBook, random: Random) -> None:
        self.url: str | None = None
        self.default_url: str | None = None
        self.sign: Sign = _unsigned
        self.wrap: Wrap = _as_it_is
        self.manners = Manners()
        self.batch: Batch | None = None
        self._clock, self._faults, self._random = clock, faults, random
        self._dispatches: dict[int, Dispatch] = {}
        self._last_id = 0
        self._timetable = Timetable()
        self._session: aiohttp.ClientSession | None = None
        self._stirred: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        clock.listeners.append(self._stir)

    def subscribe(self, url: str | None) -> None:
        """Post to ``url`` from now on; raise ``SubscriberNotLoopback`` for other machines."""
        if url is not None and not _is_here(url):
            raise SubscriberNotLoopback(url)
        self.url = url

    def subscribe_by_default(self, url: str | None) -> None:
        """Post to ``url``, after a reset too."""
        self.subscribe(url)
        self.default_url = url

    def withdraw(self) -> None:
        """Send nothing more of what still waits."""
        for dispatch in self._dispatches.values():
            if dispatch.status is Status.WAITING:
                self._settle(dispatch, Status.UNSUBSCRIBED)

    def post(self, notice: Notice) -> None:
        """Tell the subscriber: at once, or after the answer of the call it comes from."""
        if self.url is None:
            self._make(notice, notice.body).status = Status.UNSUBSCRIBED
            return
        fault = self._faults.strike(WEBHOOK, notice.fields, random=self._random)
        now = self._clock.now()
        for dispatch, planned in plan(notice, self._make, fault):
            if dispatch.status is not Status.WAITING:
                continue
            wait = planned
            if self.batch is not None and not wait:
                self.batch.dispatches.append(dispatch)
                wait = _LONGEST_CALL if dispatch.is_urgent else PATIENCE
            self._timetable.add(dispatch, due_at=now + wait)
        self._stir()

    def resend(self, dispatch_id: int) -> Dispatch:
        """Send one again now, whatever became of it; raise ``DispatchUnknown``."""
        dispatch = self.find(dispatch_id)
        dispatch.status = Status.WAITING
        dispatch.rounds_from = len(dispatch.attempts)
        self._timetable.schedule(dispatch, due_at=self._clock.now())
        self._stir()
        return dispatch

    def hasten(self, dispatch: Dispatch) -> None:
        """Send now what waited for an answer, unless it has gone out already."""
        if not dispatch.attempts and dispatch.status is Status.WAITING:
            self._timetable.hasten(dispatch, now=self._clock.now())
            self._stir()

    def find(self, dispatch_id: int) -> Dispatch:
        """The dispatch of this id; raise ``DispatchUnknown``."""
        try:
            return self._dispatches[dispatch_id]
        except KeyError:
            raise DispatchUnknown(dispatch_id) from None

    def all(self, *, subject: str | None = None, limit: int = KEPT) -> list[Dispatch]:
        """The newest ``limit`` dispatches, of one subject or of all, oldest of them first."""
        found = [one for one in self._dispatches.values() if subject in (None, one.subject)]
        return found[-limit:] if limit > 0 else []

    @property
    def is_busy(self) -> bool:
        """Whether anything is due or on its way."""
        due_at = self._timetable.next_due()
        return bool(self._tasks) or (due_at is not None and due_at <= self._clock.now())

    def clear(self) -> None:
        """Forget everything and post where this vendor posts by default."""
        for task in self._tasks:
            task.cancel()
        self._dispatches.clear()
        self._timetable.clear()
        self._last_id = 0
        self.url = self.default_url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver what becomes due, until the block ends."""
        timeout = aiohttp.ClientTimeout(total=self.manners.timeout_seconds)
        # A subscriber that was killed leaves dead connections; so none is kept.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            self._session, self._stirred = session, asyncio.Event()
            runner = asyncio.create_task(self._run(self._stirred))
            try:
                yield
            finally:
                self._session = self._stirred = None
                runner.cancel()
                await asyncio.wait({runner})
                if not runner.cancelled():
                    runner.result()  # It ended by itself: an error of ours, to be heard.

    async def deliver(self, dispatch: Dispatch) -> None:
        """Make one attempt now and decide how it goes on."""
        if self._session is None or dispatch.status is not Status.WAITING:
            return
        if self.url is None:
            self._settle(dispatch, Status.UNSUBSCRIBED)
            return
        dispatch.is_under_way = True
        try:
            attempt = await self._attempt(self._session, self.url, dispatch)
        finally:
            dispatch.is_under_way = False
        dispatch.attempts.append(attempt)
        if self._dispatches.get(dispatch.id) is dispatch:
            self._go_on(dispatch, attempt)

    async def _attempt(
        self, session: aiohttp.ClientSession, url: str, dispatch: Dispatch
    ) -> Attempt:
        now, url = self._clock.now(), urljoin(url, dispatch.notice.path)
        body = self.wrap(dispatch.body, is_forged=dispatch.is_forged)
        headers = self.sign(
            urlsplit(url).path, body, age=dispatch.age(now), is_forged=dispatch.is_forged
        )
        try:
            async with session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                said = await answer.read()
        except TimeoutError:
            attempt = Attempt(now, error=f"no answer within {self.manners.timeout_seconds:g} s")
            said = b""
        except aiohttp.ClientError as error:
            attempt, said = Attempt(now, error=f"{type(error).__name__}: {error}"), b""
        else:
            attempt = Attempt(now, status=answer.status, retry_after=_seconds_in(answer))
        self.manners.heard(dispatch, attempt, said)
        return attempt

    def _go_on(self, dispatch: Dispatch, attempt: Attempt) -> None:
        now = self._clock.now()
        gap = self.manners.next_gap(dispatch, now)
        if attempt.is_success:
            self._settle(dispatch, Status.DELIVERED)
        elif gap is None:
            self._settle(dispatch, Status.FAILED)
        else:
            self._timetable.schedule(dispatch, due_at=now + gap)
        self._timetable.release_held(dispatch, now=now)
        self._stir()

    async def _run(self, stirred: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                stirred.clear()
                self._start_due(group)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._until_next()):
                        await stirred.wait()

    def _start_due(self, group: asyncio.TaskGroup) -> None:
        now = self._clock.now()
        while len(self._tasks) < _MOST_AT_ONCE and (due := self._timetable.pop_due(now)):
            due.is_under_way = True
            task = group.create_task(self.deliver(due))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._stir()

    def _until_next(self) -> float | None:
        """Seconds to sleep; None when only something new can make anything due."""
        due_at = self._timetable.next_due()
        if due_at is None or len(self._tasks) >= _MOST_AT_ONCE:
            return None
        left = (due_at - self._clock.now()).total_seconds()
        return None if left > 0 and self._clock.is_frozen else max(left, 0.0)

    def _make(self, notice: Notice, body: bytes) -> Dispatch:
        self._last_id += 1
        dispatch = Dispatch(self._last_id, notice, body, self._clock.now())
        self._dispatches[dispatch.id] = dispatch
        if len(self._dispatches) > KEPT:
            self._drop_one()
        return dispatch

    def _drop_one(self) -> None:
        """Forget the oldest that is over, or the oldest of all."""
        kept = self._dispatches.values()
        oldest = next(iter(kept))
        dropped = next((one for one in kept if one.status is not Status.WAITING), oldest)
        del self._dispatches[dropped.id]
        if dropped.status is Status.WAITING:
            self._settle(dropped, Status.FAILED)

    def _settle(self, dispatch: Dispatch, status: Status) -> None:
        dispatch.status = status
        self._timetable.settle(dispatch)

    def _stir(self) -> None:
        if self._stirred is not None:
            self._stirred.set()


def _seconds_in(answer: aiohttp.ClientResponse) -> int | None:
    asked = answer.headers.get("retry-after", "")
    return int(asked) if asked.isascii() and asked.isdecimal() else None


def _unsigned(*_: object, **__: object) -> Mapping[str, str]:
    return {"content-type": "application/json"}


def _as_it_is(body: bytes, *, is_forged: bool) -> bytes:
    del is_forged
    return body


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
