"""Days at QI Tech, and its part of the twelve reference scenarios.

No public figure of its latency was found; these are assumed. ``tests/journeys`` plays the
scenarios; a person plays them from the page, doing what is the lender's or the client's.
"""

from collections.abc import Mapping

from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.simulation.faults import FaultOrder
from tramita.simulation.front.days import Days, often
from tramita.simulation.kinds import WEBHOOK
from tramita.simulation.latency import Fixed, HeavyTail, Uniform
from tramita.simulation.simulator import Scenario

NORMAL = HeavyTail(p50=600, p95=2500, p99=8000)
BUSY = HeavyTail(p50=3000, p95=15000, p99=29000)


def _now_and_then(*kinds: str) -> tuple[FaultOrder, ...]:
    return tuple(often(kind, 0.05, "create_proposal") for kind in kinds)


# How webhooks are signed and spelled stays as it was set.
_OF_LIFE = (
    *("duplicates", "query_by_contract_number", "life", "submission", "consent"),
    *("rejected_share", "retained_share", "lapsed_share", "registration_error_share"),
)


def _on(operation: str, kind: str, *, count: int | None = 1, nth: int = 1) -> FaultOrder:
    return FaultOrder(kind=kind, operation=operation, count=count, nth=nth)


# A scenario that does not depend on what was set before.
_case = Days({name: Conditions().shown()[name] for name in _OF_LIFE}).day

CASES: Mapping[str, Scenario] = {
    "s01_all_good": _case("1 All good", latency=Uniform(low=300, high=2500)),
    "s02_same_millisecond": _case("2 All answers at once", latency=Fixed(milliseconds=500)),
    "s03_lost_after": _case(
        "3 The second answer is lost", _on("create_proposal", "lost_after", nth=2)
    ),
    "s04_answers_held": _case(
        "4 Answers held: kill the worker", _on("create_proposal", "answer_held", count=None)
    ),
    "s05_browser_comes_late": _case(
        "5 Time to come before, during, after", latency=Uniform(low=1000, high=5000)
    ),
    "s06_double_click": _case("6 Time for a double click", latency=Fixed(milliseconds=1500)),
    "s07_cancel_fails": _case(
        "7 Rate too high, cancelling fails 3 times",
        _on("create_proposal", "higher_rate"),
        FaultOrder(
            kind="cancel_fails", operation="update_proposal", match={"status": "canceled"}, count=3
        ),
    ),
    "s08_retained_on_day_five": _case(
        "8 Every client retained", life="automatic", retained_share=1.0
    ),
    "s09_webhook_before_answer": _case(
        "9 Webhooks before answers", _on(WEBHOOK, "webhook_before_answer", count=None)
    ),
    "s10_outage": _case("10 Outage, until another day", FaultOrder(kind="http_503", count=None)),
    "s11_mixed_envelope": _case(
        "11 Time to see a mixed envelope", latency=Fixed(milliseconds=1500)
    ),
    # Only people's acts move it, and nobody confirms; the consent runs out by the clock.
    "s12_consent_on_holiday_weekend": _case("12 Nobody consents", consent=True),
}

SCENARIOS = {
    "normal": Scenario("Normal day", NORMAL),
    "busy": Scenario("Busy day", BUSY),
    "outage": Scenario("Outage", faults=(FaultOrder(kind="http_503", count=None),)),
    "refusals": Scenario(
        "Refuses 5 % each way",
        faults=_now_and_then(
            "400_schema", "400_business", "412", "422", "mismatch_cpf", "higher_rate"
        ),
    ),
    "lost_answers": Scenario(
        "Loses answers",
        faults=_now_and_then("lost_after", "half_body", "http_500"),
    ),
    **CASES,
}
