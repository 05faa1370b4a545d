"""Moves that follow from circumstances: what fits is done, one after another, until none fits.

A ``Lifecycle`` says which moves there are, and stays without conditions. A ``Fitting`` stands
beside it and says of some of its triggers under which circumstances they fit. Whoever learns that
something has changed asks for the whole walk, so a thing that has missed a step is never left
half way. This file does no I/O; ``tramita.kit.transitions`` makes the moves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from tramita.kit.lifecycle import Lifecycle

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)
C = TypeVar("C")


class GoesInCircles(RuntimeError):
    """Conditions contradict one another: a walk came back to where it had been."""


@dataclass(frozen=True)
class Fitting(Generic[S, T, C]):
    """Which triggers fit under which circumstances; those it does not name are somebody's wish."""

    lifecycle: Lifecycle[S, T]
    conditions: Mapping[T, Callable[[C], bool]]

    def fits(self, state: S, circumstances: C) -> list[T]:
        """Every trigger that fits now, in the order of the conditions."""
        taken = self.lifecycle.table.get(state, {})
        return [
            one for one, is_so in self.conditions.items() if one in taken and is_so(circumstances)
        ]

    def walk(self, state: S, circumstances: C) -> list[T]:
        """The triggers that lead from ``state`` to where none fits; raises ``GoesInCircles``."""
        walked: list[T] = []
        seen = {state}
        while fitting := self.fits(state, circumstances):
            state = self.lifecycle.next(state, fitting[0])
            if state in seen:
                raise GoesInCircles(f"{self.lifecycle.name}: {state.value} again after {walked}")
            seen.add(state)
            walked.append(fitting[0])
        return walked
