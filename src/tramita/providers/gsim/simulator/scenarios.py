"""Days at GSIM. No figure of its latency is known; these are assumed."""

from collections.abc import Mapping

from tramita.providers.gsim.simulator.conditions import Conditions
from tramita.simulation.faults import FaultOrder
from tramita.simulation.kinds import WEBHOOK
from tramita.simulation.latency import INSTANT, HeavyTail, Latency
from tramita.simulation.simulator import Scenario, operator_act

SLOW = HeavyTail(p50=2000, p95=9000, p99=25000)
BROWNOUT = 20


def _often(operation: str, kind: str, probability: float, **arguments: float) -> FaultOrder:
    return FaultOrder(
        operation=operation, kind=kind, probability=probability, count=None, arguments={**arguments}
    )


def _day(title: str, *faults: FaultOrder, latency: Latency = INSTANT) -> Scenario:
    """A day that does not depend on what was set before."""
    return Scenario(title, latency, faults, (operator_act("set", **Conditions().shown()),))


SCENARIOS: Mapping[str, Scenario] = {
    "happy": _day("All is well"),
    "gsim-callback-chaos": _day(
        "Callbacks go astray",
        _often(WEBHOOK, "webhook_lost", 0.15),
        _often(WEBHOOK, "webhook_duplicate", 0.2),
        _often(WEBHOOK, "webhook_reordered", 0.2, seconds=5),
        _often(WEBHOOK, "webhook_delayed", 0.15, seconds=5),
        _often(WEBHOOK, "webhook_forged", 0.1),
        _often(WEBHOOK, "webhook_replayed", 0.1, seconds=5),
        _often(WEBHOOK, "webhook_unknown_key", 0.1),
        _often("release_sim", "callback_after_cancel", 0.5),
    ),
    "gsim-down": _day("Down, until another day", FaultOrder(kind="http_503", count=None)),
    "slow-gsim": _day("Slow", latency=SLOW),
    "flaky-5pct": _day(
        "Fails 5 % each way",
        *(
            FaultOrder(kind=kind, probability=0.05, count=None)
            for kind in ("http_503", "reset_before_effect", "reset_after_effect")
        ),
    ),
    "brownout-then-recover": _day(
        f"Fails {BROWNOUT} times, then recovers", FaultOrder(kind="http_503", count=BROWNOUT)
    ),
    "list-churn": _day(
        "Lists change while they are read",
        _often("list_models", "list_changes", 0.3),
        _often("list_brands", "list_changes", 0.3),
    ),
}
