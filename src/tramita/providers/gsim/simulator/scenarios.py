"""Days at GSIM. No figure of its latency is known; these are assumed."""

from collections.abc import Mapping

from tramita.providers.gsim.simulator.conditions import Conditions
from tramita.simulation.faults import FaultOrder
from tramita.simulation.front.days import Days, often
from tramita.simulation.kinds import WEBHOOK
from tramita.simulation.latency import HeavyTail
from tramita.simulation.simulator import Scenario

SLOW = HeavyTail(p50=2000, p95=9000, p99=25000)
BROWNOUT = 20


_day = Days(Conditions().shown()).day

SCENARIOS: Mapping[str, Scenario] = {
    "happy": _day("All is well"),
    "gsim-callback-chaos": _day(
        "Callbacks go astray",
        often("webhook_lost", 0.15, WEBHOOK),
        often("webhook_duplicate", 0.2, WEBHOOK),
        often("webhook_reordered", 0.2, WEBHOOK, seconds=5),
        often("webhook_delayed", 0.15, WEBHOOK, seconds=5),
        often("webhook_forged", 0.1, WEBHOOK),
        often("webhook_replayed", 0.1, WEBHOOK, seconds=5),
        often("webhook_unknown_key", 0.1, WEBHOOK),
        often("callback_after_cancel", 0.5, "release_sim"),
    ),
    "gsim-down": _day("Down, until another day", FaultOrder(kind="http_503", count=None)),
    "slow-gsim": _day("Slow", latency=SLOW),
    "flaky-5pct": _day(
        "Fails 5 % each way",
        *(often(kind, 0.05) for kind in ("http_503", "reset_before_effect", "reset_after_effect")),
    ),
    "brownout-then-recover": _day(
        f"Fails {BROWNOUT} times, then recovers", FaultOrder(kind="http_503", count=BROWNOUT)
    ),
    "list-churn": _day(
        "Lists change while they are read",
        often("list_changes", 0.3, "list_models"),
        often("list_changes", 0.3, "list_brands"),
    ),
}
