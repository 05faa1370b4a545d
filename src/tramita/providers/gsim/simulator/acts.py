"""``/__sim/act`` at GSIM: what its operator does."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tramita.providers.gsim.simulator.asking import Refused
from tramita.providers.gsim.simulator.conditions import ACTIVATIONS, EVERY_NUMBER
from tramita.providers.gsim.simulator.desk import Desk
from tramita.providers.gsim.simulator.digits import is_iccid
from tramita.providers.gsim.simulator.lines import REJECTION, Impossible
from tramita.providers.gsim.simulator.sims import Sim
from tramita.simulation.clock import SpanUnreadable, parse_span
from tramita.simulation.simulator import (
    UnknownAct,
    arguments_of,
    forgetting_button,
    operator_button,
)

Shown = dict[str, object]
_SHOWN = 3


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """One act. Without ``iccid`` it is about the latest SIM card, or the next in stock."""

    actor: Literal["operator"]
    action: Literal[
        "activate", "reject", "block_sim", "unblock_sim", "put_sim", "remove_sim",
        "sims", "bump_list", "turn_clock_back", "restart",
    ]  # fmt: skip
    iccid: str | None = None
    reason: str = REJECTION
    state: Literal["STOCK", "ASSIGNED", "ACTIVE", "BLOCKED"] = "STOCK"
    count: int = 10
    brand_id: str | None = None
    span: str = "2m"
    memory: bool = True


def act(desk: Desk, raw: Mapping[str, object]) -> Shown:
    """Have the operator act; raise ``UnknownAct`` otherwise."""
    if (raw.get("actor"), raw.get("action")) == ("operator", "set"):
        desk.conditions.set(arguments_of(raw))
        return shown(desk)
    try:
        return _do(desk, msgspec.convert(raw, Order))
    except (msgspec.ValidationError, Impossible, Refused, SpanUnreadable) as wrong:
        raise UnknownAct(str(wrong)) from wrong


def shown(desk: Desk) -> Shown:
    """Stock and list in numbers, the SIM cards to be taken next, and conditions."""
    return {
        "sims_in_stock": len(sims_of(desk, "STOCK")),
        "next_sims": sims_of(desk, "STOCK")[:_SHOWN],
        "held": len(desk.lines.held()),
        "brands": len(desk.catalog.brands),
        "models": sum(1 for _ in desk.catalog.models()),
        "list_version": desk.catalog.version,
        **desk.conditions.shown(),
    }


def sims_of(desk: Desk, state: str) -> list[str]:
    """ICCIDs of the SIM cards in a state, in the order of the stock."""
    return [sim.iccid for sim in desk.lines.sims.values() if sim.state == state]


def _do(desk: Desk, order: Order) -> Shown:
    match order.action:
        case "sims":
            return {"state": order.state, "sims": sims_of(desk, order.state)[: order.count]}
        case "bump_list":
            return _bump_list(desk, order)
        case "restart":
            return _restart(desk, has_memory=order.memory)
        case "turn_clock_back":
            desk.world.clock.advance(-parse_span(order.span))
            return {"now": desk.world.clock.now().isoformat()}
        case "put_sim":
            return _put(desk, order.iccid or "")
        case "activate":
            sim = _meant(desk, order, _held(desk))
            desk.lines.activate(sim)
        case "reject":
            sim = _meant(desk, order, _held(desk))
            desk.lines.reject(sim, reason=order.reason)
        case "unblock_sim":
            sim = _meant(desk, order, sims_of(desk, "BLOCKED"))
            desk.lines.block(sim, is_blocked=False)
        case "block_sim":
            sim = _meant(desk, order, sims_of(desk, "STOCK")[:1])
            desk.lines.block(sim)
        case _:  # remove_sim, the last of the acts.
            sim = _meant(desk, order, sims_of(desk, "STOCK")[:1])
            del desk.lines.sims[sim.iccid]
    return sim.shown()


def _held(desk: Desk) -> list[str]:
    return [sim.iccid for sim in desk.lines.held()]


def _meant(desk: Desk, order: Order, usual: list[str]) -> Sim:
    """The SIM card that is named, else the last of the usual ones."""
    iccid = order.iccid or (usual[-1] if usual else None)
    if iccid is None:
        raise UnknownAct(f"there is no SIM card to {order.action}")
    return desk.lines.find(iccid)


def _put(desk: Desk, iccid: str) -> Shown:
    if not is_iccid(iccid) or iccid in desk.lines.sims:
        raise UnknownAct("a new SIM card has 19 or 20 digits, from 89 on, the last by Luhn")
    desk.lines.sims[iccid] = Sim(iccid)
    return desk.lines.sims[iccid].shown()


def _bump_list(desk: Desk, order: Order) -> Shown:
    brand = desk.brand(order.brand_id) if order.brand_id else desk.catalog.brands[0]
    model = desk.catalog.add_model(brand)
    return {"brand_id": brand.id, "list_version": desk.catalog.version, "model": model.shown()}


def _restart(desk: Desk, *, has_memory: bool) -> Shown:
    """Start again without faults; a vendor without memory has lost every record too."""
    desk.world.faults.clear()
    if not has_memory:
        desk.forget()
        desk.conditions.forget()
    return shown(desk)


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
