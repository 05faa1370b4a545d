"""The numbers of every area code and where each of them stands."""

from collections import Counter, OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random

from tramita.providers.sigan.simulator.area_codes import DDDS
from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.providers.sigan.simulator.records import NumberState
from tramita.simulation.world import World

# After country, area code and the ninth digit; mobile numbers begin with 6 to 9 there.
_FIRST, _LAST = 60_000_000, 99_999_999


def ddd_of(msisdn: str) -> str:
    """The area code in a number like ``5511987654321``."""
    return msisdn[2:4]


def is_mobile(msisdn: str) -> bool:
    """Whether it is written ``55``, an area code that exists, ``9`` and eight digits."""
    is_written_well = len(msisdn) == 13 and msisdn.isdecimal() and msisdn.isascii()
    return is_written_well and msisdn[:2] == "55" and msisdn[4] == "9" and ddd_of(msisdn) in DDDS


@dataclass(slots=True)
class Shelf:
    """The numbers of one area code; the free ones in the order in which they are offered."""

    states: dict[str, NumberState]
    free: "OrderedDict[str, None]"

    def put(self, msisdn: str, state: NumberState, *, is_first: bool = False) -> None:
        """Put a number where it now stands; a free one goes last, or first."""
        self.states[msisdn] = state
        self.free.pop(msisdn, None)
        if state is NumberState.FREE:
            self.free[msisdn] = None
            self.free.move_to_end(msisdn, last=not is_first)

    def remove(self, msisdn: str) -> None:
        """Have no such number."""
        self.states.pop(msisdn, None)
        self.free.pop(msisdn, None)

    def first_free(self, count: int, *, besides: Collection[str]) -> list[str]:
        """At most ``count`` free numbers that are to be offered next."""
        found: list[str] = []
        for msisdn in self.free:
            if len(found) >= count:
                break
            if msisdn not in besides:
                found.append(msisdn)
        return found


@dataclass(slots=True)
class Stock:
    """A shelf per area code, made from the seed when it is first looked at."""

    world: World
    conditions: Conditions
    _shelves: dict[str, Shelf] = field(default_factory=dict)

    def shelf(self, ddd: str) -> Shelf:
        """The numbers of an area code, the same for the same seed."""
        if ddd not in self._shelves:
            drawn = Random(f"{self.world.seed}:{ddd}").sample(
                range(_FIRST, _LAST + 1), self.conditions.stock_size
            )
            numbers = [f"55{ddd}9{number}" for number in drawn]
            self._shelves[ddd] = Shelf(
                dict.fromkeys(numbers, NumberState.FREE), OrderedDict.fromkeys(numbers)
            )
        return self._shelves[ddd]

    def state_of(self, msisdn: str) -> NumberState | None:
        """Where a number stands; None when the stock does not have it."""
        return self.shelf(ddd_of(msisdn)).states.get(msisdn)

    def put(self, msisdn: str, state: NumberState) -> None:
        """Put a number where it now stands; what becomes free queues as conditions say."""
        is_first = self.conditions.offers == "last_released_first"
        self.shelf(ddd_of(msisdn)).put(msisdn, state, is_first=is_first)

    def remove(self, msisdn: str) -> None:
        """Have no such number."""
        self.shelf(ddd_of(msisdn)).remove(msisdn)

    def counts(self, ddd: str) -> dict[str, int]:
        """How many numbers of an area code stand where."""
        counted = Counter(self.shelf(ddd).states.values())
        return {state.value: counted[state] for state in NumberState}

    def counts_of_all(self) -> dict[str, int]:
        """How many numbers of the area codes that were looked at stand where."""
        counted = Counter(
            state for shelf in self._shelves.values() for state in shelf.states.values()
        )
        return {state.value: counted[state] for state in NumberState}

    def forget(self) -> None:
        """Have every number back, and free."""
        self._shelves.clear()
