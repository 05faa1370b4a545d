"""Every way in which Sigan may fail, and where preview, number and release must end.

``docs/reference/numbering-faults.md`` is printed from these tables:
``python -m tests.numbering.faults``. F1 to F25 are the modes of the field notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Seen:
    """Where a case ended: the answer, what stands here when all is over, and at Sigan.

    ``calls`` of the operation came to it, ``done`` took effect so often, and of those
    effects so many were ``undone`` by us.
    """

    answer: int
    stands: tuple[str | None, ...]
    calls: int
    done: int
    undone: int = 0


class OfAPreview(Enum):
    """``stands``: the preview, before its time is over; holds done, and undone."""

    MADE = ("201", Seen(201, ("HELD",), 1, 1))
    OTHERS = ("given back, others are asked for: 201", Seen(201, ("HELD",), 2, 2, 1))
    TWICE = ("201; the other hold lapses", Seen(201, ("HELD",), 1, 2))
    NONE = ("503, nothing is held", Seen(503, (None,), 1, 0))
    FOUND = ("504; asked for, found, given back", Seen(504, (None,), 1, 1, 1))
    NOTHING = ("504; asked for, nothing is found", Seen(504, (None,), 1, 0))


class OfAReservation(Enum):
    """``stands``: the number and its preview, whose time is over; reservations done."""

    RESERVED = ("200", Seen(200, ("RESERVED", "CONSUMED"), 1, 1))
    FOUND = ("504; asked for, found: reserved", Seen(504, ("RESERVED", "CONSUMED"), 1, 1))
    NOTHING = (
        "504; asked for, not found; sent once more when the hold has ended, refused: free",
        Seen(504, (None, "RELEASED"), 2, 0),
    )
    REFUSED = ("502; free, the preview can be chosen from", Seen(502, (None, "EXPIRED"), 1, 0))
    UNREACHED = ("503; free, the preview can be chosen from", Seen(503, (None, "EXPIRED"), 1, 0))
    GONE = ("410; free, the preview has ended", Seen(410, (None, "RELEASED"), 1, 0))


class OfARelease(Enum):
    """``stands``: the number, and whether Sigan has taken it back; releases done."""

    DONE = ("given back", Seen(204, ("RETURNED", "DONE"), 1, 1))
    AGAIN = ("sent again, given back", Seen(204, ("RETURNED", "DONE"), 2, 1))
    OFTEN = ("sent again and again, given back", Seen(204, ("RETURNED", "DONE"), 4, 1))
    PERSON = ("left to a person", Seen(204, ("RETURNED", "FAILED"), 1, 0))
    AUDIT = ("believed; the audit finds it there", Seen(204, ("RETURNED", "DONE"), 1, 0))


# What a case means for a preview, a reservation and a release; ``None``: it is not about that.
Ends = tuple[OfAPreview | None, OfAReservation | None, OfARelease | None]
P, R, G = OfAPreview, OfAReservation, OfARelease

FINE: Ends = (P.MADE, R.RESERVED, G.DONE)
LATE: Ends = (P.FOUND, R.FOUND, G.AGAIN)
# The 204 of a release has no body, and there is nothing about it that can be wrong.
ILL_SAID: Ends = (P.FOUND, R.FOUND, G.DONE)
LOST: Ends = (P.NOTHING, R.NOTHING, G.AGAIN)
UNREACHED: Ends = (P.NONE, R.UNREACHED, G.AGAIN)
OF_NO_USE: Ends = (P.OTHERS, None, None)

# Seconds that a call may take where it is Sigan that makes us wait, and what is longer.
DEADLINE, LONGER = 1.5, 2.5


@dataclass(frozen=True)
class Case:
    """One fault of a mode: ``kind`` of the simulator, ``what`` it does, where all three end.

    It strikes ``count`` times. ``alone``: it strikes everybody, so nobody else may be there.
    """

    mode: str
    kind: str
    what: str
    ends: Ends
    arguments: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    alone: bool = False

    @property
    def is_waited_out(self) -> bool:
        """Whether it is our own patience that ends the call."""
        return self.kind in _ENDLESS or self.arguments.get("seconds") == LONGER

    def __str__(self) -> str:
        return "-".join([self.mode, self.kind, *map(str, self.arguments.values())])


_ENDLESS = {"timeout_before", "trickle"}
_SOON, _LATER, _AFTER = {"seconds": 0.3}, {"seconds": LONGER}, {"after_effect": True}

CASES = [
    Case("F1", "latency", "is a little slow", FINE, _SOON),
    Case("F1", "latency", "is slower than we wait", LATE, _LATER),
    Case("F2", "connect_refused", "cuts, then refuses connections", LOST, _SOON, alone=True),
    Case("F2", "reset_before_effect", "cuts the connection, does nothing", LOST),
    Case("F2", "timeout_before", "hangs, does nothing", LOST),
    *(
        Case("F3", f"http_{code}", f"answers {code}, does nothing", LOST)
        for code in (500, 502, 503)
    ),
    *(Case("F4", f"http_{code}", f"does it, answers {code}", LATE, _AFTER) for code in (500, 503)),
    Case("F4", "reset_after_effect", "does it, cuts the connection", LATE),
    Case("F4", "half_body", "does it, cuts the body", ILL_SAID),
    Case("F5", "answer_held", "does it, answers too late", LATE, _LATER),
    Case("F6", "lost_then_done", "cuts the connection, does it later", LATE, {"seconds": 0.5}),
    Case("F6", "effect_delayed", "does it when nobody waits any more", LATE, _LATER),
    Case("F7", "429", "had too many requests", UNREACHED),
    Case("F7", "429", "the same, with Retry-After", UNREACHED, {"retry_after": 2}),
    Case("F8", "request_id_ignored", "ignores the request id", FINE),
    Case("F9", "request_replayed", "gets the request twice", FINE),
    Case(
        *("F9", "request_replayed", "gets it twice, and does it twice"),
        (P.TWICE, R.RESERVED, G.DONE),
        {"ignoring_request_id": True},
    ),
    Case("F10", "fewer_numbers", "holds two numbers", OF_NO_USE),
    Case("F10", "no_numbers", "holds no numbers", OF_NO_USE),
    Case("F10", "duplicate_numbers", "names a number twice", OF_NO_USE),
    Case("F10", "insufficient_stock", "has too few numbers", (P.NONE, None, None)),
    Case("F11", "number_taken", "has given the number to another", (None, R.REFUSED, None)),
    Case("F12", "wrong_ddd", "names a number of another area code", OF_NO_USE),
    Case("F12", "twelve_digits", "leaves the ninth digit out", OF_NO_USE),
    Case("F12", "with_plus", "writes a plus before it", (P.OTHERS, R.FOUND, None)),
    Case("F12", "letters", "writes letters into it", (P.OTHERS, R.FOUND, None)),
    Case("F12", "fixed_line", "names a fixed line", OF_NO_USE),
    Case("F13", "hold_expires_early", "ends the hold two minutes early", (P.MADE, None, None)),
    Case(
        *("F13", "hold_expires_early", "the same, and says so: the preview ends early too"),
        (P.MADE, None, None),
        {"is_told": True},
    ),
    Case("F13", "hold_expired", "says that the hold has ended", (None, R.GONE, None)),
    Case("F16", "malformed_json", "answers what is not JSON", LATE),
    Case("F16", "html_error", "answers an HTML page", LATE),
    Case("F16", "truncated", "answers half a document", ILL_SAID),
    Case("F16", "empty_body", "answers nothing", ILL_SAID),
    Case("F16", "wrong_content_type", "calls its answer plain text", ILL_SAID),
    Case("F16", "unknown_field", "adds a field", FINE),
    *(
        Case("F16", "missing_field", f"leaves `{name}` out", ends, {"path": name})
        for name, ends in {
            "externalId": (P.FOUND, R.RESERVED, None),
            "numbers": (P.FOUND, None, None),
            "expiresAt": (P.MADE, None, None),
            "reservationId": (None, R.FOUND, None),
            "msisdn": (None, R.FOUND, None),
        }.items()
    ),
    Case("F17", "business_error_in_200", "says no in a 200", (P.NONE, R.REFUSED, G.PERSON)),
    Case(
        *("F17", "business_error_in_200", "says in a 200 that the hold has ended"),
        (None, R.GONE, None),
        {"code": "HOLD_EXPIRED"},
    ),
    Case("F19", "release_not_done", "says 204, and keeps the number", (None, None, G.AUDIT)),
    Case("F20", "token_expired", "no longer knows our token", UNREACHED),
    Case("F20", "token_expired", "the same, three times", (None, None, G.OFTEN), count=3),
    Case("F21", "trickle", "drips its answer", ILL_SAID, {"seconds": 0.5}),
    Case("F21", "huge_body", "answers four megabytes", LATE, {"megabytes": 4}),
]


@dataclass(frozen=True)
class Condition:
    """What is no single answer: ``what`` Sigan does, what happens ``here``, and the tests.

    A test is a file under ``tests`` and the name of a function in it.
    """

    mode: str
    what: str
    here: str
    tests: Sequence[str]


_HERE = "numbering/test_faults_conditions.py"
_LINES = "numbering/contracts/test_vivo_faults.py"
_PREVIEWS, _RESERVATIONS = (
    f"numbering/test_races_{one}.py" for one in ("previews", "reservations")
)
_EDGES = "numbering/test_races_edges.py"

CONDITIONS = [
    Condition(
        "F7",
        "has a quota per second",
        "whoever comes beyond it is told to come again (503, Retry-After); releases wait for it",
        [f"{_HERE}::test_f7_a_quota"],
    ),
    Condition(
        "F8",
        "has forgotten the request id when a request comes again",
        "a release twice is one; a reservation is sent again only when its hold has ended, and "
        "then there is nothing to reserve",
        [
            f"{_HERE}::test_f8_a_release_that_comes_again",
            f"{_HERE}::test_f8_a_reservation_that_comes_again",
        ],
    ),
    Condition(
        "F11",
        "offers a number that is held for another, or in use here",
        "a preview gets others; at random 500",
        [
            f"{_PREVIEWS}::test_r9_is_in_one_preview",
            f"{_RESERVATIONS}::test_r12_at_random_by_many",
            f"{_RESERVATIONS}::test_r24_in_use_is_not_kept_held",
        ],
    ),
    Condition(
        "F13",
        "ends a hold early, and somebody chooses from it",
        "410, and the preview has ended",
        [f"{_HERE}::test_f13_a_hold_that_ended_early"],
    ),
    Condition(
        "F14",
        "no longer knows the previous hold, or says that it was consumed",
        "it is asked once more, without naming it",
        [
            f"{_EDGES}::test_r34_of_the_previous_hold",
            f"{_HERE}::test_f14_a_previous_hold_that_has_ended",
        ],
    ),
    Condition(
        "F15",
        "gives the previous hold up and makes no new one",
        "asked for both, it says so: neither preview is left",
        [f"{_PREVIEWS}::test_r7_and_the_call_fails"],
    ),
    Condition(
        "F18",
        "answers no questions, or only about what is older than half a minute",
        "whoever is in doubt stays so; after the hold's end the same request settles it. The "
        "audit says what it could not verify",
        [f"{_HERE}::test_f18_no_questions", f"{_HERE}::test_f18_late_answers"],
    ),
    Condition(
        "F19",
        "says that a hold is given back, and keeps it",
        "it lapses",
        [f"{_HERE}::test_f19_a_hold_that_is_not_given_back"],
    ),
    Condition(
        "F22",
        "starts again and still knows everything",
        "nothing is different",
        [f"{_HERE}::test_f22_with_its_memory"],
    ),
    Condition(
        "F22",
        "starts again and knows nothing",
        "the audit names every number that is reserved here and free there; releasing it "
        "succeeds, and previews end with 410",
        [f"{_HERE}::test_f22_without_its_memory"],
    ),
    Condition(
        "F23",
        "GSIM, not Sigan: its callbacks are lost, doubled, reordered, late or forged",
        "see mobile contracts: a line goes live once and ends once, by callback or by asking; "
        "what comes too late changes nothing, and what is forged is not taken",
        [
            f"{_LINES}::test_that_go_astray_change_nothing_in_the_end",
            f"{_LINES}::test_of_a_line_that_was_ended_before_change_nothing",
            f"{_LINES}::test_that_come_when_the_number_has_gone_change_nothing",
            f"{_LINES}::test_of_a_stranger_are_not_taken",
        ],
    ),
    Condition(
        "F23",
        "GSIM, not Sigan: loses callbacks, brings them twice, late, out of order, or forged",
        "see lines: what is lost is asked for, what comes too late or twice changes nothing, and "
        "no stranger's is taken",
        [
            "numbering/contracts/test_vivo_faults.py::test_that_go_astray_change_nothing_in_the_end",
            "numbering/contracts/test_vivo_faults.py::test_of_a_line_that_was_ended_before_change_nothing",
            "numbering/contracts/test_vivo_faults.py::test_of_a_stranger_are_not_taken",
        ],
    ),
    Condition(
        "F24",
        "GSIM, not Sigan: changes its lists between two pages, and its tags lie",
        "see devices: the list is read anew, and no tag is believed for longer than a day",
        [
            "numbering/devices/test_sync.py::test_loses_nothing_when_a_list_changes_between_pages",
            "numbering/devices/test_sync.py::test_believes_no_tag_for_longer_than_a_day",
        ],
    ),
    Condition(
        "F25",
        "has a clock that is two minutes off, or jumps",
        "previews end by our clock, and a minute before Sigan's hold by Sigan's",
        [
            f"{_HERE}::test_f25_a_clock_that_is_off",
            f"{_RESERVATIONS}::test_r19_does_not_depend_on_whose_clock_it_is",
        ],
    ),
]

_HEAD = """\
# What Sigan may do, and what becomes of previews, reservations and releases

