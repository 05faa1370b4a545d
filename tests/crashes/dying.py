"""Deaths of real processes at exact points: brought about, and what they leave looked at.

One process gets any number of cells. All of them are brought to their points, one after the other;
then it is killed, once. Another one is started, and what each cell promises is compared.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from tests.crashes.gates import Gate, Gates, Places, gates
from tests.crashes.grid import ActCell, Caught, Cell, End, Fault, Point
from tests.journeys.processes import Processes, processes
from tests.nursery import Child
from tests.secrecy import leaks_in_log, leaks_in_tables
from tests.world import World, until
from tramita.kit.database.engine import Database
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.process.runtime import running_runtime
from tramita.testing.control import VendorControl

C = TypeVar("C", bound=Cell[Any, Any])
S = TypeVar("S")

# Nobody loses patience before the process is killed; what it left is lost at once by order.
PATIENT: Final = {"TRAMITA_HEARTBEAT_TIMEOUT": "1", "TRAMITA_POOL_SIZE": "20"}
_HELD_SECONDS: Final = 600.0
# Sent and not answered, or being asked about: by somebody who is dead.
_LOSE: Final = """
    UPDATE operations SET due_at = now(), lease_until = now() - interval '1 second'
    WHERE state IN ('SENT', 'UNKNOWN')
"""
_UNDER_WAY: Final = """
    SELECT kind, state, reason FROM operations
    WHERE state IN ('PREPARED', 'SENT', 'NOT_SENT', 'UNKNOWN', 'PENDING')
"""
_DONE_WITHIN: Final = 180.0
# Where the first request comes when all is over here.
_ARRIVES_AFTER_ALL: Final = (End.TWICE, End.LEFT)
_IS_ASKED: Final = """
    SELECT FROM operations
    WHERE id = ANY($1::uuid[]) AND state = 'UNKNOWN' AND nothing_since IS NOT NULL
"""
# What its provider says of an act that may be late counts as said for long enough.
_BELIEVE: Final = """
    UPDATE operations SET nothing_since = nothing_since - interval '1 day'
    WHERE id = ANY($1::uuid[]) AND state = 'UNKNOWN' AND nothing_since IS NOT NULL RETURNING id
