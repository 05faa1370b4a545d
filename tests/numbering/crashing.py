"""Deaths of real processes at exact points: brought about, and what they leave looked at.

One process gets any number of cells, each in an area code of its own. All of them are
brought to their points; then it is killed, once. Another one is started, and what each
cell promises is compared.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from tests.journeys.processes import Processes, processes
from tests.numbering.crash_cells import Again, Cell, End, Fault, Operation, Point
from tests.numbering.crash_gates import Gate, Gates, gates
from tests.numbering.crowd import disagreement
from tests.numbering.over_http import PREVIEWS, RANDOM, Numbers, Said
from tests.nursery import Child
from tests.secrecy import leaks_in_log, leaks_in_tables
from tests.world import World, until
from tramita.kit.database.engine import Database
from tramita.kit.settings import Mode, Settings
from tramita.process.runtime import running_runtime
from tramita.providers.sigan.settings import DEMO_TOKEN
from tramita.providers.sigan.simulator.area_codes import DDDS
from tramita.testing.control import VendorControl

# Nobody loses patience before the process is killed; what it left is lost at once by order.
QUICK: Final = {
    "TRAMITA_SIGAN_DEADLINE": "120",
    "TRAMITA_HEARTBEAT_TIMEOUT": "1",
    "TRAMITA_NUMBERING_ASK_AFTER": "0.2",
    "TRAMITA_POOL_SIZE": "20",
}
_HELD_SECONDS: Final = 60.0
_SETTLED_WITHIN: Final = 30.0
_IN_PROGRESS: Final = (409, "idempotency_in_progress")
_FULL_NUMBER: Final = re.compile(r"(?<![\da-f-])55[1-9][1-9]9\d{8}(?![\da-f-])")


@dataclass
class Doomed:
    """A cell in its area code, with whatever it takes to begin and to begin again."""

    cell: Cell
    ddd: str
    previews: list[dict[str, Any]] = field(default_factory=list)
    msisdn: str = ""

    @property
    def key(self) -> str:
        """The caller's idempotency key; gates know it by its end."""
        return f"crash-{self.ddd}"

    @property
    def is_keyed(self) -> bool:
        """Whether its caller waits for an answer under a key when the process dies."""
        operation = self.cell.operation
        return operation in (
            *(Operation.CREATE, Operation.REPLACE),
            *(Operation.RESERVE, Operation.RANDOM),
        )


