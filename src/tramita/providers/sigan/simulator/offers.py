"""Which numbers a pre-reservation gets, and which it should not."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.providers.sigan.simulator.errors import INSUFFICIENT_STOCK
from tramita.providers.sigan.simulator.records import NumberState
from tramita.providers.sigan.simulator.stock import Stock, ddd_of
from tramita.simulation.front.asking import Refused


@dataclass(slots=True)
class Offers:
    """Free numbers in their order, after those that somebody wants to be offered.

    A number that is ``wanted`` is offered wherever it stands, as an inventory does that has
    lost count: reserving it later fails, unless it was made free before.
    """

    stock: Stock
    conditions: Conditions
    _wanted: dict[str, deque[str]] = field(default_factory=dict)

    def want(self, msisdn: str, *, times: int = 1) -> None:
        """Let the next pre-reservations of its area code contain this number."""
        self._wanted.setdefault(ddd_of(msisdn), deque()).extend([msisdn] * times)

    def choose(self, ddd: str, quantity: int, *, spare: Iterable[str]) -> list[str]:
        """Numbers for a hold; raise ``Refused`` when there are too few.

        ``spare`` are those of the hold that will be given up for it: taken last, so that
        somebody who asks for other numbers gets others.
        """
        free = 0 if ddd in self.conditions.empty_ddds else quantity
        chosen = list(dict.fromkeys(self._wanted.get(ddd, ())))[: min(quantity, free)]
        chosen += self.stock.shelf(ddd).first_free(free - len(chosen), besides=chosen)
        chosen += [msisdn for msisdn in spare if msisdn not in chosen][: free - len(chosen)]
        if len(chosen) < quantity:
            raise Refused(INSUFFICIENT_STOCK, available=len(chosen))
        wanted = self._wanted.get(ddd)
        for msisdn in chosen:
            if wanted and msisdn in wanted:
                wanted.remove(msisdn)
        return chosen

    def forget(self) -> None:
        """Want nothing any more."""
        self._wanted.clear()


def is_offerable(state: NumberState | None) -> bool:
    """Whether a number that is offered is really held for whom it is offered to."""
    return state in (NumberState.FREE, NumberState.HELD)
