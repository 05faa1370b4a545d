"""``/__sim/act`` at this simulated Sigan: what its operator can be told to do.

The operator sets conditions (``set``), sets everything back to normal (``calm``), puts,
removes and forces numbers, offers one (``offer``), puts a reserved number in use
(``activate``), ends a hold (``expire_hold``), sets the clock wrong (``jump_clock``) and
starts Sigan again (``restart``). Where no id is given, the latest is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, TypeVar

import msgspec

from tramita.providers.sigan.simulator.desk import Desk
from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.providers.sigan.simulator.records import (
    Hold,
    HoldStatus,
    NumberState,
    Reservation,
    ReservationStatus,
)
from tramita.providers.sigan.simulator.stock import is_mobile
from tramita.simulation.simulator import (
    UnknownAct,
    arguments_of,
    forgetting_button,
    operator_button,
)

Shown = dict[str, object]
T = TypeVar("T")

ACTIONS: Final = (
    *("set", "calm", "put", "remove", "force", "offer", "activate", "expire_hold"),
    *("jump_clock", "restart"),
)
# The request id of effects that nobody requested.
BY_HAND: Final = "operator"


class NumberOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A number to be put into the stock, free, or to be taken out of it."""

    msisdn: str


class ForceOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A number and the state it shall be in, whatever records say."""

    msisdn: str
    state: NumberState


class OfferOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A number that the next pre-reservations shall contain; ``as_free``: Sigan forgets whose."""

    msisdn: str
    times: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    as_free: bool = False


class ActivateOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A reservation by its id or its number."""

    reservation_id: str | None = None
    msisdn: str | None = None


class HoldOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A hold by its id."""

    external_id: str | None = None


class JumpOrder(msgspec.Struct, forbid_unknown_fields=True):
    """How far the clock jumps; backwards below zero."""

    seconds: float


class RestartOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Whether Sigan still knows what it knew."""

    memory: bool = True


class CalmOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing more to be said."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Carries orders out; raises ``UnknownAct`` for what cannot be done, or not now."""

    desk: Desk

    @property
    def _inventory(self) -> Inventory:
        return self.desk.inventory

    def act(self, raw: Mapping[str, object]) -> Shown:
        """Carry one order out."""
        self._inventory.deadlines.run()
        order = arguments_of(raw)
        action = raw.get("action")
        if raw.get("actor") != "operator" or action not in ACTIONS:
            raise UnknownAct(f"the operator can {', '.join(ACTIONS)}")
        match action:
            case "set":
                self._inventory.conditions.set(order)
            case "calm":
                _read(order, CalmOrder)
                self._inventory.conditions.forget()
                self._inventory.offers.forget()
            case "activate":
                return self._activate(_read(order, ActivateOrder))
            case "expire_hold":
                return self._expire(_read(order, HoldOrder))
            case "jump_clock":
                span = timedelta(seconds=_read(order, JumpOrder).seconds)
                self._inventory.world.clock.advance(span)
            case "restart":
                self._restart(has_memory=_read(order, RestartOrder).memory)
            case _:
                return self._do_with_number(str(action), order)
        return self.shown()

    def shown(self) -> Shown:
        """Records in numbers, stock by state, and conditions."""
        inventory = self._inventory
        inventory.deadlines.run()
        held = sum(hold.status is HoldStatus.HELD for hold in inventory.holds.values())
        counts = inventory.stock.counts_of_all()
        return {
            "holds": held,
            "reservations": len(inventory.reservations),
            **{f"numbers_{state.lower()}": count for state, count in counts.items()},
            **inventory.conditions.shown(),
        }

    def _do_with_number(self, action: str, order: Mapping[str, object]) -> Shown:
        inventory = self._inventory
        msisdn = str(order.get("msisdn", ""))
        if not is_mobile(msisdn):
            raise UnknownAct("msisdn is a mobile number such as 5511987654321")
        match action:
            case "put":
                _read(order, NumberOrder)
                inventory.force(msisdn, NumberState.FREE, request_id=BY_HAND)
            case "remove":
                _read(order, NumberOrder)
                inventory.force(msisdn, None, request_id=BY_HAND)
            case "force":
                state = _read(order, ForceOrder).state
                inventory.force(msisdn, state, request_id=BY_HAND)
            case _:
                wanted = _read(order, OfferOrder)
                if wanted.as_free or inventory.stock.state_of(msisdn) is None:
                    inventory.force(msisdn, NumberState.FREE, request_id=BY_HAND)
                inventory.offers.want(msisdn, times=wanted.times)
        return {"msisdn": msisdn, "state": inventory.stock.state_of(msisdn)}

    def _activate(self, order: ActivateOrder) -> Shown:
        reservation = self._reservation(order)
        if reservation.status is not ReservationStatus.RESERVED:
            raise UnknownAct(f"a reservation that is {reservation.status} is not put in use")
        self._inventory.activate(reservation, request_id=BY_HAND)
        return {"reservation_id": reservation.reservation_id, "msisdn": reservation.msisdn}

    def _reservation(self, order: ActivateOrder) -> Reservation:
        inventory = self._inventory
        if order.reservation_id is not None:
            found = inventory.reservations.get(order.reservation_id)
        elif order.msisdn is not None:
            found = inventory.last_reservation_of(order.msisdn)
        else:
            found = next(reversed(inventory.reservations.values()), None)
        if found is None:
            raise UnknownAct("there is no such reservation")
        return found

    def _expire(self, order: HoldOrder) -> Shown:
        hold = self._hold(order.external_id)
        self._inventory.end_hold_at(hold, self._inventory.world.clock.now())
        return {"external_id": hold.external_id, "status": hold.status}

    def _hold(self, external_id: str | None) -> Hold:
        holds = self._inventory.holds
        if external_id is not None:
            found = holds.get(external_id)
        else:
            found = next(reversed(holds.values()), None)
        if found is None or found.status is not HoldStatus.HELD:
            raise UnknownAct("there is no such hold, or it has ended")
        return found

    def _restart(self, *, has_memory: bool) -> None:
        """Start again without faults; a Sigan without memory has lost every record too."""
        world = self._inventory.world
        world.faults.clear()
        if not has_memory:
            self._inventory.forget()
            self._inventory.conditions.forget()
            self.desk.forget()
        said = {"memory": has_memory}
        world.record("restarted", subject="sigan", request_id=BY_HAND, data=said)


def _read(order: Mapping[str, object], shape: type[T]) -> T:
    try:
        return msgspec.convert(order, shape)
    except msgspec.ValidationError as wrong:
        raise UnknownAct(str(wrong)) from wrong


# What the page at / offers; acts without an id are about the latest.
BUTTONS: Final = (
    operator_button("Everything as usual", "calm"),
    operator_button("Latest hold expires", "expire_hold"),
    operator_button("Latest number in use", "activate"),
    operator_button("Nothing to look up", "set", query_available=False),
    operator_button("Everything to look up", "set", query_available=True),
    operator_button("Released numbers first", "set", offers="last_released_first"),
    operator_button("Released numbers rest 1 min", "set", cooling_seconds=60),
    operator_button("5 requests a second", "set", quota_per_second=5),
    operator_button("Sell out 11", "set", empty_ddds=["11"]),
    operator_button("Clock 2 min ahead", "jump_clock", seconds=120),
    operator_button("Clock 2 min back", "jump_clock", seconds=-120),
    operator_button("Restart", "restart", memory=True),
    forgetting_button("Restart, forgetting"),
)
