"""One chaos from beginning to end: load, strikes, then quiet, and a judgement.

The driver knows Tramita as its partners and its machines do: over HTTP and WebSockets, by
signals, by commands and their exit codes. It reads no table and calls nothing of the
product's, so what it finds could be seen from outside.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from tests.chaos import judgement, vendors
from tests.chaos.installation import pause, running_installation
from tests.chaos.numbers import run_chooser, run_seller
from tests.chaos.partners import prepare_crowd, request_link, run_partner
from tests.chaos.plan import RESTARTS, Kind, Strike
from tests.chaos.receiver import Receiver, running_receiver
from tests.chaos.records import Envelope, Records

# What has failed again and again is tried again once a minute.
SETTLED_WITHIN: Final = 200.0
# Long enough for everything that is asked about once a day.
_A_DAY: Final = "26h"
_CROWD_BEFORE: Final = 3.0
_BETWEEN_LOOKS: Final = 0.5


@dataclass(frozen=True)
class Result:
    """What was found; nothing is the only good answer. ``figures`` say what was done."""

    findings: list[str]
    figures: dict[str, object]

    def told(self, plan: Sequence[Strike]) -> str:
        """What befell it and what was done, for whoever looks for the cause."""
        figures = [f"{what}: {figure}" for what, figure in self.figures.items()]
        return "\n".join([*map(str, plan), *figures, *self.findings])


@dataclass
class Stopwatch:
    """How long each part took."""

    figures: dict[str, object] = field(default_factory=dict)
    _last: float = field(default_factory=time.monotonic)

    def stop(self, what: str) -> None:
        """Note the time since the last part."""
        now = time.monotonic()
        self.figures[f"seconds {what}"] = round(now - self._last, 1)
        self._last = now


async def run_chaos(
    seed: int, plan: Sequence[Strike], folder: Path, *, seconds: float, patience: float
) -> Result:
    """Let ``plan`` befall an installation under load for so many seconds, and judge.

    ``patience`` is for how long a key may be said to be in use by a request that has died.
    """
    watch = Stopwatch()
    async with (
        running_receiver() as receiver,
        running_installation(folder) as installation,
        aiohttp.ClientSession(
            installation.url,
            headers={"Authorization": f"Bearer {installation.token}"},
            connector=aiohttp.TCPConnector(force_close=True, limit=0),
            timeout=aiohttp.ClientTimeout(total=20),
        ) as api,
    ):
        records = Records(seed, installation, api)
        try:
            await _open_up(records, receiver)
            watch.stop("starting")
            await _let_loose(records, plan, seconds)
            watch.stop("under load")
            await _judge(records, receiver, patience, watch)
        finally:
            await records.end()
        await _stop(records)
        watch.stop("stopping")
        figures = {**records.figures, **watch.figures, "statuses": dict(records.statuses)}
        return Result([*records.findings, *receiver.findings], figures)


async def _open_up(records: Records, receiver: Receiver) -> None:
    """An endpoint for events, and a world in which things go wrong."""
    endpoint = await records.ask("POST", "/api/v1/webhooks/endpoints", {"url": receiver.url})
    assert endpoint.is_done, endpoint
    receiver.secret = endpoint.body["secret"]
    await vendors.make_trouble(records)


async def _let_loose(records: Records, plan: Sequence[Strike], seconds: float) -> None:
    """Load and strikes, until the time is over and nobody is in the middle of anything."""
    begun = time.monotonic()
    database = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for actor in (
            *(run_partner(records, number) for number in range(2)),
            *(run_chooser(records, number) for number in range(2)),
            run_seller(records),
            vendors.run_people(records),
            vendors.run_postman(records),
        ):
            group.create_task(actor)
        async with asyncio.TaskGroup() as strikes:
            for strike in plan:
                strikes.create_task(_strike(records, strike, begun, database))
        await records.until_over(begun + seconds - time.monotonic())
        records.over.set()
    await vendors.mend(records)


async def _strike(records: Records, strike: Strike, begun: float, database: asyncio.Lock) -> None:
    """Wait for the moment, and do it."""
    installation = records.installation

    def left() -> float:
        return max(0.0, begun + strike.at - time.monotonic())

    if strike.kind in RESTARTS:
        await pause(max(0.0, left() - _CROWD_BEFORE))
        crowd = await prepare_crowd(records, strike.number, round(strike.at * 1000))
        await pause(left())
        async with database:
            await _restart(records, strike, crowd)
        return
    await pause(left())
    match strike.kind:
        case Kind.KILL_WEB:
            installation.web.signal(signal.SIGKILL)
        case Kind.KILL_WORKER:
            installation.workers[strike.number].signal(signal.SIGKILL)
        case Kind.STOP_WORKER:
            installation.workers[strike.number].signal(signal.SIGSTOP)
            await pause(strike.seconds)
            installation.workers[strike.number].signal(signal.SIGCONT)
        case Kind.END_BACKENDS:
            await installation.postgres.end_backends(0.5)
        case Kind.CANCEL:
            await installation.postgres.cancel_statements()
    records.figures[strike.kind] += 1


async def _restart(records: Records, strike: Strike, crowd: Sequence[Envelope]) -> None:
    """The crowd asks for its links, and the database goes away and comes back."""
    postgres = records.installation.postgres
    async with asyncio.TaskGroup() as group:
        clicks = [group.create_task(request_link(records, one)) for one in crowd]
        await asyncio.wait(clicks, return_when=asyncio.FIRST_COMPLETED, timeout=_CROWD_BEFORE)
        await pause(strike.lead)
        match strike.kind:
            case Kind.POSTMASTER:
                await postgres.kill()
            case Kind.IMMEDIATE:
                await postgres.stop("immediate")
            case _:
                await postgres.stop("fast")
        await pause(strike.seconds)
        await postgres.start()
    records.figures[strike.kind] += 1


async def _judge(records: Records, receiver: Receiver, patience: float, watch: Stopwatch) -> None:
    """Let everything settle, now and a day later, and note what does not."""
    records.findings += await until_nothing(lambda: judgement.now(records, receiver))
    watch.stop("until quiet")
    records.findings += await judgement.of_keys(records, patience)
    watch.stop("asking keys again")
    code, said = await records.installation.run("clock", "advance", _A_DAY)
    if code != 0:
        records.findings.append(f"the clock cannot be moved: {said}")
    records.findings += await until_nothing(lambda: judgement.a_day_later(records, receiver))
    watch.stop("until quiet a day later")
    records.findings += await judgement.of_checks(records)
    watch.stop("checking")


async def _stop(records: Records) -> None:
    """End all of Tramita as a deployment does, and read what it wrote."""
    records.findings += judgement.of_ends(records)
    records.findings += await records.installation.stop()
    records.findings += judgement.of_logs(records)


async def until_nothing(
    look: Callable[[], Awaitable[list[str]]], *, seconds: float = SETTLED_WITHIN
) -> list[str]:
    """What is still found when the time is over; nothing as soon as nothing is."""
    until = time.monotonic() + seconds
    while True:
        found = await look()
        if not found or time.monotonic() > until:
            return found
        await pause(_BETWEEN_LOOKS)
