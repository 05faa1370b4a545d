"""Where the machine runs: numbering without a worker, so that nothing happens by itself.

The machine takes the queue's jobs out of the table and runs them one after the other when
it wants them run. So a sequence of steps that failed fails again.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import aiohttp
import asyncpg

from tests.emptying import empty
from tests.numbering.over_http import QUICK, Said, change_deadline
from tramita.demo.together import running_together
from tramita.kit.breaker import Breaker
from tramita.kit.clock import advance_clock
from tramita.kit.database.engine import Database
from tramita.kit.errors import TramitaError
from tramita.kit.exchange import Exchange
from tramita.kit.jobs import Job
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Mode, Settings
from tramita.kit.tokens import create_token
from tramita.numbering import area as numbering
from tramita.numbering import check
from tramita.numbering.check import check_numbering
from tramita.numbering.provider import PROVIDER
from tramita.process.platform import sweep_lost_operations
from tramita.providers.sigan.settings import DEMO_TOKEN
from tramita.simulation.faults import Fault, FaultOrder
from tramita.simulation.simulator import Simulator, UnknownAct

T = TypeVar("T")

# Whoever sees everything, and two carriers that see their own.
CARRIERS: Final = (None, "alpha", "beta")
# So few that what was given back is soon offered again.
STOCK: Final = 24
# Seconds; answers are held longer than anybody waits.
HELD_FOR: Final = 3.0
_PATIENT, _IMPATIENT = timedelta(seconds=10), timedelta(seconds=0.1)
HELD_HERE: Final = frozenset({"RESERVED", "ASSIGNED", "IN_USE", "SUSPENDED", "QUARANTINE"})
_SETTLED: Final = "state IN ('SUCCEEDED', 'REFUSED')"
_NUMBERS: Final = f"""
    SELECT t.*, EXISTS (SELECT FROM operations AS o WHERE o.subject_id = t.id
                        AND NOT o.{_SETTLED}) AS is_under_way
    FROM phone_number AS t ORDER BY t.id
