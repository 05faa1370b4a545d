"""``/__sim/act`` at this simulated Sigan: what its operator can be told to do.

The operator sets conditions (``set``), sets everything back to normal (``calm``), puts,
removes and forces numbers, offers one (``offer``), puts a reserved number in use
(``activate``), ends a hold (``expire_hold``), sets the clock wrong (``jump_clock``) and
starts Sigan again (``restart``). Where no id is given, the latest is meant.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

import msgspec

from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.providers.sigan.simulator.records import (
    Hold,
    HoldStatus,
    NumberState,
    Reservation,
    ReservationStatus,
)
from tramita.providers.sigan.simulator.stock import is_mobile
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.simulator import UnknownAct, forgetting_button, operator_button

# The request id of effects that nobody requested.
BY_HAND: Final = "operator"


class NumberOrder(Wanted):
    """A number to be put into the stock, free, or to be taken out of it."""

    msisdn: str


class ForceOrder(NumberOrder):
    """A number and the state it shall be in, whatever records say."""

    state: NumberState


class OfferOrder(NumberOrder):
    """A number that the next pre-reservations shall contain; ``as_free``: Sigan forgets whose."""

    times: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    as_free: bool = False


class ActivateOrder(Wanted):
    """A reservation by its id or its number."""

    reservation_id: str | None = None
    msisdn: str | None = None


class HoldOrder(Wanted):
    """A hold by its id."""

    external_id: str | None = None


class JumpOrder(Wanted):
    """How far the clock jumps; backwards below zero."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SiganOperator:
    """Whoever runs Sigan; raises ``UnknownAct`` for what cannot be done now."""

    inventory: Inventory

    def orders(self) -> Mapping[str, Order[Any]]:
        """What can be ordered."""
        return {
            "calm": Order(Wanted, self._calm),
            "put": Order(NumberOrder, partial(self._do, self._put)),
            "remove": Order(NumberOrder, partial(self._do, self._remove)),
            "force": Order(ForceOrder, partial(self._do, self._force)),
            "offer": Order(OfferOrder, partial(self._do, self._offer)),
            "activate": Order(ActivateOrder, self._activate),
            "expire_hold": Order(HoldOrder, self._expire),
            "jump_clock": Order(JumpOrder, self._jump),
        }

    def shown(self) -> dict[str, object]:
        """Records in numbers, and the stock by state."""
        inventory = self.inventory
        held = sum(hold.status is HoldStatus.HELD for hold in inventory.holds.values())
        counts = inventory.stock.counts_of_all()
        return {
            "holds": held,
            "reservations": len(inventory.reservations),
            **{f"numbers_{state.lower()}": count for state, count in counts.items()},
        }

    def _calm(self, _: Wanted) -> None:
        self.inventory.conditions.forget()
        self.inventory.offers.forget()

    def _jump(self, order: JumpOrder) -> None:
        self.inventory.world.clock.advance(timedelta(seconds=order.seconds))

    def _do(self, do: Callable[[Any], None], order: NumberOrder) -> Shown:
        """Do something with a number that can be one."""
        if not is_mobile(order.msisdn):
            raise UnknownAct("msisdn is a mobile number such as 5511987654321")
        do(order)
        return {"msisdn": order.msisdn, "state": self.inventory.stock.state_of(order.msisdn)}

    def _put(self, order: NumberOrder) -> None:
        self.inventory.force(order.msisdn, NumberState.FREE, request_id=BY_HAND)

    def _remove(self, order: NumberOrder) -> None:
        self.inventory.force(order.msisdn, None, request_id=BY_HAND)

    def _force(self, order: ForceOrder) -> None:
        self.inventory.force(order.msisdn, order.state, request_id=BY_HAND)

    def _offer(self, order: OfferOrder) -> None:
        if order.as_free or self.inventory.stock.state_of(order.msisdn) is None:
            self._put(order)
        self.inventory.offers.want(order.msisdn, times=order.times)

    def _activate(self, order: ActivateOrder) -> Shown:
        reservation = self._reservation(order)
        if reservation.status is not ReservationStatus.RESERVED:
            raise UnknownAct(f"a reservation that is {reservation.status} is not put in use")
        self.inventory.activate(reservation, request_id=BY_HAND)
        return {"reservation_id": reservation.reservation_id, "msisdn": reservation.msisdn}

    def _reservation(self, order: ActivateOrder) -> Reservation:
        inventory = self.inventory
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
        self.inventory.end_hold_at(hold, self.inventory.world.clock.now())
        return {"external_id": hold.external_id, "status": hold.status}

    def _hold(self, external_id: str | None) -> Hold:
        holds = self.inventory.holds
        if external_id is not None:
            found = holds.get(external_id)
        else:
            found = next(reversed(holds.values()), None)
        if found is None or found.status is not HoldStatus.HELD:
            raise UnknownAct("there is no such hold, or it has ended")
        return found


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
