"""The crash grid: seven operations, eight points at which their process dies, and what then.

``docs/reference/numbering-crashes.md`` is printed from this table:
``python -m tests.numbering.crash_cells``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tests.numbering.crash_gates import Gate

WISH, CLAIM = "numbering.pre_reserve", "numbering.reserve_number"
RELEASE = "numbering.release_number"


class Operation(Enum):
    """What is being done."""

    CREATE = "create a preview"
    REPLACE = "create a preview in place of another"
    RESERVE = "reserve from a preview"
    RANDOM = "reserve at random"
    RELEASE = "release task"
    SWEEP = "sweep"
    RECONCILE = "reconciler"


class Point(Enum):
    """When its process dies. T1 is the transaction before the call to Sigan, T2 that after it."""

    BEFORE_T1 = "before T1"
    AFTER_T1 = "after T1"
    SENT = "after the request was sent"
    EFFECT = "after Sigan's effect"
    RESPONSE = "after the response"
    INSIDE_T2 = "inside T2, before its commit"
    AFTER_T2 = "after T2"
    ANSWER = "before the HTTP answer"


@dataclass(frozen=True)
class Fault:
    """Where Sigan holds its client: the kind of fault, and of which call."""

    kind: str
    operation: str


class End(Enum):
    """What the next process makes of it: a sentence, and how our numbers stand then.

    ``waits``: it is still being asked about then, and ends when the hold is over.
    ``gives_back``: a hold.
    """

    NOTHING = ("nothing was begun", ())
    UNSEEN_WISH = ("Sigan has not seen it; it ends when nothing can be held any more", ())
    LATE_WISH = (
        "Sigan has not seen it; it arrives late, is found when Sigan is asked again, and the "
        "hold is given back",
        (),
    )
    FOUND_WISH = ("Sigan is asked; the hold is given back", ())
    PREVIEW = ("the preview is there", ())
    UNUSED_HOLD = ("the hold of one number is on record and lapses by itself", ())
    UNSEEN_CLAIM = (
        "Sigan has not seen it; the claim is withdrawn when the hold is over",
        ("RESERVING",),
    )
    LATE_CLAIM = (
        "Sigan has not seen it; it arrives late, is found when Sigan is asked again, and the "
        "claim is confirmed",
        ("RESERVED",),
    )
    FOUND_CLAIM = ("Sigan is asked; the claim is confirmed", ("RESERVED",))
    RESERVED = ("the number is reserved", ("RESERVED",))
    CONFIRMED = ("the claim is confirmed already", ("RESERVED",))
    RELEASED = ("the task is carried out", ("RETURNED",))
    AGAIN = ("the task is carried out again; Sigan releases the number once", ("RETURNED",))
    RETURNED = ("the number is given back", ("RETURNED",))
    SWEPT = (
        "another sweep gives the number back, once the queue has given up the one that died",
        ("RETURNED",),
    )

    @property
    def sentence(self) -> str:
        """How the table says it."""
        sentence: str = self.value[0]
        return sentence

    @property
    def numbers(self) -> tuple[str, ...]:
        """How the numbers of the area code stand."""
        numbers: tuple[str, ...] = self.value[1]
        return numbers

    @property
    def waits(self) -> bool:
        """Whether it goes on being asked about until the hold is over."""
        return self in (End.UNSEEN_WISH, End.UNSEEN_CLAIM)

    @property
    def is_asked(self) -> bool:
        """Whether Sigan was asked what it did."""
        return self.waits or self in (
            *(End.LATE_WISH, End.FOUND_WISH),
            *(End.LATE_CLAIM, End.FOUND_CLAIM, End.CONFIRMED),
        )

    @property
    def previews(self) -> int:
        """How many previews the dead process has made."""
        return int(self is End.PREVIEW)

    @property
    def gives_back(self) -> bool:
        """Whether Sigan gets a hold back before it lapses."""
        return self in (End.LATE_WISH, End.FOUND_WISH)


class Again(Enum):
    """What a caller hears who asks for the same again when it is over: status and code."""

    PREVIEW = ("201, another preview", 201, None)
    REPLAYED_PREVIEW = ("201, the same preview", 201, None)
    RESERVED = ("200, reserved", 200, None)
    ANOTHER = ("201, another number", 201, None)
    REPLAYED_RANDOM = ("201, the same number", 201, None)
    REPLAYED_NUMBER = ("200, the same number", 200, None)
    IN_PROGRESS = (
        "409 `idempotency_in_progress` while it lasts; then 410",
        409,
        "idempotency_in_progress",
    )
    UNDECIDED = (
        "409 `idempotency_in_progress` while it lasts; then 201, a new one",
        409,
        "idempotency_in_progress",
    )
    RELEASED = ("204", 204, None)
    NOBODY = ("nobody asks", 0, None)

    @property
    def sentence(self) -> str:
        """How the table says it."""
        sentence: str = self.value[0]
        return sentence

    @property
    def told(self) -> tuple[int, str | None]:
        """Status and code."""
        _, status, code = self.value
        return status, code

    @property
    def is_replayed(self) -> bool:
        """Whether the first answer is given again."""
        return self in (Again.REPLAYED_PREVIEW, Again.REPLAYED_NUMBER, Again.REPLAYED_RANDOM)


@dataclass(frozen=True)
class Cell:
    """One cell that exists: where the process is caught, and what comes of it."""

    operation: Operation
    point: Point
    caught: Gate | Fault
    end: End
    again: Again
    in_suite: bool = False

    def __str__(self) -> str:
        return f"{self.operation.value}, {self.point.value}"


@dataclass(frozen=True)
class NoCell:
    """One that cannot exist, and why."""

    operation: Operation
    point: Point
    why: str


def _calls(kind: str, operation: str) -> dict[Point, Gate | Fault]:
    """Where those are caught who commit, call Sigan, and commit what it said."""
    return {
        Point.AFTER_T1: Gate("sent", kind),
        Point.SENT: Fault("timeout_before", operation),
        Point.EFFECT: Fault("answer_held", operation),
        Point.RESPONSE: Gate("heard", kind),
        Point.AFTER_T2: Gate("settled", kind),
    }


_PREVIEWS = _calls(WISH, "pre_reserve") | {
    Point.BEFORE_T1: Gate("wish"),
    Point.INSIDE_T2: Gate("offered"),
    Point.ANSWER: Gate("kept"),
}
_PREVIEW_ENDS: Final = {
    Point.BEFORE_T1: (End.NOTHING, Again.PREVIEW),
    Point.AFTER_T1: (End.UNSEEN_WISH, Again.UNDECIDED),
    Point.SENT: (End.LATE_WISH, Again.PREVIEW),
    Point.EFFECT: (End.FOUND_WISH, Again.PREVIEW),
    Point.RESPONSE: (End.FOUND_WISH, Again.PREVIEW),
    Point.INSIDE_T2: (End.FOUND_WISH, Again.PREVIEW),
    Point.AFTER_T2: (End.PREVIEW, Again.REPLAYED_PREVIEW),
    Point.ANSWER: (End.PREVIEW, Again.REPLAYED_PREVIEW),
}
_CLAIMS = _calls(CLAIM, "reserve") | {Point.BEFORE_T1: Gate("claim"), Point.ANSWER: Gate("kept")}
_CAUGHT: Final[Mapping[Operation, Mapping[Point, Gate | Fault]]] = {
    Operation.CREATE: _PREVIEWS,
    Operation.REPLACE: _PREVIEWS,
    Operation.RESERVE: _CLAIMS | {Point.INSIDE_T2: Gate("bound")},
    Operation.RANDOM: _CLAIMS | {Point.INSIDE_T2: Gate("confirmed")},
    Operation.RELEASE: _calls(RELEASE, "release_reservation")
    | {
        Point.BEFORE_T1: Gate("take", RELEASE),
        Point.INSIDE_T2: Gate("taken back"),
        # The caller's own transaction, which wrote the task.
        Point.ANSWER: Gate("given back", RELEASE),
    },
    Operation.SWEEP: {
        Point.BEFORE_T1: Gate("return"),
        Point.INSIDE_T2: Gate("prepared", RELEASE),
        Point.AFTER_T2: Gate("given back", RELEASE),
    },
    Operation.RECONCILE: {
        Point.BEFORE_T1: Gate("ask", CLAIM),
        Point.AFTER_T1: Gate("asked", CLAIM),
        Point.SENT: Fault("timeout_before", "find_request"),
        Point.RESPONSE: Gate("learnt", CLAIM),
        Point.INSIDE_T2: Gate("bound"),
        Point.AFTER_T2: Gate("settled", CLAIM),
    },
}
_ENDS: Final[Mapping[Operation, Mapping[Point, tuple[End, Again]]]] = {
    Operation.CREATE: _PREVIEW_ENDS,
    Operation.REPLACE: _PREVIEW_ENDS,
    Operation.RESERVE: {
        Point.BEFORE_T1: (End.NOTHING, Again.RESERVED),
        Point.AFTER_T1: (End.UNSEEN_CLAIM, Again.IN_PROGRESS),
        Point.SENT: (End.LATE_CLAIM, Again.REPLAYED_NUMBER),
        Point.EFFECT: (End.FOUND_CLAIM, Again.REPLAYED_NUMBER),
        Point.RESPONSE: (End.FOUND_CLAIM, Again.REPLAYED_NUMBER),
        Point.INSIDE_T2: (End.FOUND_CLAIM, Again.REPLAYED_NUMBER),
        Point.AFTER_T2: (End.RESERVED, Again.REPLAYED_NUMBER),
        Point.ANSWER: (End.RESERVED, Again.REPLAYED_NUMBER),
    },
    Operation.RANDOM: {
        Point.BEFORE_T1: (End.UNUSED_HOLD, Again.ANOTHER),
        Point.AFTER_T1: (End.UNSEEN_CLAIM, Again.UNDECIDED),
        Point.SENT: (End.LATE_CLAIM, Again.REPLAYED_RANDOM),
        Point.EFFECT: (End.FOUND_CLAIM, Again.REPLAYED_RANDOM),
        Point.RESPONSE: (End.FOUND_CLAIM, Again.REPLAYED_RANDOM),
        Point.INSIDE_T2: (End.FOUND_CLAIM, Again.REPLAYED_RANDOM),
        Point.AFTER_T2: (End.RESERVED, Again.REPLAYED_RANDOM),
        Point.ANSWER: (End.RESERVED, Again.REPLAYED_RANDOM),
    },
    Operation.RELEASE: {
        Point.BEFORE_T1: (End.RELEASED, Again.RELEASED),
        Point.AFTER_T1: (End.RELEASED, Again.RELEASED),
        Point.SENT: (End.AGAIN, Again.RELEASED),
        Point.EFFECT: (End.AGAIN, Again.RELEASED),
        Point.RESPONSE: (End.AGAIN, Again.RELEASED),
        Point.INSIDE_T2: (End.AGAIN, Again.RELEASED),
        Point.AFTER_T2: (End.RETURNED, Again.RELEASED),
        Point.ANSWER: (End.RELEASED, Again.RELEASED),
    },
    Operation.SWEEP: {
        Point.BEFORE_T1: (End.SWEPT, Again.NOBODY),
        Point.INSIDE_T2: (End.SWEPT, Again.NOBODY),
        Point.AFTER_T2: (End.RELEASED, Again.NOBODY),
    },
    Operation.RECONCILE: dict.fromkeys(
        (Point.BEFORE_T1, Point.AFTER_T1, Point.SENT, Point.RESPONSE, Point.INSIDE_T2),
        (End.FOUND_CLAIM, Again.REPLAYED_NUMBER),
    )
    | {Point.AFTER_T2: (End.CONFIRMED, Again.REPLAYED_NUMBER)},
}

_NO_CALL: Final = (
    "A sweep has one transaction and calls nobody: what it writes are release tasks, whose row "
    "is above. Its T1 is its T2."
)
NO_CELLS: Final = [
    *(
        NoCell(Operation.SWEEP, point, _NO_CALL)
        for point in (Point.AFTER_T1, Point.SENT, Point.EFFECT, Point.RESPONSE)
    ),
    NoCell(Operation.SWEEP, Point.ANSWER, "A sweep is begun by the clock; nobody waits for it."),
    NoCell(Operation.RECONCILE, Point.EFFECT, "A question has no effect at Sigan."),
    NoCell(
        Operation.RECONCILE,
        Point.ANSWER,
        "Nobody waits for it: the caller heard 504 before, or lost its process.",
    ),
]

# Each operation once, each point, and the worst one (R13) for two operations.
_IN_SUITE: Final = {
    (Operation.CREATE, Point.BEFORE_T1),
    (Operation.CREATE, Point.INSIDE_T2),
    (Operation.REPLACE, Point.EFFECT),
    (Operation.RESERVE, Point.EFFECT),
    (Operation.RESERVE, Point.ANSWER),
    (Operation.RANDOM, Point.RESPONSE),
    (Operation.RELEASE, Point.SENT),
    (Operation.SWEEP, Point.AFTER_T2),
    (Operation.RECONCILE, Point.AFTER_T1),
}

CELLS: Final = [
    Cell(operation, point, caught, *_ENDS[operation][point], (operation, point) in _IN_SUITE)
    for operation, row in _CAUGHT.items()
    for point, caught in sorted(row.items(), key=lambda one: list(Point).index(one[0]))
]

# How a process is caught at each place.
_PLACES: Final = {
    "wish": "T1's first statement waits",
    "claim": "T1's first statement that writes waits",
    "take": "the statement that takes the task waits",
    "ask": "the statement that takes the question waits",
    "return": "the first statement that writes waits",
    "sent": "T1's commit is under way",
    "asked": "T1's commit is under way",
    "heard": "Sigan has answered; T2's first statement waits",
    "learnt": "Sigan has answered; T2's first statement waits",
    "offered": "the preview's numbers are written, not committed",
    "bound": "preview and number are written, not committed",
    "confirmed": "the number is `RESERVED`, not committed, its row half written",
    "taken back": "the release is noted, not committed",
    "prepared": "number and release task are written, not committed",
    "settled": "T2's commit is under way",
    "given back": "the commit of number and release task is under way",
    "kept": "the answer is being kept for its key; the commit is under way",
    "timeout_before": "Sigan's side of the network has the request, and Sigan has not",
    "answer_held": "Sigan has done it and holds its answer",
}

_HEAD: Final = """\
# When a process of numbering dies