"""
_OPEN: Final = (
    f"SELECT id, kind, state, subject_id FROM operations WHERE NOT {_SETTLED} ORDER BY id"
)
# What the nightly check asks the database, as one statement.
_BROKEN: Final = " UNION ALL ".join(
    f"SELECT '{invariant}' AS invariant, * FROM ({broken}) AS {invariant}"
    for invariant, _, _, broken in check._STATEMENTS
)
_EMPTIED: Final = (
    *("phone_number", "preview_number", "preview", "pre_reservation", "operations", "history"),
    *("exchanges", "idempotency_keys", "pgqueuer", "pgqueuer_log", "webhook_events"),
)


@dataclass
class Place:
    """Tramita's web server and Sigan, and what the machine does with both."""

    runtime: Runtime
    simulator: Simulator
    simulator_url: str
    apis: Mapping[str | None, aiohttp.ClientSession]
    jobs: Mapping[str, Job[Any]]
    # Without anything of Tramita's in between: whoever looks after every step looks often.
    connection: asyncpg.Connection
    # Reservations that Sigan said it has released, and the last request that was looked at.
    said_released: set[str] = field(default_factory=set)
    _looked_at: int = 0

    @property
    def exchange(self) -> Exchange:
        """What Tramita calls Sigan with."""
        return self.runtime.exchanges[PROVIDER]

    async def reset(self) -> None:
        """Begin anew: empty tables, a Sigan that knows nothing, real time."""
        await empty(self.runtime.database, *_EMPTIED)
        await self.fetch("UPDATE clock SET \"offset\" = interval '0'")
        self.simulator.start_anew(seed=7)
        self._begin()
        # It counts real seconds, and is tested elsewhere.
        self.exchange.breaker = Breaker(threshold=1_000_000)
        self.said_released.clear()
        self._looked_at = 0

    async def ask(
        self, method: str, path: str, body: Any = None, *, carrier: str | None = None
    ) -> Said:
        """One request of a carrier's."""
        async with self.apis[carrier].request(method, path, json=body) as answer:
            is_json = "json" in answer.content_type
            said = await answer.json() if is_json else await answer.text()
            return Said(answer.status, said, {})

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Run one statement."""
        return list(await self.connection.fetch(query, *arguments))

    def act(self, action: str, **order: object) -> None:
        """Have Sigan's operator do something."""
        self.simulator.act({"actor": "operator", "action": action, **order})

    def may(self, action: str, **order: object) -> bool:
        """Have Sigan's operator do something if that is possible now; whether it was."""
        try:
            self.act(action, **order)
        except UnknownAct:
            return False
        return True

    def fail(self, order: FaultOrder) -> None:
        """Have something go wrong at Sigan."""
        self.simulator.world.faults.add(order)

    def faults(self) -> list[Fault]:
        """What may still go wrong."""
        return [one for one in self.simulator.world.faults.all() if not one.is_spent]

    def mend(self) -> None:
        """Let nothing go wrong any more."""
        self.simulator.world.faults.clear()
        self.act("calm")
        self._begin()

    def _begin(self) -> None:
        """What was given back comes first, which is when it matters how it was given back."""
        self.act("set", stock_size=STOCK, offers="last_released_first")

    @contextmanager
    def waiting(self, *, is_short: bool) -> Iterator[None]:
        """Have calls to Sigan given up soon, where answers are held."""
        change_deadline(self.runtime, _IMPATIENT if is_short else _PATIENT)
        try:
            yield
        finally:
            change_deadline(self.runtime, _PATIENT)

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass, here and at Sigan."""
        async with self.runtime.database.unit_of_work(actor="test") as work:
            await advance_clock(work, self.runtime.settings, span)
        self.simulator.world.clock.advance(span)

    async def run_jobs(self, *, rounds: int = 1) -> None:
        """Run what waits in the queue, whenever it is due, one job after the other."""
        for _ in range(rounds):
            await self.fetch(
                "UPDATE operations SET due_at = now(), lease_until = now() - interval '1 second' "
                "WHERE state IN ('NOT_SENT', 'UNKNOWN') AND due_at > now()"
            )
            waiting = await self.fetch("SELECT id FROM pgqueuer ORDER BY id")
            for one in waiting:
                # The others are still there for somebody else when this one dies.
                [row] = await self.fetch(
                    "DELETE FROM pgqueuer WHERE id = $1 RETURNING entrypoint, payload", one["id"]
                )
                await self.jobs[row["entrypoint"]](self.runtime, row["payload"])
            if not waiting:
                return

    async def die(self, act: Callable[[], Awaitable[T]], operation: str) -> T | None:
        """Carry an act out, and die when Sigan has done its part and its answer is on its way.

        Nobody records it; when its lease is over, it counts as lost. Answers what the act did
        where it did not come to that.
        """
        order = FaultOrder(kind="answer_held", operation=operation, arguments={"seconds": HELD_FOR})
        self.fail(order)
        [fault] = [one for one in self.simulator.world.faults.all() if one.order is order]
        task = asyncio.ensure_future(act())
        while not (task.done() or fault.struck):
            await asyncio.wait((task,), timeout=0.005)
        task.cancel()
        done = None
        with suppress(asyncio.CancelledError, TramitaError):
            done = await task
        self.simulator.world.faults.remove(fault.id)
        await self.fetch(
            "UPDATE operations SET lease_until = now() - interval '1 second', "
            f"due_at = now() - interval '1 second' WHERE NOT {_SETTLED}"
        )
        await sweep_lost_operations(self.runtime)
        return done

    def open_there(self) -> dict[str, str]:
        """Numbers by the reservations that Sigan has for us, and has not said to be released."""
        self._hear()
        reserved: dict[str, str] = {}
        for row in self.simulator.world.ledger.rows():
            reservation_id = str(row.data.get("reservationId"))
            if row.effect == "number_reserved":
                reserved[reservation_id] = row.subject
            elif row.effect == "number_released":
                del reserved[reservation_id]
        return {id_: msisdn for id_, msisdn in reserved.items() if id_ not in self.said_released}

    def forgotten(self) -> set[str]:
        """Reservations of which Sigan forgot whose their numbers were."""
        forgotten: set[str] = set()
        of_number: dict[str, set[str]] = defaultdict(set)
        for row in self.simulator.world.ledger.rows():
            if row.effect == "number_reserved":
                of_number[row.subject].add(str(row.data["reservationId"]))
            elif row.effect == "number_forced":
                forgotten |= of_number[row.subject]
        return forgotten

    def _hear(self) -> None:
        """Note what Sigan says it has released."""
        world = self.simulator.world
        for entry in world.journal.entries():
            if entry.id > self._looked_at and entry.status == 204:
                self.said_released |= {entry.fields.get("reservation_id", "")}
        self._looked_at = world.journal.count

    async def give_back_what_was_said_released(self) -> None:
        """What a person does who finds numbers reserved there that should not be."""
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            for reservation_id in sorted(self.said_released - {""}):
                url = f"{self.simulator_url}/sigan/v1/reservations/{reservation_id}"
                async with session.delete(url) as said:
                    assert said.status == 204, await said.text()

    async def count_free(self, ddd: str) -> int:
        """How many numbers Sigan could offer."""
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        url = f"{self.simulator_url}/sigan/v1/stock/{ddd}"
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as said:
            counts: dict[str, int] = (await said.json())["counts"]
            return counts["FREE"]

    async def broken(self) -> list[str]:
        """What breaks an invariant, or could not be verified, as Sigan answers."""
        found = await check_numbering(self.runtime)
        return [
            f"{one.invariant} {difference.subject}: {difference.sentence}"
            for one in found
            for difference in one.differences
        ] + [f"{one.invariant}: not verified" for one in found if one.not_verified]

    async def look(self) -> "Standing":
        """How everything stands."""
        numbers = await self.fetch(_NUMBERS)
        previews = await self.fetch("SELECT * FROM preview")
        operations = await self.fetch(_OPEN)
        broken = await self.fetch(_BROKEN)
        return Standing(
            {row["msisdn"]: dict(row) for row in numbers},
            {row["id"]: dict(row) for row in previews},
            [dict(row) for row in operations],
            self.open_there(),
            self.forgotten(),
            [f"{row['invariant']} {row['subject']}: {row['sentence']}" for row in broken],
        )


@dataclass(frozen=True)
class Standing:
    """Rows of numbers, of previews, of operations that are not settled; Sigan's ledger; I2 to I9."""

    numbers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    previews: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    operations: Sequence[Mapping[str, Any]] = ()
    there: Mapping[str, str] = field(default_factory=dict)
    forgotten: AbstractSet[str] = frozenset()
    broken: Sequence[str] = ()

    def unexplained(self) -> list[str]:
        """I1: what is reserved there is ours here, once, or somebody is busy with it.

        A number that Sigan took for free may be reserved anew before it was given back; then
        nobody gives the old reservation back.
        """
        known = {
            reservation_id: msisdn
            for reservation_id, msisdn in self.there.items()
            if reservation_id not in self.forgotten or msisdn not in self.numbers
        }
        wrong = [
            f"I1 {msisdn}: reserved {times} times there"
            for msisdn, times in Counter(known.values()).items()
            if times > 1
        ]
        for reservation_id, msisdn in known.items():
            row = self.numbers.get(msisdn)
            is_ours = row is not None and (
                row["is_under_way"]
                or row["status"] in ("RESERVING", "UNAVAILABLE")
                or (row["status"] in HELD_HERE and row["reservation_id"] == reservation_id)
            )
            if not is_ours:
                wrong.append(f"I1 {msisdn}: reserved there, here {_shown(row)}")
        return wrong + [
            f"I1 {msisdn}: {row['status']} here, not reserved there"
            for msisdn, row in self.numbers.items()
            if row["status"] in HELD_HERE and row["reservation_id"] not in self.there
        ]


