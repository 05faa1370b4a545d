"""Deaths while numbers are held, reserved and given back: each cell has an area code of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Final

from tests.crashes.dying import Crashes, Doomed
from tests.crashes.grid import Point
from tests.crashes.number_cells import PLACES, Again, End, NumberCell, Operation
from tests.numbering.crowd import disagreement
from tests.numbering.over_http import PREVIEWS, RANDOM, Numbers, Said
from tests.world import until
from tramita.providers.sigan.simulator.area_codes import DDDS

_SETTLED_WITHIN: Final = 120.0
_IN_PROGRESS: Final = (409, "idempotency_in_progress")
_FULL_NUMBER: Final = re.compile(r"(?<![\da-f-])55[1-9][1-9]9\d{8}(?![\da-f-])")
_OPERATIONS: Final = """
    SELECT kind, state, asked, reason FROM operations WHERE subject_id IN (
        SELECT id FROM phone_number WHERE ddd = $1
        UNION SELECT id FROM pre_reservation WHERE ddd = $1)
"""
# Whoever waits for an answer under a key when the process dies.
_KEYED: Final = frozenset(
    {Operation.CREATE, Operation.REPLACE, Operation.RESERVE, Operation.RANDOM}
)


@dataclass
class Corner:
    """An area code, with whatever it takes to begin and to begin again."""

    ddd: str
    previews: list[dict[str, Any]] = field(default_factory=list)
    msisdn: str = ""

    @property
    def key(self) -> str:
        """The caller's idempotency key."""
        return f"crash-{self.ddd}"


DoomedNumber = Doomed[NumberCell, Corner]


