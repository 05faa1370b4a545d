"""Days at a vendor: each begins with conditions as usual, whatever was set before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tramita.simulation.faults import FaultOrder
from tramita.simulation.latency import INSTANT, Latency
from tramita.simulation.simulator import Scenario, operator_act


@dataclass(frozen=True, slots=True)
class Days:
    """Makes the days of one vendor: ``usual`` conditions, and what its operator does ``before``."""

    usual: Mapping[str, object]
    before: Sequence[Mapping[str, object]] = ()

    def day(
        self, title: str, *faults: FaultOrder, latency: Latency = INSTANT, **conditions: object
    ) -> Scenario:
        """A day with these faults and, of the usual conditions, these others."""
        begins = operator_act("set", **{**self.usual, **conditions})
        return Scenario(title, latency, faults, (*self.before, begins))


def often(
    kind: str, probability: float, operation: str | None = None, **arguments: bool | float | str
) -> FaultOrder:
    """A fault that strikes each call, or each of one operation, with this probability."""
    return FaultOrder(
        kind=kind,
        operation=operation,
        probability=probability,
        count=None,
        arguments={**arguments},
    )
