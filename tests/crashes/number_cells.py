"""Numbers: seven operations, eight points at which their process dies, and what then."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tests.crashes.gates import Gate, Places
from tests.crashes.grid import Caught, Cell, Fault, Point, calls

WISH, CLAIM = "numbering.pre_reserve", "numbering.reserve_number"
RELEASE = "numbering.release_number"
SIGAN = "sigan"
# Gates that are numbering's own.
PLACES: Final[Places] = {
    "wish": ("BEFORE INSERT ON pre_reservation", ""),
    "claim": ("BEFORE INSERT ON phone_number", ""),
    "return": (
        "BEFORE UPDATE ON phone_number",
        "WHEN (OLD.status = 'RESERVED' AND NEW.status = 'RETURNED')",
    ),
}


class Operation(Enum):
    """What is being done."""

    CREATE = "create a preview"
    REPLACE = "create a preview in place of another"
    RESERVE = "reserve from a preview"
    RANDOM = "reserve at random"
    RELEASE = "release task"
    SWEEP = "sweep"
    RECONCILE = "reconciler"

    @property
    def title(self) -> str:
        """How the table calls it."""
        return self.value


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
class NumberCell(Cell[Operation, End]):
    """With what its caller hears who asks again."""

    again: Again = Again.NOBODY


@dataclass(frozen=True)
class NoCell:
    """One that cannot exist, and why."""

    operation: Operation
    point: Point
    why: str


_PREVIEWS = calls(WISH, SIGAN, "pre_reserve") | {
    Point.BEFORE_T1: Gate("wish"),
    Point.ANSWER: Gate("answered"),
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
_CLAIMS = calls(CLAIM, SIGAN, "reserve") | {
    Point.BEFORE_T1: Gate("claim"),
    Point.ANSWER: Gate("answered"),
}
_CAUGHT: Final[Mapping[Operation, Mapping[Point, Caught]]] = {
    Operation.CREATE: _PREVIEWS,
    Operation.REPLACE: _PREVIEWS,
    Operation.RESERVE: _CLAIMS,
    Operation.RANDOM: _CLAIMS,
    # Its caller's own transaction wrote the task.
    Operation.RELEASE: calls(RELEASE, SIGAN, "release_reservation")
    | {Point.ANSWER: Gate("prepared", RELEASE)},
    Operation.SWEEP: {
        Point.BEFORE_T1: Gate("return"),
        Point.INSIDE_T2: Gate("preparing", RELEASE),
        Point.AFTER_T2: Gate("prepared", RELEASE),
    },
    Operation.RECONCILE: {
        Point.BEFORE_T1: Gate("ask", CLAIM),
        Point.AFTER_T1: Gate("asked", CLAIM),
        Point.SENT: Fault(SIGAN, "effect_delayed", "find_request"),
        Point.RESPONSE: Gate("learnt", CLAIM),
        Point.INSIDE_T2: Gate("settling", CLAIM),
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
    NumberCell(operation, point, caught, end, (operation, point) in _IN_SUITE, again)
    for operation, row in _CAUGHT.items()
    for point, caught in sorted(row.items(), key=lambda one: list(Point).index(one[0]))
    for end, again in [_ENDS[operation][point]]
]


def table() -> str:
    """Every cell in a line, and why the others cannot be."""
    lines = {
        (one.operation, one.point): (
            f"| {one.operation.title} | {one.point.value} | {one.end.sentence} | "
            f"{one.again.sentence} | {'✓' * one.in_suite} |"
        )
        for one in CELLS
    } | {
        (one.operation, one.point): (
            f"| {one.operation.title} | {one.point.value} | cannot be: {one.why} | | |"
        )
        for one in NO_CELLS
    }
    head = "| operation | dies | what the next process makes of it | asked for again | |"
    ordered = [lines[operation, point] for operation in Operation for point in Point]
    return "\n".join([head, "|---|---|---|---|---|", *ordered]) + "\n"
