"""What a vendor's folder hands over: its API, its world and its people."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from litestar.types import ControllerRouterHandler

from tramita.simulation.faults import FaultOrder
from tramita.simulation.latency import INSTANT, Latency
from tramita.simulation.world import World


class UnknownAct(Exception):
    """Nobody at this vendor does such a thing, or not now; ``possible`` are acts that would do."""

    def __init__(self, message: str, possible: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__(message)
        self.possible = tuple(possible)


# What people at the vendor do: takes the request of /__sim/act, answers JSON.
# Raises UnknownAct for an actor, action or argument that does not exist here.
Act = Callable[[Mapping[str, object]], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class ActButton:
    """An act that the page at / offers as a button.

    ``asks`` is what is lost by an act that the page asks about before.
    """

    label: str
    act: Mapping[str, object]
    asks: str = ""


def operator_act(action: str, **arguments: object) -> dict[str, object]:
    """What whoever runs the vendor does."""
    return {"actor": "operator", "action": action, **arguments}


def operator_button(label: str, action: str, **arguments: object) -> ActButton:
    """A button for whoever runs the vendor."""
    return ActButton(label, operator_act(action, **arguments))


def forgetting_button(label: str) -> ActButton:
    """The vendor restarts and has forgotten what it held."""
    return ActButton(
        label,
        operator_act("restart", memory=False),
        asks="The vendor restarts and forgets everything it holds. What Tramita still waits for "
        "there is gone.",
    )


def arguments_of(act: Mapping[str, object]) -> dict[str, object]:
    """What an act says besides who does what."""
    return {name: said for name, said in act.items() if name not in ("actor", "action")}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A day at the vendor: how slow it is and what goes wrong, replacing what was set.

    ``acts`` are what people there do before it begins.
    """

    title: str
    latency: Latency = INSTANT
    faults: Sequence[FaultOrder] = ()
    acts: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Simulator:
    """One vendor on loopback, served under ``/<key>``.

    ``operations`` are the names that faults may match. ``handlers`` is the
    vendor's API without the prefix. ``reset`` clears the vendor's own rows and
    ``conditions`` shows them in a few words and numbers. ``beside`` is what it serves on a port of its
    own, where it speaks something else than HTTP too.
    """

    key: str
    title: str
    world: World
    handlers: Sequence[ControllerRouterHandler]
    operations: Sequence[str]
    reset: Callable[[], None]
    act: Act
    conditions: Callable[[], Mapping[str, object]]
    buttons: Sequence[ActButton] = ()
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    beside: Callable[[], AbstractAsyncContextManager[None]] | None = None

    def start_anew(self, seed: int | None = None) -> None:
        """Be as at first; without a seed it keeps the one it has."""
        # The vendor first: what it still planned shall not happen when the clock is set back.
        self.reset()
        self.world.reset(seed=self.world.seed if seed is None else seed)
