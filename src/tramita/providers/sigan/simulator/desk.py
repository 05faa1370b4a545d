"""The desk: reads a request, does what it asks for once, and words the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from tramita.providers.sigan.simulator.area_codes import DDDS
from tramita.providers.sigan.simulator.errors import (
    INVALID_REQUEST,
    REQUEST_ID_REUSED,
    STOCK_UNKNOWN,
    Refused,
)
from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.providers.sigan.simulator.looking_up import LookingUp
from tramita.providers.sigan.simulator.memory import Done, Memory, Remembered
from tramita.providers.sigan.simulator.requests import Asking, PreReservation, WantedReservation
from tramita.providers.sigan.simulator.stock import ddd_of
from tramita.providers.sigan.simulator.writing import Writing
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault

T = TypeVar("T")
# Does what was asked for, or what a fault makes of it; raises Refused.
Doing = Callable[[Fault | None], Done]


@dataclass(frozen=True, slots=True)
class Task:
    """What faults may match, what is done, and what is done instead under a fault."""

    fields: Mapping[str, str]
    effect: Callable[[], Answer]
    twist: Callable[[Fault], Answer]


@dataclass(frozen=True, slots=True)
class Desk:
    """Prepares a task for each request; what changes something is done once for each id."""

    inventory: Inventory
    memory: Memory = field(default_factory=Memory)

    def prepare(self, asking: Asking) -> Task:
        """Read the request; raise ``Refused`` when it cannot be understood."""
        writing = Writing(self.inventory, asking.request_id)
        looking_up = LookingUp(self.inventory, self.memory)
        key, msisdn = asking.key, asking.msisdn
        match asking.operation:
            case "pre_reserve":
                wanted = _read(asking.body, PreReservation)
                fields = {
                    "ddd": wanted.ddd,
                    "brand_id": wanted.brand_id,
                    "previous_external_id": wanted.previous_external_id or "",
                }
                return self._once(asking, fields, lambda fault: writing.pre_reserve(wanted, fault))
            case "release_hold":
                fields = self._fields_of_hold(key)
                return self._once(asking, fields, lambda fault: writing.release_hold(key, fault))
            case "reserve":
                chosen = _read(asking.body, WantedReservation).msisdn
                fields = {"msisdn": chosen, "external_id": key, "ddd": ddd_of(chosen)}
                return self._once(asking, fields, lambda _: writing.reserve(key, chosen))
            case "release_reservation":
                fields = self._fields_of_reservation(key)
                return self._once(asking, fields, lambda fault: writing.release(key, fault))
            case "find_hold":
                fields = self._fields_of_hold(key)
                return self._read_only(asking, fields, lambda fault: looking_up.hold(key, fault))
            case "find_reservation":
                if not key and not msisdn:
                    raise Refused(INVALID_REQUEST)
                fields = self._fields_of_reservation(key, msisdn)
                return self._read_only(
                    asking, fields, lambda fault: looking_up.reservation(key, msisdn, fault)
                )
            case "find_request":
                fields = {"sought_request_id": key}
                return self._read_only(asking, fields, lambda fault: looking_up.request(key, fault))
            case _:
                return self._read_only(asking, {"ddd": key}, lambda _: self._stock(key))

    def forget(self) -> None:
        """Remember no request."""
        self.memory.clear()

    def _once(self, asking: Asking, fields: Mapping[str, str], do: Doing) -> Task:
        """A task that is done once for each request id, unless a fault has it done again."""

        def effect(fault: Fault | None = None, *, again: bool = False) -> Answer:
            self.inventory.deadlines.run()
            known = None if again else self.memory.find(asking.request_id)
            if known is not None and known.fingerprint != asking.fingerprint:
                return REQUEST_ID_REUSED.answer(asking.request_id)
            if known is not None:
                return known.done.answer
            try:
                done = do(fault)
            except Refused as refused:
                done = Done(refused.answer(asking.request_id))
            now = self.inventory.world.clock.now()
            remembered = Remembered(asking.operation, asking.fingerprint, done, now)
            self.memory.keep(asking.request_id, remembered)
            return done.answer

        def twist(fault: Fault) -> Answer:
            if fault.kind == "request_id_ignored":
                return effect(again=True)
            if fault.kind != "request_replayed":
                return effect(fault)
            answer = effect()
            effect(again=fault.argument("ignoring_request_id", False))
            return answer

        return Task(_shown(fields, asking), effect, twist)

    def _read_only(
        self, asking: Asking, fields: Mapping[str, str], look: Callable[[Fault | None], Answer]
    ) -> Task:
        def effect(fault: Fault | None = None) -> Answer:
            self.inventory.deadlines.run()
            try:
                return look(fault)
            except Refused as refused:
                return refused.answer(asking.request_id)

        return Task(_shown(fields, asking), effect, effect)

    def _stock(self, ddd: str) -> Answer:
        if ddd not in DDDS:
            raise Refused(STOCK_UNKNOWN)
        return Answer(200, {"ddd": ddd, "counts": self.inventory.stock.counts(ddd)})

    def _fields_of_hold(self, external_id: str) -> dict[str, str]:
        hold = self.inventory.holds.get(external_id)
        return {"external_id": external_id, "ddd": hold.ddd if hold else ""}

    def _fields_of_reservation(self, reservation_id: str, msisdn: str = "") -> dict[str, str]:
        found = self.inventory.reservations.get(reservation_id)
        number = found.msisdn if found else msisdn
        return {"msisdn": number, "reservation_id": reservation_id, "ddd": ddd_of(number)}


def _shown(fields: Mapping[str, str], asking: Asking) -> dict[str, str]:
    """What is known of the fields, and under which id they were sent."""
    known = {name: value for name, value in fields.items() if value}
    return known | {"request_id": asking.request_id}


def _read(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Refused(INVALID_REQUEST, details=str(wrong)) from wrong
