"""What whoever runs a vendor can be told to do, each order in a shape of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from tramita.simulation.front.asking import Refused
from tramita.simulation.simulator import UnknownAct, arguments_of

T = TypeVar("T")
Shown = Mapping[str, object]


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """What an order says besides who does what; a subclass names it. This one says nothing."""


class Restart(Wanted):
    """Whether the vendor still knows what it knew."""

    memory: bool = True


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """The shape of an order, and what is done: it answers what there is to see, if anything."""

    shape: type[T]
    do: Callable[[T], Shown | None]


def carry_out(act: Mapping[str, object], orders: Mapping[str, Order[Any]]) -> Shown | None:
    """Do what the operator wants, all of it or nothing.

    Raises ``UnknownAct`` for an order that nobody knows, that says too much, too little or
    something of another type, or that cannot be followed now.
    """
    action = act.get("action")
    order = orders.get(action) if isinstance(action, str) else None
    if act.get("actor") != "operator" or order is None:
        raise UnknownAct(f"the operator can {', '.join(orders)}")
    try:
        return order.do(msgspec.convert(arguments_of(act), order.shape))
    except msgspec.ValidationError as wrong:
        raise UnknownAct(f"{action}: {wrong}") from wrong
    except Refused as refused:
        raise UnknownAct(str(refused)) from refused
