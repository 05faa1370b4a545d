"""``/__sim/act`` at GSIM: what its operator does, beside setting conditions and restarting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from tramita.providers.gsim.simulator.conditions import ACTIVATIONS, EVERY_NUMBER
from tramita.providers.gsim.simulator.digits import is_iccid
from tramita.providers.gsim.simulator.lines import REJECTION, Lines
from tramita.providers.gsim.simulator.lists import Lists
from tramita.providers.gsim.simulator.sims import Sim
from tramita.simulation.clock import SpanUnreadable, parse_span
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.simulator import UnknownAct, forgetting_button, operator_button
from tramita.simulation.world import World

State = Literal["STOCK", "ASSIGNED", "ACTIVE", "BLOCKED"]
# The SIM cards of which the last is meant when none is named; what is done with one.
Usual = Callable[[], list[str]]
Do = Callable[[Sim, Any], None]
_SHOWN = 3


class OfSim(Wanted):
    """A SIM card; without ``iccid`` the latest, or the next in stock."""

    iccid: str | None = None


class Rejection(OfSim):
    """Which line the network refuses, and why."""

    reason: str = REJECTION


class NewSim(Wanted):
    """A SIM card to be put into the stock."""

    iccid: str


class Listing(Wanted):
    """How many SIM cards of a state are wanted."""

    state: State = "STOCK"
    count: int = 10


class Bump(Wanted):
    """The brand that brings out a new model; the first one if none is named."""

    brand_id: str | None = None


class Back(Wanted):
    """How far the clock goes back."""

    span: str = "2m"


@dataclass(frozen=True, slots=True)
class GSIMOperator:
    """Whoever runs GSIM."""

    world: World
    lists: Lists
    lines: Lines

    def orders(self) -> Mapping[str, Order[Any]]:
        """What can be ordered; ``UnknownAct`` is raised for what cannot be done now."""
        lines = self.lines
        about_sims: Mapping[str, tuple[type[OfSim], Usual, Do]] = {
            "activate": (OfSim, self._held, lambda sim, _: lines.activate(sim)),
            "reject": (Rejection, self._held, self._reject),
            "block_sim": (OfSim, self._next, lambda sim, _: lines.block(sim)),
            "unblock_sim": (
                OfSim,
                self._blocked,
                lambda sim, _: lines.block(sim, is_blocked=False),
            ),
            "remove_sim": (OfSim, self._next, self._remove),
        }
        return {
            **{
                action: Order(shape, partial(self._do, action, usual, do))
                for action, (shape, usual, do) in about_sims.items()
            },
            "put_sim": Order(NewSim, self._put),
            "sims": Order(Listing, self._list),
            "bump_list": Order(Bump, self._bump_list),
            "turn_clock_back": Order(Back, self._turn_back),
        }

    def shown(self) -> dict[str, object]:
        """Stock and list in numbers, and the SIM cards to be taken next."""
        stock = self._sims_of("STOCK")
        return {
            "sims_in_stock": len(stock),
            "next_sims": stock[:_SHOWN],
            "held": len(self.lines.held()),
            "brands": len(self.lists.catalog.brands),
            "models": sum(1 for _ in self.lists.catalog.models()),
            "list_version": self.lists.catalog.version,
        }

    def _do(self, action: str, usual: Usual, do: Do, order: OfSim) -> Shown:
        """Do something with the SIM card that is named, else with the last of the usual ones."""
        iccid = order.iccid or next(reversed(usual()), None)
        if iccid is None:
            raise UnknownAct(f"there is no SIM card to {action}")
        sim = self.lines.find(iccid)
        do(sim, order)
        return sim.shown()

    def _held(self) -> list[str]:
        return [sim.iccid for sim in self.lines.held()]

    def _next(self) -> list[str]:
        return self._sims_of("STOCK")[:1]

    def _blocked(self) -> list[str]:
        return self._sims_of("BLOCKED")

    def _sims_of(self, state: State) -> list[str]:
        """ICCIDs of the SIM cards in a state, in the order of the stock."""
        return [sim.iccid for sim in self.lines.sims.values() if sim.state == state]

    def _put(self, order: NewSim) -> Shown:
        if not is_iccid(order.iccid) or order.iccid in self.lines.sims:
            raise UnknownAct("a new SIM card has 19 or 20 digits, from 89 on, the last by Luhn")
        sim = self.lines.sims[order.iccid] = Sim(order.iccid)
        return sim.shown()

    def _reject(self, sim: Sim, order: Rejection) -> None:
        self.lines.reject(sim, reason=order.reason)

    def _remove(self, sim: Sim, _: OfSim) -> None:
        del self.lines.sims[sim.iccid]

    def _list(self, order: Listing) -> Shown:
        return {"state": order.state, "sims": self._sims_of(order.state)[: order.count]}

    def _bump_list(self, order: Bump) -> Shown:
        catalog = self.lists.catalog
        brand = self.lists.brand(order.brand_id) if order.brand_id else catalog.brands[0]
        model = catalog.add_model(brand)
        return {"brand_id": brand.id, "list_version": catalog.version, "model": model.shown()}

    def _turn_back(self, order: Back) -> Shown:
        try:
            self.world.clock.advance(-parse_span(order.span))
        except SpanUnreadable as unreadable:
            raise UnknownAct(f"unreadable span {order.span!r}") from unreadable
        return {"now": self.world.clock.now().isoformat()}


BUTTONS = (
    *(operator_button(f"Activations {how}", "set", activations=how) for how in ACTIVATIONS),
    operator_button("No number reserved", "set", number_not_reserved=EVERY_NUMBER),
    operator_button("All numbers reserved", "set", number_not_reserved=""),
    operator_button("Activate held line", "activate"),
    operator_button("Reject held line", "reject"),
    operator_button("Block next SIM", "block_sim"),
    operator_button("Unblock SIM", "unblock_sim"),
    operator_button("New model comes out", "bump_list"),
    operator_button("Clock 2 minutes back", "turn_clock_back"),
    operator_button("Restart", "restart", memory=True),
    forgetting_button("Restart, forgetting"),
)