<!-- Printed by `python -m tests.numbering.crash_cells`; a test compares. -->

`kill -9` of a process that serves HTTP and works, at each point of each operation; then another
process is started on the same database, and finds what the first one left. T1 is the
transaction before the call to Sigan, T2 the one that records what Sigan said.

Statements wait at locks in the database of the test, calls at the simulated Sigan. Where a
commit is under way, it succeeds, and its process is dead before it hears so. In every cell:

- whoever asks again at once under the same idempotency key hears 409
  `idempotency_in_progress`, for half a minute at most, unless the answer was kept; then the last
  column;
- in the end nothing breaks an invariant, Sigan's ledger and our table have the same numbers
  reserved, each once, and when the time of whatever was reserved is over, Sigan has it back.

Cells marked ✓ are run with every other test (`tests/numbering/test_crashes.py`), all of them by
`make soak`.

| operation | dies | caught where | what the next process makes of it | asked for again | |
|---|---|---|---|---|---|
"""


def render() -> str:
    """The page."""
    lines = {(one.operation, one.point): _line(one) for one in CELLS} | {
        (one.operation, one.point): (
            f"| {one.operation.value} | {one.point.value} | cannot be | {one.why} | | |"
        )
        for one in NO_CELLS
    }
    ordered = [lines[operation, point] for operation in Operation for point in Point]
    return _HEAD + "\n".join(ordered) + "\n"


def _line(one: Cell) -> str:
    place = one.caught.place if isinstance(one.caught, Gate) else one.caught.kind
    return (
        f"| {one.operation.value} | {one.point.value} | {_PLACES[place]} | {one.end.sentence} | "
        f"{one.again.sentence} | {'✓' if one.in_suite else ''} |"
    )


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 - its purpose
