"""What the machine does in each step, with what the model expects of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from tests.numbering.machine.model import DISTURBED, MOVES, REST, Model, ModelNumber, ModelPreview
from tests.numbering.machine.place import HELD_FOR, Place, Standing
from tests.numbering.over_http import NUMBERS, PREVIEWS, RANDOM, RESERVATIONS, Said
from tramita.kit.bounds import EVERYTHING
from tramita.kit.operations.actions import OperationAction, act
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.releasing import sweep_numbers
from tramita.numbering.numbers.reserving import (
    ReservedNumber,
    reserve_at_random,
    reserve_from_preview,
)
from tramita.numbering.previews.service import Order, create_preview
from tramita.simulation.faults import FaultOrder

S = NumberStatus

_BRAND: Final = "vivo"

_RESERVED_FOR: Final = timedelta(days=1)
# By then whatever waits has been asked about, and whatever is over is given back.
_ROUNDS: Final = 15


@dataclass
class Acts:
    """One run of the machine in a place."""

    place: Place
    model: Model = field(default_factory=Model)
    standing: Standing = field(default_factory=Standing)

    @property
    def now(self) -> datetime:
        """The platform's time."""
        return datetime.now(UTC) + self.model.offset

    # --- over HTTP

    async def preview(self, ddd: str, previous: ModelPreview | None, carrier: str | None) -> str:
        """Ask for three numbers."""
        expected = self.model.expect_preview(ddd, previous, carrier)
        body = {"ddd": ddd, "brand_id": _BRAND}
        if previous is not None:
            body["previous_id"] = str(previous.id)
        said = await self._ask(expected, "pre_reserve", "POST", PREVIEWS, body, carrier)
        await self._note_preview(said, ddd, previous, carrier)
        return _told(said)

    async def _note_preview(
        self, said: Said, ddd: str, previous: ModelPreview | None, carrier: str | None
    ) -> None:
        if said.status == 201:
            await self._add_preview(said, ddd, carrier)
        if previous is None or said.status in (404, 409):
            return
        if said.status == 201 and not previous.is_open:
            previous.is_superseded |= self.is_held(previous)
        elif self.is_held(previous) or previous.is_open:
            previous.is_open = previous.may_revive = previous.is_shaky = True

    def is_held(self, preview: ModelPreview) -> bool:
        """Whether it can be chosen from, or nearly."""
        return self.model.state_of(preview, self.now) & {"HELD"} != set()

    async def _add_preview(self, said: Said, ddd: str, carrier: str | None) -> None:
        id_ = UUID(said.body["id"])
        rows = await self.place.fetch(
            "SELECT msisdn FROM preview_number WHERE preview_id = $1 ORDER BY idx", id_
        )
        msisdns = [row["msisdn"] for row in rows]
        assert 3 == len({one for one in msisdns if one[2:4] == ddd})
        until = datetime.fromisoformat(said.body["expires_at"])
        self.model.previews.append(ModelPreview(id_, ddd, carrier, msisdns, until))

    async def reserve(self, preview: ModelPreview, index: int, carrier: str | None) -> str:
        """Reserve from a preview."""
        expected = self.model.expect_reservation(preview, index, carrier, self.now)
        path = f"{PREVIEWS}/{preview.id}/numbers/{index}/reserve"
        said = await self._ask(expected, "reserve", "POST", path, None, carrier)
        if preview.is_open or not (expected & {200}):
            return _told(said)
        msisdn = preview.msisdns[index]
        match said.status:
            case 200:
                assert msisdn == said.body["msisdn"]
                preview.reserved = msisdn
                self._add_number(said, preview.carrier)
            case 410:
                preview.is_open = True
            case 504:
                preview.is_claimed = True
                self.model.numbers.setdefault(msisdn, ModelNumber(S.RESERVING, preview.carrier))
                self.model.look_up(msisdns=[msisdn])
        return _told(said)

    def _add_number(self, said: Said, carrier: str | None) -> None:
        msisdn = said.body["msisdn"]
        known = self.model.numbers.get(msisdn)
        assert known is None or known.is_open or known.status is S.RETURNED
        until = datetime.fromisoformat(said.body["reserved_until"])
        assert abs(until - self.now - _RESERVED_FOR) < timedelta(minutes=1)
        self.model.numbers[msisdn] = ModelNumber(S.RESERVED, carrier, until=until)

    async def random(self, ddd: str, carrier: str | None) -> str:
        """Reserve any number."""
        body = {"ddd": ddd, "brand_id": _BRAND}
        expected = self.model.expect_random(ddd)
        said = await self._ask(expected, "pre_reserve reserve", "POST", RANDOM, body, carrier)
        if said.status == 201:
            self._add_number(said, carrier)
        elif said.status == 504:
            # One that was ours before may be it.
            self.model.look_up(
                msisdns=[m for m, one in self.model.numbers.items() if one.status is S.RETURNED]
            )
        return _told(said)

    async def release(self, msisdn: str, carrier: str | None) -> str:
        """Give a number back."""
        expected = self.model.expect_release(msisdn, carrier)
        said = await self._ask(expected, "", "DELETE", f"{RESERVATIONS}/{msisdn}", None, carrier)
        if said.status == 204:
            self.model.give_back(self.model.numbers[msisdn])
        return _told(said)

    async def release_and_offer(self, msisdn: str, *, is_done: bool) -> str:
        """Give a number back; Sigan has it and we have not heard so, or offers it all the same.

        Then somebody wants a number of that area code.
        """
        said = [await self.release(msisdn, None)]
        if is_done:
            await self.fail("reset_after_effect", "release_reservation", 1)
            await self.work(1)
        else:
            await self.offer(msisdn, as_free=False)
        await self.verify()
        said.append(await self.random(msisdn[2:4], None))
        return " and ".join(said)

    async def assign(self, msisdn: str, sim: str, carrier: str | None) -> str:
        """Put a number on a SIM."""
        expected = self.model.expect_assignment(msisdn, sim, carrier, self.now)
        path = f"{NUMBERS}/{msisdn}/assign"
        said = await self._ask(expected, "", "POST", path, {"sim_id": sim}, carrier)
        if said.status == 200:
            number = self.model.numbers[msisdn]
            number.status, number.sim, number.until = S.ASSIGNED, sim, None
        return _told(said)

    async def move(self, msisdn: str, how: str, carrier: str | None) -> str:
        """Move a line."""
        expected = self.model.expect_move(msisdn, how, carrier)
        said = await self._ask(expected, "", "POST", f"{NUMBERS}/{msisdn}/{how}", None, carrier)
        if said.status == 200:
            number = self.model.numbers[msisdn]
            number.status = MOVES[how][1]
            number.until = self.now + REST if how == "terminate" else None
            assert number.status == said.body["status"]
        return _told(said)

    async def ask_for_nothing_known(self, what: int) -> None:
        """What nobody knows is not found."""
        wanted = {"ddd": "11", "brand_id": _BRAND, "previous_id": str(uuid4())}
        method, path, body = (
            ("POST", PREVIEWS, wanted),
            ("GET", f"{PREVIEWS}/{uuid4()}", None),
            ("POST", f"{PREVIEWS}/{uuid4()}/numbers/0/reserve", None),
            ("DELETE", f"{RESERVATIONS}/5511900000000", None),
            ("POST", f"{NUMBERS}/5511900000000/activate", None),
        )[what]
        await self._ask({404}, "", method, path, body, None)

    async def look(self, preview: ModelPreview) -> str:
        """A preview shows where it stands."""
        said = await self._ask({200}, "", "GET", f"{PREVIEWS}/{preview.id}", None, preview.carrier)
        assert said.body["state"] in self.model.state_of(preview, self.now)
        assert said.body["reserved_msisdn"] in self.model.shown_by(preview)
        state: str = said.body["state"]
        return state

    async def _ask(
        self,
        expected: set[int],
        operations: str,
        method: str,
        path: str,
        body: object,
        carrier: str | None,
    ) -> Said:
        """One request; where Sigan may fail on its way, its failures are expected too."""
        faults = [one for one in self.place.faults() if one.order.operation in operations.split()]
        with self.place.waiting(is_short=self._is_holding(operations)):
            said = await self.place.ask(method, path, body, carrier=carrier)
        allowed = set(expected)
        if expected & {200, 201} and operations:
            if faults:
                allowed |= DISTURBED
            if said.status == 503:
                allowed |= await self._why_not_now(body)
        assert said.status in allowed, f"expected {sorted(allowed)}, was told {_told(said)}"
        return said

    async def _why_not_now(self, body: object) -> set[int]:
        """Reasons of its own for a 503: a release under way, or no stock."""
        if self._release_is_under_way():
            return {503}
        is_short = isinstance(body, dict) and await self.place.count_free(body["ddd"]) < 6
        return {503} if is_short else set()

    def _is_holding(self, operations: str | None = None) -> bool:
        """Whether an answer to one of these would be held; ``None``: to anything.

        Nobody hurries who need not: on a busy machine a call that nothing holds up is late too.
        """
        held = [one.order.operation for one in self.place.faults() if one.kind == "answer_held"]
        return any(operations is None or one in operations.split() for one in held)

    # --- two at the same time

    async def reserve_twice(self, preview: ModelPreview, first: int, second: int) -> str:
        """One of two gets a number at most; one does where each would."""
        would = [
            self.model.expect_reservation(preview, index, preview.carrier, self.now)
            for index in (first, second)
        ]
        is_quiet = not any(one.order.operation == "reserve" for one in self.place.faults())
        said = await self._at_once(
            "reserve", *(self._reserving(preview, one) for one in (first, second))
        )
        self._note_at_once(preview, said)
        won = [one for one in said if one.status == 200]
        assert len(won) <= 1, said
        if would == [{200}, {200}] and is_quiet and not self._release_is_under_way():
            assert len(won) == 1, said
            assert {one.status for one in said} <= {200, 409, 500}, said
        if not any(one & {200} for one in would):
            assert not won
        return " and ".join(map(_told, said))

    async def reserve_and_replace(self, preview: ModelPreview, index: int) -> str:
        """A preview is reserved from or replaced, never both."""
        body = {"ddd": preview.ddd, "brand_id": _BRAND, "previous_id": str(preview.id)}
        replacing = self.place.ask("POST", PREVIEWS, body, carrier=preview.carrier)
        was_held = self.is_held(preview)
        said = await self._at_once(
            "reserve pre_reserve", self._reserving(preview, index), replacing
        )
        self._note_at_once(preview, said[:1])
        if said[1].status == 201:
            await self._add_preview(said[1], preview.ddd, preview.carrier)
        else:
            preview.may_revive = preview.is_shaky = True
        if was_held:
            assert [200, 201] != [one.status for one in said], said
        return " and ".join(map(_told, said))

    async def release_and_assign(self, msisdn: str) -> str:
        """A number that is on a SIM is nobody's to give back."""
        number = self.model.numbers[msisdn]
        before, carrier = number.status, number.carrier
        path = f"{NUMBERS}/{msisdn}/assign"
        said = await self._at_once(
            "",
            self.place.ask("DELETE", f"{RESERVATIONS}/{msisdn}", carrier=carrier),
            self.place.ask("POST", path, {"sim_id": "sim-9"}, carrier=carrier),
        )
        if before is S.RESERVED:
            assert [204, 200] != [one.status for one in said], said
        self.model.look_up(msisdns=[msisdn])
        return " and ".join(map(_told, said))

    def _reserving(self, preview: ModelPreview, index: int) -> Awaitable[Said]:
        path = f"{PREVIEWS}/{preview.id}/numbers/{index}/reserve"
        return self.place.ask("POST", path, carrier=preview.carrier)

    async def _at_once(self, operations: str, *acts: Awaitable[Said]) -> Sequence[Said]:
        with self.place.waiting(is_short=self._is_holding(operations)):
            return await asyncio.gather(*acts)

    def _note_at_once(self, preview: ModelPreview, said: Sequence[Said]) -> None:
        for one in said:
            if one.status == 200:
                self._add_number(one, preview.carrier)
        for msisdn in preview.msisdns:
            if msisdn in self.model.numbers or any(one.status == 504 for one in said):
                self.model.numbers.setdefault(msisdn, ModelNumber(S.RESERVING, preview.carrier))
        self.model.look_up([preview], preview.msisdns)

    def _release_is_under_way(self) -> bool:
        return any(
            one["kind"] == "numbering.release_number" and one["state"] in ("SENT", "UNKNOWN")
            for one in self.standing.operations
        )

    # --- by themselves, at Sigan, and by people

    async def work(self, rounds: int) -> None:
        """Run the queue."""
        with self.place.waiting(is_short=self._is_holding()):
            await self.place.run_jobs(rounds=rounds)

    async def sweep(self) -> None:
        """Sweep."""
        self.model.sweep(self.now)
        await sweep_numbers(self.place.runtime)

    async def pass_time(self, span: timedelta) -> None:
        """Let time pass."""
        await self.place.pass_time(span)
        self.model.offset += span

    async def fail(self, kind: str, operation: str, count: int | None) -> None:
        """Have something go wrong."""
        arguments: dict[str, bool | float | str] = {}
        if kind == "answer_held":
            arguments["seconds"] = HELD_FOR
        elif kind == "http_500":
            arguments["after_effect"] = True
        order = FaultOrder(kind=kind, operation=operation, count=count, arguments=arguments)
        self.place.fail(order)

    async def set_conditions(self, *, is_open: bool, first: str) -> None:
        """Have Sigan behave otherwise."""
        self.place.act("set", query_available=is_open, offers=first)

    async def mend(self) -> None:
        """Have Sigan be well."""
        self.place.mend()

    async def offer(self, msisdn: str, *, as_free: bool) -> None:
        """Have a number offered, wherever it stands."""
        self.model.offered.add(msisdn)
        self.place.act("offer", msisdn=msisdn, as_free=as_free)

    async def end_hold(self, preview: ModelPreview) -> None:
        """End a hold there."""
        row = self.standing.previews[preview.id]
        ended = self.place.may("expire_hold", external_id=row["external_id"])
        preview.is_shaky |= ended
        self.model.has_lost_holds |= ended

    async def die(self, what: str, preview: ModelPreview | None, index: int) -> str | None:
        """Be killed while Sigan's answer is on its way."""
        runtime, ddd = self.place.runtime, "11" if preview is None else preview.ddd
        order = Order(ddd, _BRAND, EVERYTHING, "test", None if preview is None else preview.id)
        done: object = None
        match what:
            case "reserve" if preview is not None:
                self._note_doubt(preview, index)
                id_ = preview.id
                reserving = partial(
                    reserve_from_preview, runtime, id_, index, caller=EVERYTHING, actor="test"
                )
                done = await self._die(reserving, "reserve")
            case "random":
                self.model.look_up(msisdns=self.model.numbers)
                order = Order(ddd, _BRAND, EVERYTHING, "test")
                done = await self._die(partial(reserve_at_random, runtime, order), "reserve")
            case "preview":
                if preview is not None:
                    preview.is_open = preview.may_revive = preview.is_shaky = True
                done = await self._die(partial(create_preview, runtime, order), "pre_reserve")
            case "jobs":
                await self._die(partial(self.place.run_jobs, rounds=2), "release_reservation")
        if isinstance(done, ReservedNumber):
            number = ModelNumber(S.RESERVED, None, is_open=True)
            self.model.numbers.setdefault(done.msisdn, number).is_open = True
        return None if done is None else type(done).__name__

    async def _die(self, act: Callable[[], Awaitable[object]], operation: str) -> object:
        with self.place.waiting(is_short=self._is_holding()):
            return await self.place.die(act, operation)

    def _note_doubt(self, preview: ModelPreview, index: int) -> None:
        msisdn = preview.msisdns[index]
        self.model.numbers.setdefault(msisdn, ModelNumber(S.RESERVING, preview.carrier))
        self.model.look_up([preview], [msisdn])

    async def decide(self, which: int, action: OperationAction) -> str | None:
        """Do something about a parked operation; it is marked refused where it truly was."""
        parked = [one for one in self.standing.operations if one["state"] == "NEEDS_ATTENTION"]
        if not parked:
            return None
        operation = parked[which % len(parked)]
        if action is OperationAction.MARK_REFUSED and not self._was_in_vain(operation):
            action = OperationAction.ASK_AGAIN
        await act(self.place.runtime, operation["id"], action, note="looked it up", actor="ana")
        return f"{action} {operation['kind']}"

    def _was_in_vain(self, operation: Mapping[str, object]) -> bool:
        """Whether a reservation was not made at Sigan."""
        if operation["kind"] != "numbering.reserve_number":
            return False
        msisdns = {
            row["msisdn"]
            for row in self.standing.numbers.values()
            if row["id"] == operation["subject_id"]
        }
        return not msisdns & set(self.standing.there.values())

    # --- what holds

    async def verify(self) -> None:
        """What must hold after every step."""
        self.standing = await self.place.look()
        wrong = self.model.compare(self.standing.numbers, self.standing.previews)
        wrong += [*self.standing.unexplained(), *self.standing.broken]
        assert not wrong, "\n".join(wrong)

    async def end_well(self) -> None:
        """Sigan is well again, time passes: then all is settled, and both sides agree."""
        self.place.mend()
        await self.pass_time(timedelta(minutes=20))
        for _ in range(_ROUNDS):
            for one in self.standing.operations:
                if one["state"] == "NEEDS_ATTENTION":
                    ask = OperationAction.ASK_AGAIN
                    await act(self.place.runtime, one["id"], ask, note="all is well", actor="ana")
            await self.place.run_jobs(rounds=3)
            self.standing = await self.place.look()
            if not self.standing.operations:
                break
        assert not self.standing.operations, self.standing.operations
        await self.place.give_back_what_was_said_released()
        wrong = await self.place.broken()
        assert not wrong, "\n".join(wrong)


def _told(said: Said) -> str:
    """A status and the code of a problem."""
    return f"{said.status} {said.code or ''}".strip()