"""


@dataclass
class Doomed(Generic[C, S]):
    """A cell, what it is about, and the fault by which a provider holds it.

    ``operation`` is its operation's id, and ``since`` how many requests its provider had before.
    """

    cell: C
    subject: S
    fault: int = 0
    operation: list[Any] = field(default_factory=list)
    since: int = 0

    def __str__(self) -> str:
        return str(self.cell)


@dataclass
class Crashes(ABC, Generic[C, S]):
    """A world with one process at a time; ``places`` are an area's own gates.

    Those in ``commits`` stand at commits, the others at statements.
    """

    places: ClassVar[Places] = {}
    commits: ClassVar[Places] = {}
    environment: ClassVar[Mapping[str, str]] = {}
    # Those who post messages.
    posting: ClassVar[Sequence[str]] = ()

    tramita: Processes
    world: World
    gates: Gates
    process: Child
    callers: "list[asyncio.Task[Any]]" = field(default_factory=list)

    async def ready(self) -> None:
        """Make what all cells have in common."""

    @abstractmethod
    async def prepare(self, cell: C) -> S:
        """What must be there before."""

    @abstractmethod
    async def begin(self, one: Doomed[C, S]) -> None:
        """Begin the operation; whoever waits for an answer is left waiting."""

    @abstractmethod
    async def check(self, doomed: Sequence[Doomed[C, S]]) -> None:
        """What the next process has made of it."""

    def match(self, one: Doomed[C, S]) -> dict[str, str]:
        """Of what a provider holds the first request; nobody else asks the same meanwhile."""
        del one
        return {}

    async def die(self, cells: Sequence[C]) -> None:
        """Kill the process in all of these cells, and see what the next one makes of it."""
        doomed = [Doomed(cell, await self.prepare(cell)) for cell in cells]
        for one in doomed:
            try:
                await self._bring_to_its_point(one, one.cell.caught)
            except TimeoutError as late:
                raise AssertionError(f"does not come to its point: {one}") from late
        await self.kill()
        for one in doomed:
            if isinstance(one.cell.caught, Fault) and one.cell.point is not Point.SENT:
                await self.vendor(one.cell.caught.vendor).let_go(one.fault)
        await self.begin_anew()
        await self.check(doomed)

    async def _bring_to_its_point(self, one: Doomed[C, S], caught: Caught) -> None:
        if isinstance(caught, Gate):
            gate = await self.gates.shut(caught)
            await self.begin(one)
            await self.gates.until_reached(gate)
        else:
            await self._begin_held(one, caught)
        await self.reached(one)

    async def _begin_held(self, one: Doomed[C, S], caught: Fault) -> None:
        vendor = self.vendor(caught.vendor)
        one.fault = await vendor.fail(
            caught.kind,
            operation=caught.call,
            match=self.match(one),
            arguments={"seconds": _HELD_SECONDS},
        )
        await self.begin(one)
        await until(partial(vendor.has_struck, one.fault))

    async def reached(self, one: Doomed[C, S]) -> None:
        """It has come to its point."""

    async def kill(self) -> None:
        """``kill -9``; then let go whatever its sessions were about to do."""
        await self.tramita.kill(self.process)
        await asyncio.gather(*self.callers, return_exceptions=True)
        self.callers.clear()
        await self.gates.open()

    async def begin_anew(self) -> None:
        """Start the next process; what was being done, or asked, counts as lost."""
        self.process = await self.tramita.start("all")
        await self.fetch(_LOSE)

    async def arrive_late(self, one: Doomed[C, S]) -> None:
        """Let a request that was on its way come to its provider."""
        caught = one.cell.caught
        assert isinstance(caught, Fault)
        vendor = self.vendor(caught.vendor)

        async def waiting() -> int:
            held = [said for said in await vendor.journal() if said["fault"] == caught.kind]
            return sum(said["delivery"] == "waiting" for said in held)

        before = await waiting()
        await vendor.let_go(one.fault)

        async def has_come() -> bool:
            return await waiting() < before

        await until(has_come)

    def wait_for(self, answer: Coroutine[Any, Any, Any]) -> None:
        """Leave somebody waiting for an answer."""
        self.callers.append(asyncio.create_task(answer))

    def vendor(self, key: str) -> VendorControl:
        """A provider's control plane."""
        return VendorControl(self.world.qitech.session, key)

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        return await self.world.fetch(query, *arguments)

    def read_log(self, written: str) -> None:
        """Find in all that was logged what nobody may read."""
        assert [] == leaks_in_log(written)

    @classmethod
    @asynccontextmanager
    async def running(cls, database: Database, address: str, folder: Path) -> AsyncIterator[Self]:
        """A world with gates and its first process; nothing personal was written in the end."""
        async with (
            processes(database, address, folder) as tramita,
            gates(database, cls.places, cls.commits) as built,
            running_runtime(_settings(tramita, folder), address) as runtime,
        ):
            tramita.environment.update({**PATIENT, **cls.environment})
            process = await tramita.start("all")
            crashes = cls(tramita, _world(tramita, runtime), built, process)
            await crashes.ready()
            yield crashes
            crashes.read_log(tramita.written())
            assert [] == await leaks_in_tables(database)