@dataclass
class Crashes:
    """A world with one process at a time."""

    tramita: Processes
    numbers: Numbers
    gates: Gates
    ddds: Iterator[str]
    process: Child
    callers: "list[asyncio.Task[Said]]" = field(default_factory=list)

    async def die(self, cells: Sequence[Cell], *, after: timedelta = timedelta()) -> None:
        """Kill the process in all of these cells, and see what the next one makes of it.

        ``after``: how much longer the machine has taken for that, as far as keys are concerned.
        """
        doomed = [await self._prepare(cell, next(self.ddds)) for cell in cells]
        # Sigan holds nobody for long, so those whom it holds come last.
        for one in sorted(doomed, key=lambda one: isinstance(one.cell.caught, Fault)):
            try:
                await self._bring_to_its_point(one)
            except TimeoutError as late:
                raise AssertionError(f"does not come to its point: {one.cell}") from late
        await self._kill()
        await self._fetch(
            "UPDATE idempotency_keys SET started_at = started_at - $1::interval", after
        )
        await self._begin_anew()
        for one in doomed:
            await self._check_at_once(one)
        await self._forget_running_keys()
        for one in doomed:
            await self._check(one)
        await self._end_well(doomed)

    async def _prepare(self, cell: Cell, ddd: str) -> Doomed:
        """What must be there before."""
        one = Doomed(cell, ddd)
        match cell.operation:
            case Operation.REPLACE | Operation.RESERVE | Operation.RECONCILE:
                one.previews.append(await self.numbers.preview(ddd))
            case Operation.RELEASE | Operation.SWEEP:
                one.previews.append(await self.numbers.preview(ddd))
                one.msisdn = (await self.numbers.reserve(one.previews[0])).body["msisdn"]
            case _:
                pass
        return one

    async def _bring_to_its_point(self, one: Doomed) -> None:
        caught = one.cell.caught
        if isinstance(caught, Gate):
            gate = await self.gates.shut(caught, one.ddd)
            await self._begin(one)
            await self.gates.until_reached(gate)
            return
        # A question names a request, no area code; it is the only one that is asked.
        match = {} if caught.operation == "find_request" else {"ddd": one.ddd}
        await self.numbers.sigan.fail(
            caught.kind,
            operation=caught.operation,
            match=match,
            arguments={"seconds": _HELD_SECONDS},
        )
        await self._begin(one)
        await self._until_struck(one)

    async def _until_struck(self, one: Doomed) -> None:
        async def is_so() -> bool:
            return bool(await self._struck(one))

        await until(is_so)

    async def _struck(self, one: Doomed) -> list[dict[str, Any]]:
        """The request that Sigan holds."""
        caught = one.cell.caught
        assert not isinstance(caught, Gate)
        return [
            said
            for said in await self.numbers.sigan.journal()
            if (said["operation"], said["fault"]) == (caught.operation, caught.kind)
            and one.ddd == said["fields"].get("ddd", one.ddd)
        ]

    async def _begin(self, one: Doomed) -> None:
        """Begin the operation; whoever waits for an answer is left waiting."""
        match one.cell.operation:
            case Operation.SWEEP:
                await self._fetch(
                    "UPDATE phone_number SET reserved_until = tramita_now() - interval '1 second' "
                    "WHERE msisdn = $1",
                    one.msisdn,
                )
            case Operation.RECONCILE:
                await self.numbers.sigan.fail(
                    "lost_after", operation="reserve", match={"ddd": one.ddd}
                )
                said = await self._ask(one)
                assert (504, "PROVIDER_OUTCOME_UNKNOWN") == (said.status, said.code)
            case _:
                self.callers.append(asyncio.create_task(self._ask(one)))

    async def _ask(self, one: Doomed) -> Said:
        """Ask for the operation, or for the same again."""
        order: dict[str, Any] = {"ddd": one.ddd, "brand_id": "vivo"}
        ask = self.numbers.ask
        match one.cell.operation:
            case Operation.CREATE:
                return await ask("POST", PREVIEWS, order, key=one.key)
            case Operation.REPLACE:
                order["previous_id"] = one.previews[0]["id"]
                return await ask("POST", PREVIEWS, order, key=one.key)
            case Operation.RANDOM:
                return await ask("POST", RANDOM, order, key=one.key)
            case Operation.RELEASE:
                return await self.numbers.release(one.msisdn)
            case _:
                return await self.numbers.reserve(one.previews[0], key=one.key)

    async def _kill(self) -> None:
        """``kill -9``; then let go whatever its sessions were about to do."""
        answered = [one.result() for one in self.callers if one.done()]
        # Only a release is answered before its task is carried out.
        assert all(said.status == 204 for said in answered), answered
        await self.tramita.kill(self.process)
        await asyncio.gather(*self.callers, return_exceptions=True)
        self.callers.clear()
        await self.gates.open()
        await self.numbers.sigan.mend()

    async def _begin_anew(self) -> None:
        """Start the next process; what was being done, or asked, counts as lost.

        However long the machine took for all of that, the keys of the dead are young: whoever
        asks again does so at once.
        """
        self.process = await self.tramita.start("all")
        await self._fetch(
            "UPDATE idempotency_keys SET started_at = now() + interval '1 hour' "
            "WHERE status IS NULL"
        )
        await self._fetch(
            "UPDATE operations SET due_at = now(), lease_until = now() - interval '1 second' "
            "WHERE state IN ('SENT', 'UNKNOWN')"
        )

    async def _check_at_once(self, one: Doomed) -> None:
        """Whoever asks again at once hears that the first one is still running, or its answer.

        The next process may have found out by now what became of it: then that is the answer.
        """
        if not one.is_keyed:
            return
        said = await self._ask(one)
        if one.cell.point is Point.ANSWER or _IN_PROGRESS != (said.status, said.code):
            _check_told(one, said)

    async def _forget_running_keys(self) -> None:
        """Let the half minute be over for which a dead request keeps its key."""
        await self._fetch(
            "UPDATE idempotency_keys SET started_at = now() - interval '31 seconds' "
            "WHERE status IS NULL"
        )

    async def _check(self, one: Doomed) -> None:
        """What the next process has made of it, and what its caller hears who asks again."""
        if one.cell.point is Point.SENT:
            await self._arrive_late(one)
        await self._until_settled(one)
        end = one.cell.end
        assert list(end.numbers) == await self._statuses(one), str(one.cell)
        rows = await self._operations(one)
        assert end.is_asked == any(row["asked"] for row in rows), str(one.cell)
        assert len(one.previews) + end.previews == await self._count_previews(one), str(one.cell)
        given_back = await self._count_effects(one, "hold_released", by="release_hold:")
        assert int(end.gives_back) == given_back, str(one.cell)
        if one.cell.again is not Again.NOBODY:
            _check_told(one, await self._ask(one))
        if one.cell.again is Again.REPLAYED_NUMBER:
            await self._check_named(one)
        if end in (End.AGAIN, End.RELEASED, End.RETURNED, End.SWEPT):
            assert 1 == await self._count_effects(one, "number_released"), str(one.cell)

    async def _check_named(self, one: Doomed) -> None:
        """The preview says which of its numbers is reserved."""
        said = await self.numbers.ask("GET", f"{PREVIEWS}/{one.previews[0]['id']}")
        rows = await self._fetch("SELECT msisdn FROM phone_number WHERE ddd = $1", one.ddd)
        assert [said.body["reserved_msisdn"]] == [row["msisdn"] for row in rows], str(one.cell)

    async def _arrive_late(self, one: Doomed) -> None:
        """Deliver the request that was on its way, once it has been asked for."""

        async def is_asked() -> bool:
            await self.numbers.world.hasten()
            rows = await self._operations(one)
            return all(row["asked"] or row["state"] == "SUCCEEDED" for row in rows)

        await until(is_asked)
        [request] = (await self._struck(one))[-1:]
        url = f"{self.numbers.world.simulators_url}/sigan{request['path']}"
        headers = {
            "authorization": f"Bearer {DEMO_TOKEN}",
            "content-type": "application/json",
            "x-request-id": request["request_id"],
        }
        body = msgspec.json.encode(_body_of(request)) if request["method"] == "POST" else None
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(request["method"], url, data=body) as said,
        ):
            assert said.status < 300, await said.text()

    async def _until_settled(self, one: Doomed) -> None:
        """Wait until there is nothing to do, or nothing but to ask until a hold is over."""
        end = one.cell.end

        async def is_so() -> bool:
            await self.numbers.world.hasten()
            rows = await self._operations(one)
            if end.waits:
                return any(row["state"] == "UNKNOWN" and row["asked"] for row in rows)
            if list(end.numbers) != await self._statuses(one):
                return False
            return all(row["state"] in ("SUCCEEDED", "REFUSED") for row in rows)

        try:
            await until(is_so, deadline=_SETTLED_WITHIN)
        except TimeoutError as late:
            rows = [dict(row) for row in await self._operations(one)]
            raise AssertionError((str(one.cell), rows, await self._statuses(one))) from late

    async def _operations(self, one: Doomed) -> list[Any]:
        query = "SELECT kind, state, asked, reason FROM operations WHERE crash_ddd(subject_id) = $1"
        return await self._fetch(query, one.ddd)

    async def _count_previews(self, one: Doomed) -> int:
        rows = await self._fetch("SELECT FROM preview WHERE ddd = $1", one.ddd)
        return len(rows)

    async def _statuses(self, one: Doomed) -> list[str]:
        rows = await self._fetch(
            "SELECT status FROM phone_number WHERE ddd = $1 ORDER BY status", one.ddd
        )
        return [row["status"] for row in rows]

    async def _count_effects(self, one: Doomed, effect: str, *, by: str = "") -> int:
        """How often something took effect in the area code, on requests whose id begins so."""
        return sum(
            row["effect"] == effect
            and row["data"].get("requestId", "").startswith(by)
            and one.ddd in (row["data"].get("ddd"), row["data"].get("msisdn", "")[2:4])
            for row in await self.numbers.sigan.effects()
        )

    async def _end_well(self, doomed: Sequence[Doomed]) -> None:
        """All holds end, then all reservations; the two tables agree all the time."""
        await self.numbers.settle()
        assert [] == await self.numbers.broken()
        assert {} == await disagreement(self.numbers)
        assert {1} >= set((await self.numbers.at_sigan()).values())
        assert {"RESERVED", "RETURNED"} >= await self._all("status", "phone_number")
        for one in doomed:
            if one.cell.again is Again.IN_PROGRESS:
                said = await self._ask(one)
                assert (410, "PREVIEW_EXPIRED") == (said.status, said.code), str(one.cell)
            if one.cell.again is Again.UNDECIDED:
                said = await self._ask(one)
                assert 201 == said.status, (str(one.cell), said)
        await self.numbers.pass_time(timedelta(days=2))
        await self.numbers.world.until_at_rest()
        assert [] == await self.numbers.broken()
        assert {} == await self.numbers.at_sigan()
        assert {"RETURNED"} >= await self._all("status", "phone_number")
        # Nothing was left to a person.
        assert {"SUCCEEDED", "REFUSED"} >= await self._all("state", "operations")

    async def _all(self, column: str, table: str) -> set[str]:
        rows = await self._fetch(f"SELECT DISTINCT {column} AS one FROM {table}")
        return {row["one"] for row in rows}

    async def _fetch(self, query: str, *arguments: object) -> list[Any]:
        return await self.numbers.world.fetch(query, *arguments)


