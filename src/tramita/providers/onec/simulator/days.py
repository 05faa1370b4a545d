"""What goes wrong with bases of 1C, each by its name, as a day that the operator may choose.

Where people there do something wrong, such as conditions that cannot be, it is an order of theirs.
"""

from collections.abc import Mapping
from typing import Final

from tramita.simulation.faults import FaultOrder
from tramita.simulation.latency import Uniform
from tramita.simulation.simulator import Scenario, operator_act

_CREATE: Final = "create_application"
_SLOW: Final = Uniform(5000, 120_000)


def _set(**conditions: object) -> dict[str, object]:
    return operator_act("set", **conditions)


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "1C-01": Scenario("Slow: 5 to 120 seconds", latency=_SLOW),
    "1C-02": Scenario(
        "Creates, and does not answer in time",
        faults=[FaultOrder(kind="answer_held", operation=_CREATE, arguments={"seconds": 120.0})],
    ),
    "1C-03": Scenario(
        "Neither creates nor answers",
        faults=[FaultOrder(kind="timeout_before", operation=_CREATE)],
    ),
    "1C-04": Scenario("The password was changed", acts=[_set(access="password_changed")]),
    "1C-04-role": Scenario("The user lacks a role", acts=[_set(access="role_missing")]),
    "1C-05": Scenario(
        "Errors in HTML, with 200 and 500",
        faults=[
            FaultOrder(kind="html_with_200", count=1),
            FaultOrder(kind="internal_page", count=1),
            FaultOrder(kind="internal", count=1),
        ],
    ),
    "1C-06": Scenario("One licence for everybody", acts=[_set(licences=1)]),
    "1C-07": Scenario("Closed for an hour", acts=[operator_act("close_for", minutes=60)]),
    "1C-08": Scenario(
        "Somebody has the document open", faults=[FaultOrder(kind="locked", count=3)]
    ),
    "1C-09": Scenario(
        "Posting is refused", acts=[_set(posting="Не заполнено соглашение с контрагентом")]
    ),
    "1C-10": Scenario(
        "Windows-1251, Russian dates, blanks in numbers",
        acts=[_set(writes="wrong_charset", dates="russian", numbers="blanks")],
    ),
    "1C-11": Scenario("Knows no repetition", acts=[_set(is_idempotent=False)]),
    "1C-12": Scenario(
        "Messages come twice, late, and some never",
        faults=[
            FaultOrder(kind="webhook_duplicate", operation="webhook", count=1),
            FaultOrder(kind="webhook_reordered", operation="webhook", count=1),
        ],
        acts=[operator_act("miss_numbers", count=2)],
    ),
    "1C-13": Scenario("Conditions that cannot be: by orders of the operator"),
    "1C-14": Scenario("Documents that are none: by orders of the operator"),
    "1C-15": Scenario("Restored from an old copy", acts=[operator_act("restore_copy")]),
    "1C-16": Scenario("Another prefix of numbers", acts=[_set(prefix="НФ01-")]),
    "1C-17": Scenario(
        "Refuses connections",
        faults=[FaultOrder(kind="connect_refused", arguments={"seconds": 2.0})],
    ),
    "1C-18": Scenario("Sessions are lost", acts=[operator_act("lose_sessions")]),
    "1C-19": Scenario("The clock is three hours ahead", acts=[_set(ahead_hours=3)]),
    "1C-20": Scenario("Cannot be called", acts=[_set(is_reachable=False)]),
}
