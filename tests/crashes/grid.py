"""The crash grid: operations, the points at which their process dies, and what comes of it.

Each area has cells of its own. Most of what an area has done outside is an ``Act``, carried out by
a job, whose cells follow from how careful it is: see ``calls``.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, Generic, Protocol, TypeVar

from tests.crashes.gates import Gate

W = TypeVar("W")
S = TypeVar("S")


class Point(Enum):
    """When the process dies. T1 is the transaction before the call, T2 the one after it."""

    BEFORE_T1 = "before T1"
    AFTER_T1 = "after T1"
    SENT = "after the request was sent"
    EFFECT = "after its effect"
    RESPONSE = "after the response"
    INSIDE_T2 = "inside T2, before its commit"
    AFTER_T2 = "after T2"
    ANSWER = "before the HTTP answer"


@dataclass(frozen=True)
class Fault:
    """Where a provider holds its client: the kind of fault, of which provider and call."""

    vendor: str
    kind: str
    call: str


Caught = Gate | Fault


class Titled(Protocol):
    """What is being done."""

    @property
    def title(self) -> str: ...


class Told(Protocol):
    """What comes of a death."""

    @property
    def sentence(self) -> str: ...


O = TypeVar("O", bound=Titled, covariant=True)  # noqa: E741 - an operation
E = TypeVar("E", bound=Told, covariant=True)


@dataclass(frozen=True)
class Cell(Generic[O, E]):
    """Where the process is caught, and what comes of it."""

    operation: O
    point: Point
    caught: Caught
    end: E
    in_suite: bool = False

    def __str__(self) -> str:
        return f"{self.operation.title}, {self.point.value}"


class End(Enum):
    """What the next process makes of an act: in short, and a sentence."""

    CARRIED_OUT = ("carried out", "Nothing was sent. It is carried out.")
    BELIEVED = (
        "asked, then sent",
        "Nothing was sent, which nobody knows. The provider is asked, and believed when it has gone "
        "on saying so; then it is sent.",
    )
    LATE = (
        "found late",
        "The request arrives when the provider has been asked already. It is asked again, and "
        "nothing is sent.",
    )
    TWICE = (
        "sent twice, once done",
        "It is sent again. The first request arrives after that, and changes nothing.",
    )
    FOUND = ("found", "The provider is asked; what it did is recorded, and nothing is sent.")
    REPEATED = ("repeated", "It is sent again, which changes nothing there.")
    LEFT_UNSENT = (
        "left to a person, unsent",
        "Nothing was sent, which nobody knows, and nobody can be asked. It is not sent by itself: a "
        "person decides, and who has it sent again finds it sent once.",
    )
    LEFT = (
        "left to a person",
        "It has come there, or will, which nobody knows. It is not sent again by itself: a person "
        "decides, and what is sent again bears the same number.",
    )
    RECORDED = ("recorded", "It is on record.")
    TOLD_AGAIN = ("told again", "The provider heard no answer, and posts its message again.")
    READ_AGAIN = ("read again", "The message is on record, and read by another worker.")

    @property
    def short(self) -> str:
        """In a word or two."""
        return self.value[0]

    @property
    def sentence(self) -> str:
        """What happens."""
        return self.value[1]

    @property
    def requests(self) -> int:
        """How many requests reach the provider altogether, unless a person has more sent."""
        if self is End.LEFT_UNSENT:
            return 0
        return 2 if self in (End.TWICE, End.REPEATED) else 1


class Care(Enum):
    """How an act goes on when nobody knows what became of the last attempt."""

    # It may arrive late: the provider is believed when it has gone on saying that there is nothing.
    PATIENT = auto()
    # The provider is asked first.
    ASKS = auto()
    # It is simply repeated.
    REPEATS = auto()


_UNSENT: Final = {Point.BEFORE_T1: End.CARRIED_OUT, Point.AFTER_T2: End.RECORDED}
_DONE: Final = (Point.EFFECT, Point.RESPONSE, Point.INSIDE_T2)
_ENDS: Final[Mapping[Care, Mapping[Point, End]]] = {
    Care.PATIENT: _UNSENT
    | {Point.AFTER_T1: End.BELIEVED, Point.SENT: End.LATE}
    | dict.fromkeys(_DONE, End.FOUND),
    Care.ASKS: _UNSENT
    | {Point.AFTER_T1: End.CARRIED_OUT, Point.SENT: End.TWICE}
    | dict.fromkeys(_DONE, End.FOUND),
    Care.REPEATS: _UNSENT
    | {Point.AFTER_T1: End.CARRIED_OUT, Point.SENT: End.TWICE}
    | dict.fromkeys(_DONE, End.REPEATED),
}


@dataclass(frozen=True, kw_only=True)
class Act(Generic[W, S]):
    """Something that is done in a world ``W`` about a subject ``S`` of its own.

    ``prepare`` makes the subject, ``begin`` begins the act and comes back at once. ``names`` are
    the provider's own words for the subject, by which its journal and its ledger are read;
    ``is_done`` says whether it stands where it should in the end. ``call`` is the provider's
    request, ``effect`` what its ledger calls it, once or (``counts_again``) with each request.
    Whoever waits in an act that ``is_alone`` keeps all others of the world from theirs.
    """

    title: str
    kind: str
    vendor: str
    call: str
    effect: str | None
    cells: Mapping[Point, tuple[Caught, End]]
    prepare: Callable[[W], Awaitable[S]]
    begin: Callable[[W, S], Awaitable[None]]
    names: Callable[[W, S], Awaitable[set[str]]]
    is_done: Callable[[W, S], Awaitable[bool]]
    counts_again: bool = False
    is_alone: bool = False
    in_suite: frozenset[Point] = frozenset()


def calls(kind: str, vendor: str, call: str) -> dict[Point, Caught]:
    """Where those are caught who commit, call a provider, and commit what it said."""
    return {
        Point.BEFORE_T1: Gate("take", kind),
        Point.AFTER_T1: Gate("sent", kind),
        Point.SENT: Fault(vendor, "effect_delayed", call),
        Point.EFFECT: Fault(vendor, "answer_held", call),
        Point.RESPONSE: Gate("heard", kind),
        Point.INSIDE_T2: Gate("settling", kind),
        Point.AFTER_T2: Gate("settled", kind),
    }


def carried_out(kind: str, vendor: str, call: str, care: Care) -> dict[Point, tuple[Caught, End]]:
    """The cells of an act that a job carries out."""
    return {
        point: (caught, _ENDS[care][point]) for point, caught in calls(kind, vendor, call).items()
    }


# T1 keeps a provider's message, T2 does what follows from it.
MESSAGE: Final[Mapping[Point, tuple[Caught, End]]] = {
    Point.BEFORE_T1: (Gate("keeping"), End.TOLD_AGAIN),
    Point.AFTER_T1: (Gate("kept"), End.TOLD_AGAIN),
    Point.INSIDE_T2: (Gate("reading"), End.READ_AGAIN),
    Point.AFTER_T2: (Gate("read"), End.RECORDED),
}


def heard_at_once(kind: str) -> dict[Point, tuple[Caught, End]]:
    """The cells of a provider's message that one transaction, T2, hears and keeps before the answer."""
    return {
        Point.BEFORE_T1: (Gate("hearing", kind), End.TOLD_AGAIN),
        Point.INSIDE_T2: (Gate("heard of", kind), End.TOLD_AGAIN),
        Point.AFTER_T2: (Gate("known", kind), End.TOLD_AGAIN),
    }


