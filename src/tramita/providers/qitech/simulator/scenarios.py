"""Days at QI Tech. No public figure of its latency was found; these are assumed."""

from tramita.simulation.faults import FaultOrder
from tramita.simulation.latency import HeavyTail
from tramita.simulation.simulator import Scenario

NORMAL = HeavyTail(p50=600, p95=2500, p99=8000)
BUSY = HeavyTail(p50=3000, p95=15000, p99=29000)


def _now_and_then(*kinds: str, probability: float) -> tuple[FaultOrder, ...]:
    return tuple(
        FaultOrder(kind=kind, operation="create_proposal", probability=probability, count=None)
        for kind in kinds
    )


SCENARIOS = {
    "normal": Scenario("Normal day", NORMAL),
    "busy": Scenario("Busy day", BUSY),
    "outage": Scenario("Outage", faults=(FaultOrder(kind="http_503", count=None),)),
    "refusals": Scenario(
        "Refuses 5 % each way",
        faults=_now_and_then(
            "400_schema",
            "400_business",
            "412",
            "422",
            "mismatch_cpf",
            "higher_rate",
            probability=0.05,
        ),
    ),
    "lost_answers": Scenario(
        "Loses answers",
        faults=_now_and_then("lost_after", "half_body", "http_500", probability=0.05),
    ),
}