@dataclass
class NumberCrashes(Crashes[NumberCell, Corner]):
    """Numbers over HTTP. ``key_age``: how much longer the machine has taken, for keys."""

    places = PLACES
    environment: ClassVar[Mapping[str, str]] = {
        "TRAMITA_SIGAN_DEADLINE": "120",
        "TRAMITA_NUMBERING_ASK_AFTER": "0.2",
    }
    ddds: Iterator[str] = field(default_factory=lambda: iter(sorted(DDDS)))
    key_age: timedelta = timedelta()

    @property
    def numbers(self) -> Numbers:
        """Numbering as partners meet it."""
        return Numbers(self.world)

    async def prepare(self, cell: NumberCell) -> Corner:
        """What must be there before."""
        corner = Corner(next(self.ddds))
        match cell.operation:
            case Operation.REPLACE | Operation.RESERVE | Operation.RECONCILE:
                corner.previews.append(await self.numbers.preview(corner.ddd))
            case Operation.RELEASE | Operation.SWEEP:
                corner.previews.append(await self.numbers.preview(corner.ddd))
                corner.msisdn = (await self.numbers.reserve(corner.previews[0])).body["msisdn"]
            case _:
                pass
        return corner

    def match(self, one: DoomedNumber) -> dict[str, str]:
        """A question names a request, no area code; it is the only one that is asked."""
        is_question = one.cell.operation is Operation.RECONCILE
        return {} if is_question else {"ddd": one.subject.ddd}

    async def begin(self, one: DoomedNumber) -> None:
        """Begin the operation; whoever waits for an answer is left waiting."""
        match one.cell.operation:
            case Operation.SWEEP:
                await self.fetch(
                    "UPDATE phone_number SET reserved_until = tramita_now() - interval '1 second' "
                    "WHERE msisdn = $1",
                    one.subject.msisdn,
                )
            case Operation.RECONCILE:
                await self.numbers.sigan.fail(
                    "lost_after", operation="reserve", match={"ddd": one.subject.ddd}
                )
                said = await self._ask(one)
                assert (504, "PROVIDER_OUTCOME_UNKNOWN") == (said.status, said.code)
            case _:
                self.wait_for(self._ask(one))

    async def _ask(self, one: DoomedNumber) -> Said:
        """Ask for the operation, or for the same again."""
        order: dict[str, Any] = {"ddd": one.subject.ddd, "brand_id": "vivo"}
        ask = self.numbers.ask
        match one.cell.operation:
            case Operation.CREATE:
                return await ask("POST", PREVIEWS, order, key=one.subject.key)
            case Operation.REPLACE:
                order["previous_id"] = one.subject.previews[0]["id"]
                return await ask("POST", PREVIEWS, order, key=one.subject.key)
            case Operation.RANDOM:
                return await ask("POST", RANDOM, order, key=one.subject.key)
            case Operation.RELEASE:
                return await self.numbers.release(one.subject.msisdn)
            case _:
                return await self.numbers.reserve(one.subject.previews[0], key=one.subject.key)

    async def kill(self) -> None:
        """Only a release is answered before its task is carried out."""
        answered = [one.result() for one in self.callers if one.done()]
        assert all(said.status == 204 for said in answered), answered
        await super().kill()
        await self.fetch(
            "UPDATE idempotency_keys SET started_at = started_at - $1::interval", self.key_age
        )

    async def begin_anew(self) -> None:
        """However long the machine took for all of that, the keys of the dead are young.

        Whoever asks again does so at once.
        """
        await super().begin_anew()
        await self.fetch(
            "UPDATE idempotency_keys SET started_at = now() + interval '1 hour' "
            "WHERE status IS NULL"
        )

    async def check(self, doomed: Sequence[DoomedNumber]) -> None:
        """What the next process has made of it, and what its callers hear who ask again."""
        for one in doomed:
            await self._check_at_once(one)
        await self._forget_running_keys()
        for one in doomed:
            await self._check(one)
        await self._end_well(doomed)

    async def _check_at_once(self, one: DoomedNumber) -> None:
        """Whoever asks again at once hears that the first one is still running, or its answer.

        The next process may have found out by now what became of it: then that is the answer.
        """
        if one.cell.operation not in _KEYED:
            return
        said = await self._ask(one)
        if one.cell.point is Point.ANSWER or _IN_PROGRESS != (said.status, said.code):
            _check_told(one, said)

    async def _forget_running_keys(self) -> None:
        """Let the half minute be over for which a dead request keeps its key."""
        await self.fetch(
            "UPDATE idempotency_keys SET started_at = now() - interval '31 seconds' "
            "WHERE status IS NULL"
        )

    async def _check(self, one: DoomedNumber) -> None:
        """What the next process has made of it, and what its caller hears who asks again."""
        if one.cell.point is Point.SENT:
            await self._until_asked(one)
            await self.arrive_late(one)
        await self._until_settled(one)
        end = one.cell.end
        assert list(end.numbers) == await self._statuses(one), str(one)
        rows = await self._operations(one)
        assert end.is_asked == any(row["asked"] for row in rows), str(one)
        assert len(one.subject.previews) + end.previews == await self._count_previews(one), str(one)
        given_back = await self._count_effects(one, "hold_released", by="release_hold:")
        assert int(end.gives_back) == given_back, str(one)
        if one.cell.again is not Again.NOBODY:
            _check_told(one, await self._ask(one))
        if one.cell.again is Again.REPLAYED_NUMBER:
            await self._check_named(one)
        if end in (End.AGAIN, End.RELEASED, End.RETURNED, End.SWEPT):
            assert 1 == await self._count_effects(one, "number_released"), str(one)

    async def _check_named(self, one: DoomedNumber) -> None:
        """The preview says which of its numbers is reserved."""
        said = await self.numbers.ask("GET", f"{PREVIEWS}/{one.subject.previews[0]['id']}")
        rows = await self.fetch("SELECT msisdn FROM phone_number WHERE ddd = $1", one.subject.ddd)
        assert [said.body["reserved_msisdn"]] == [row["msisdn"] for row in rows], str(one)

    async def _until_asked(self, one: DoomedNumber) -> None:
        async def is_asked() -> bool:
            await self.world.hasten()
            rows = await self._operations(one)
            return all(row["asked"] or row["state"] == "SUCCEEDED" for row in rows)

        await until(is_asked)

    async def _until_settled(self, one: DoomedNumber) -> None:
        """Wait until there is nothing to do, or nothing but to ask until a hold is over."""
        end = one.cell.end

        async def is_so() -> bool:
            await self.world.hasten()
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
            raise AssertionError((str(one), rows, await self._statuses(one))) from late

    async def _operations(self, one: DoomedNumber) -> list[Any]:
        return await self.fetch(_OPERATIONS, one.subject.ddd)

    async def _count_previews(self, one: DoomedNumber) -> int:
        rows = await self.fetch("SELECT FROM preview WHERE ddd = $1", one.subject.ddd)
        return len(rows)

    async def _statuses(self, one: DoomedNumber) -> list[str]:
        rows = await self.fetch(
            "SELECT status FROM phone_number WHERE ddd = $1 ORDER BY status", one.subject.ddd
        )
        return [row["status"] for row in rows]

    async def _count_effects(self, one: DoomedNumber, effect: str, *, by: str = "") -> int:
        """How often something took effect in the area code, on requests whose id begins so."""
        return sum(
            row["effect"] == effect
            and row["data"].get("requestId", "").startswith(by)
            and one.subject.ddd in (row["data"].get("ddd"), row["data"].get("msisdn", "")[2:4])
            for row in await self.numbers.sigan.effects()
        )

    async def _end_well(self, doomed: Sequence[DoomedNumber]) -> None:
        """All holds end, then all reservations; the two tables agree all the time."""
        await self.numbers.settle()
        assert [] == await self.numbers.broken()
        assert {} == await disagreement(self.numbers)
        assert {1} >= set((await self.numbers.at_sigan()).values())
        assert {"RESERVED", "RETURNED"} >= await self._all("status", "phone_number")
        for one in doomed:
            if one.cell.again is Again.IN_PROGRESS:
                said = await self._ask(one)
                assert (410, "PREVIEW_EXPIRED") == (said.status, said.code), str(one)
            if one.cell.again is Again.UNDECIDED:
                said = await self._ask(one)
                assert 201 == said.status, (str(one), said)
        await self.numbers.pass_time(timedelta(days=2))
        await self.world.until_at_rest()
        assert [] == await self.numbers.broken()
        assert {} == await self.numbers.at_sigan()
        assert {"RETURNED"} >= await self._all("status", "phone_number")
        # Nothing was left to a person.
        assert {"SUCCEEDED", "REFUSED"} >= await self._all("state", "operations")

    async def _all(self, column: str, table: str) -> set[str]:
        rows = await self.fetch(f"SELECT DISTINCT {column} AS one FROM {table}")
        return {row["one"] for row in rows}

    def read_log(self, written: str) -> None:
        """Nor a number in full."""
        super().read_log(written)
        assert [] == _FULL_NUMBER.findall(written)


def _check_told(one: DoomedNumber, said: Said) -> None:
    again = one.cell.again
    told = (said.status, said.code if said.status >= 400 else None)
    assert again.told == told, (str(one), said)
    replayed = "idempotency-replayed" in map(str.lower, said.headers)
    assert again.is_replayed == replayed, str(one)
