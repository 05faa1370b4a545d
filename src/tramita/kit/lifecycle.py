"""Life cycles: where a thing may be, and what may move it.

A life cycle is a frozen table ``state → trigger → state``. What is not in the
table is refused with a sentence naming state and trigger, and nothing changes.
This file does no I/O; ``tramita.kit.transitions`` moves rows by these tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from tramita.kit.errors import ConflictError

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


class TransitionNotAllowed(ConflictError):
    """A {subject} that is {state} cannot take "{trigger}"."""


@dataclass(frozen=True)
class Lifecycle(Generic[S, T]):
    """The table of one kind of thing. ``name`` is the word people use for it."""

    name: str
    initial: S
    table: Mapping[S, Mapping[T, S]]

    def __post_init__(self) -> None:
        """Freeze the table, so that nobody can teach it a new arrow at run time."""
        frozen = {state: MappingProxyType(dict(arrows)) for state, arrows in self.table.items()}
        object.__setattr__(self, "table", MappingProxyType(frozen))

    @property
    def states(self) -> tuple[S, ...]:
        """Every state that it comes to, in the order of the enumeration."""
        known = {self.initial, *self.table, *(target for _, _, target in self.arrows())}
        return tuple(state for state in type(self.initial) if state in known)

    @property
    def final(self) -> frozenset[S]:
        """States nothing leads out of."""
        return frozenset(state for state in self.states if not self.table.get(state))

    def arrows(self) -> Iterator[tuple[S, T, S]]:
        """Every ``(state, trigger, next state)`` of the table."""
        for state, arrows in self.table.items():
            for trigger, target in arrows.items():
                yield state, trigger, target

    def next(self, state: S, trigger: T) -> S:
        """Where ``trigger`` leads from ``state``; raises ``TransitionNotAllowed``."""
        try:
            return self.table[state][trigger]
        except KeyError:
            raise TransitionNotAllowed(
                subject=self.name, state=state.value, trigger=trigger.value
            ) from None

    def trigger_to(self, state: S, target: S) -> T | None:
        """What leads from ``state`` to ``target``, if anything does by one arrow."""
        arrows = self.table.get(state, {})
        return next((trigger for trigger, led in arrows.items() if led is target), None)

    def targets(self, trigger: T) -> dict[S, S]:
        """``state → next state`` for each state that takes ``trigger``."""
        return {state: target for state, taken, target in self.arrows() if taken is trigger}

    def mermaid(self) -> str:
        """The picture of the table, as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        lines += [f"    {s.value} --> {t.value}: {trigger}" for s, trigger, t in self.arrows()]
        lines += [f"    {s.value} --> [*]" for s in self.states if s in self.final]
        return "\n".join(lines)
