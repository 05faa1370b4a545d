"""Days at this simulated Sigan, by the names of the field notes (section 11.4).

Each begins with conditions as usual, so that none depends on what was set before.
"""

from collections.abc import Mapping
from typing import Final

from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.simulation.faults import FaultOrder
from tramita.simulation.front.days import Days, often
from tramita.simulation.latency import HeavyTail, Uniform
from tramita.simulation.simulator import Scenario, operator_act

_day = Days(Conditions().shown(), before=(operator_act("calm"),)).day

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "happy": _day("Happy"),
    "stock-out-ddd": _day("A day without numbers in 11", empty_ddds=["11"]),
    "slow-sigan": _day("Slow", latency=HeavyTail(p50=3000, p95=8000, p99=20000)),
    # Of 100 requests, 2 do nothing, 2 are done and look as if not, 1 is answered too late.
    "flaky-5pct": _day(
        "Flaky, 5 %",
        often("http_503", 0.02),
        often("reset_after_effect", 0.01),
        often("http_500", 0.01, after_effect=True),
        often("answer_held", 0.01, seconds=30.0),
        latency=Uniform(low=100, high=600),
    ),
    # Every fault is spent after a while.
    "brownout-then-recover": _day(
        "Brownout, then well",
        FaultOrder(kind="http_503", probability=0.6, count=15),
        FaultOrder(kind="429", probability=0.5, count=10, arguments={"retry_after": 1.0}),
        FaultOrder(kind="latency", count=15, arguments={"seconds": 4.0}),
    ),
    # The number is reserved and nobody is told, as if whoever asked had died just then.
    "crash-after-reserve": _day(
        "Reserves and says nothing",
        FaultOrder(kind="reset_after_effect", operation="reserve", count=3),
    ),
    "split-brain-stock": _day("Offers what is reserved", offers_again="reserved"),
    # A release is slow to be done, and what is given back is offered first.
    "stale-release": _day(
        "Releases late, offers at once",
        FaultOrder(
            kind="effect_delayed",
            operation="release_reservation",
            count=None,
            arguments={"seconds": 5.0},
        ),
        offers="last_released_first",
    ),
    "previous-race": _day(
        "Quarrels about previous holds",
        FaultOrder(kind="previous_breaks_hold", operation="pre_reserve", probability=0.2, count=5),
        FaultOrder(kind="previous_consumed", operation="pre_reserve", probability=0.1, count=5),
        latency=Uniform(low=300, high=1500),
        refuses_ended_previous=True,
    ),
    "port-return": _day("Numbers come back from another operator", offers_again="active"),
}
