"""Days at this simulated Telegram."""

from typing import Final

from tramita.providers.telegram.simulator.conditions import Conditions
from tramita.simulation.faults import FaultOrder
from tramita.simulation.front.days import Days, often
from tramita.simulation.latency import HeavyTail

_DAYS: Final = Days(Conditions().shown())


def _of_webhooks(kind: str, probability: float, **arguments: float) -> FaultOrder:
    return FaultOrder(
        kind=kind,
        operation="webhook",
        probability=probability,
        count=None,
        arguments={**arguments},
    )


SCENARIOS: Final = {
    "usual": _DAYS.day("As usual"),
    "limits": _DAYS.day("Strict limits", has_limits=True),
    "floods": _DAYS.day("Floods", often("429", 0.2, retry_after=3.0), has_limits=True),
    "restarts": _DAYS.day("Restarts", often("restart", 0.15), often("bad_gateway", 0.1)),
    "lost_answers": _DAYS.day(
        "Answers get lost",
        often("reset_after_effect", 0.15),
        often("reset_before_effect", 0.15),
        latency=HeavyTail(p50=80, p95=400, p99=2500),
    ),
    "disorder": _DAYS.day(
        "Updates come twice, late and in any order",
        _of_webhooks("webhook_duplicate", 0.2),
        _of_webhooks("webhook_reordered", 0.2, seconds=5.0),
        _of_webhooks("webhook_delayed", 0.1, seconds=10.0),
    ),
}