def _check_told(one: Doomed, said: Said) -> None:
    again = one.cell.again
    told = (said.status, said.code if said.status >= 400 else None)
    assert again.told == told, (str(one.cell), said)
    replayed = "idempotency-replayed" in map(str.lower, said.headers)
    assert again.is_replayed == replayed, str(one.cell)


def _body_of(request: dict[str, Any]) -> dict[str, Any]:
    """What was posted, from what the journal kept of it."""
    fields = request["fields"]
    if request["operation"] == "reserve":
        return {"msisdn": fields["msisdn"]}
    body = {
        "ddd": fields["ddd"],
        "quantity": 3,
        "brandId": fields["brand_id"],
        "holdSeconds": 960,
    }
    previous = fields.get("previous_external_id")
    return body | ({"previousExternalId": previous} if previous else {})


@asynccontextmanager
async def crashes(database: Database, address: str, folder: Path) -> AsyncIterator[Crashes]:
    """A world with gates and its first process; nothing personal was written in the end."""
    async with AsyncExitStack() as stack:
        tramita = await stack.enter_async_context(processes(database, address, folder))
        tramita.environment.update(QUICK)
        built = await stack.enter_async_context(gates(database))
        numbers = Numbers(await _world(stack, tramita, address, folder))
        process = await tramita.start("all")
        yield Crashes(tramita, numbers, built, iter(sorted(DDDS)), process)
        written = tramita.written()
        assert [] == leaks_in_log(written)
        assert [] == _FULL_NUMBER.findall(written)
        assert [] == await leaks_in_tables(database)


async def _world(stack: AsyncExitStack, tramita: Processes, address: str, folder: Path) -> World:
    """The simulators and the processes as a world; its own runtime is only there to check."""
    port = int(tramita.environment["TRAMITA_SIMULATORS_PORT"])
    settings = Settings(data_dir=folder, mode=Mode.DEMO, simulators_port=port)
    runtime = await stack.enter_async_context(running_runtime(settings, address))
    control = tramita.qitech.session
    return World(
        tramita.url,
        tramita.api,
        f"http://127.0.0.1:{port}",
        runtime,
        tramita.database,
        "",
        tramita.qitech,
        VendorControl(control, "sigan"),
        VendorControl(control, "gsim"),
    )