def _shown(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "not known"
    return f"{row['status']} (release {row['provider_release']}, {row['reservation_id']})"


@asynccontextmanager
async def running_place(url: str, folder: Path) -> AsyncIterator[Place]:
    """A place on an empty, migrated database."""
    async with AsyncExitStack() as stack:
        settings = Settings(data_dir=folder, mode=Mode.DEMO, port=0, simulators_port=0)
        together = await stack.enter_async_context(
            running_together(settings, url, QUICK, vendors={PROVIDER}, is_working=False)
        )
        runtime, [simulator] = together.runtime, together.simulators
        apis = {
            carrier: await stack.enter_async_context(
                aiohttp.ClientSession(
                    together.url, headers=await _credentials(runtime.database, carrier)
                )
            )
            for carrier in CARRIERS
        }
        jobs = {job.name: job for job in numbering.AREA.jobs}
        connection = await runtime.database.connect()
        stack.push_async_callback(connection.close)
        yield Place(runtime, simulator, together.simulators_url, apis, jobs, connection)


async def _credentials(database: Database, carrier: str | None) -> dict[str, str]:
    scopes = ["numbering:read", "numbering:write", "operations:read", "operations:write"]
    more = ["numbering:all"] if carrier is None else []
    async with database.unit_of_work() as work:
        token = await create_token(work, f"machine-{carrier}", scopes + more, carrier=carrier)
    return {"Authorization": f"Bearer {token}"}