<!-- Printed by `python -m tests.numbering.faults`; each line is a test of
`tests/numbering/test_faults.py`, or one that the second table names. -->

The modes are those of the field notes; the codes are the simulator's, which is assumed like
everything about Sigan. Each fault is played on each of the three calls. When all is over, every
invariant of numbering holds, and Sigan's ledger has reserved for us what our table has; where it
has not, a person or the audit knows of it, as the table says.

A number in doubt is nobody else's until Sigan has said what became of the request. That Sigan
never saw it is believed only when the hold has ended: until then the request may still be on its
way. The number of a release is returned at once; the column says how Sigan gets it back.

| | code | Sigan | a preview | a reservation | a release |
|---|---|---|---|---|---|
"""

_CONDITIONS_HEAD = """
What is no single answer:

| | Sigan | here | shown by, in `tests` |
|---|---|---|---|
"""


def render() -> str:
    """The page."""
    cases = [
        f"| {one.mode} | `{one.kind}` | {one.what} | "
        + " | ".join("–" if end is None else end.value[0] for end in one.ends)
        + " |"
        for one in CASES
    ]
    conditions = [
        f"| {one.mode} | {one.what} | {one.here} | "
        + "<br>".join(f"`{test}`" for test in one.tests)
        + " |"
        for one in CONDITIONS
    ]
    return _HEAD + "\n".join(cases) + "\n" + _CONDITIONS_HEAD + "\n".join(conditions) + "\n"


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