ActCell = Cell[Act[Any, Any], End]


def cells_of(acts: Iterable[Act[Any, Any]]) -> list[ActCell]:
    """Every cell of acts."""
    return [
        Cell(act, point, *act.cells[point], in_suite=point in act.in_suite)
        for act in acts
        for point in Point
        if point in act.cells
    ]


def apart(cells: Iterable[ActCell]) -> list[list[ActCell]]:
    """Cells in rounds, in none of which two are caught in the same place: one would block it."""
    rounds: list[list[ActCell]] = []
    for cell in cells:
        for one in rounds:
            caught = [other.caught for other in one]
            is_alone = any(other.operation.is_alone for other in (cell, *one))
            if cell.caught not in caught and not is_alone:
                one.append(cell)
                break
        else:
            rounds.append([cell])
    return rounds


def matrix(acts: Sequence[Act[Any, Any]]) -> str:
    """Acts by points, each with its end in short."""
    points = [one for one in Point if any(one in act.cells for act in acts)]
    lines = ["| operation | " + " | ".join(one.value for one in points) + " |"]
    lines.append("|---" * (len(points) + 1) + "|")
    for act in acts:
        ends = [
            f"{act.cells[one][1].short}{' ✓' * (one in act.in_suite)}" if one in act.cells else "–"
            for one in points
        ]
        lines.append(f"| {act.title} | " + " | ".join(ends) + " |")
    return "\n".join(lines) + "\n"