@dataclass
class ActCrashes(Crashes[ActCell, Any]):
    """Where acts die, whatever they are; each is looked at by its provider's journal and ledger."""

    async def prepare(self, cell: ActCell) -> Any:
        """What the act is about."""
        return await cell.operation.prepare(self)

    async def begin(self, one: Doomed[ActCell, Any]) -> None:
        """Begin the act."""
        if isinstance(one.cell.caught, Gate) and one.cell.caught.kind is None:
            # Whatever message comes next is this act's.
            await until(self._nobody_posts)
        one.since = await self.vendor(one.cell.operation.vendor).requests()
        await one.cell.operation.begin(self, one.subject)

    async def reached(self, one: Doomed[ActCell, Any]) -> None:
        """Note which operation it is: the newest of its kind."""
        query = "SELECT id FROM operations WHERE kind = $1 ORDER BY id DESC LIMIT 1"
        one.operation = [row["id"] for row in await self.fetch(query, one.cell.operation.kind)]

    async def check(self, doomed: Sequence[Doomed[ActCell, Any]]) -> None:
        """Each was done once, as its provider has it too, and nothing is left to a person."""
        for one in doomed:
            match one.cell.end:
                case End.LATE:
                    await self._until_asked(one, _IS_ASKED)
                    await self.arrive_late(one)
                case End.BELIEVED:
                    await self._until_asked(one, _BELIEVE)
                case _:
                    pass
        await self._until_done(doomed)
        for one in doomed:
            if one.cell.point is Point.SENT and one.cell.end in _ARRIVES_AFTER_ALL:
                await self.arrive_late(one)
        await self._until_done(doomed)
        for one in doomed:
            await self._check_at_provider(one)
        rows = await self.fetch("SELECT DISTINCT state FROM operations")
        assert {"SUCCEEDED", "REFUSED"} >= {row["state"] for row in rows}
        code, said = await self.tramita.run("check")
        assert (0, False) == (code, "not verified" in said), said

    async def _until_asked(self, one: Doomed[ActCell, Any], query: str) -> None:
        async def is_so() -> bool:
            await self.world.hasten()
            return bool(await self.fetch(query, one.operation))

        try:
            await until(is_so)
        except TimeoutError as late:
            raise AssertionError(f"nobody asks: {one}") from late

    async def _until_done(self, doomed: Sequence[Doomed[ActCell, Any]]) -> None:
        left: list[object] = []

        async def is_so() -> bool:
            await self.world.hasten()
            await self.go_on()
            for one in doomed:
                if one.cell.end is End.TOLD_AGAIN:
                    await self.vendor(one.cell.operation.vendor).post_again()
            left[:] = [tuple(row) for row in await self.fetch(_UNDER_WAY)]
            stands = [await one.cell.operation.is_done(self, one.subject) for one in doomed]
            left.extend(str(one) for one, so in zip(doomed, stands, strict=True) if not so)
            return not left

        try:
            await until(is_so, deadline=_DONE_WITHIN)
        except TimeoutError as late:
            raise AssertionError(left) from late

    async def go_on(self) -> None:
        """Let the time of what waits in this area come now."""

    async def _check_at_provider(self, one: Doomed[ActCell, Any]) -> None:
        act, end = one.cell.operation, one.cell.end
        vendor, names = self.vendor(act.vendor), await act.names(self, one.subject)
        effects = [
            row
            for row in await vendor.effects()
            if row["effect"] == act.effect and row["subject"] in names
        ]
        requests = [
            said
            for said in await vendor.journal()
            if (said["operation"], said["id"] > one.since) == (act.call, True)
            and names & set(said["fields"].values())
        ]
        times = end.requests if act.counts_again else 1
        expected = (times if act.effect else 0, end.requests if act.call else 0)
        assert expected == (len(effects), len(requests)), (str(one), effects, requests)

    async def _nobody_posts(self) -> bool:
        return not any([await self.vendor(key).is_posting() for key in self.posting])


def _settings(tramita: Processes, folder: Path) -> Settings:
    port = int(tramita.environment["TRAMITA_SIMULATORS_PORT"])
    return Settings(data_dir=folder, mode=Mode.DEMO, simulators_port=port)


def _world(tramita: Processes, runtime: Runtime) -> World:
    """The simulators and the processes as a world; its own runtime is only there to check."""
    control = tramita.qitech.session
    return World(
        tramita.url,
        tramita.api,
        f"http://127.0.0.1:{runtime.settings.simulators_port}",
        runtime,
        tramita.database,
        tramita.token,
        tramita.qitech,
        VendorControl(control, "sigan"),
        VendorControl(control, "gsim"),
    )
