"""How the console calls states, actions and spans of time."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.lifecycle import OperationState as S
from tramita.kit.operations.lifecycle import OperationTrigger as T


class View(StrEnum):
    """What the list shows: operations that need the same of whoever looks at them."""

    NEEDS_ATTENTION = "needs_attention"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    PENDING = "pending"
    REFUSED = "refused"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class ViewWords:
    """A view's states and words; finished ones are not counted and shown newest first."""

    title: str
    states: AbstractSet[S]
    when_empty: str
    is_finished: bool = False


VIEWS: Mapping[View, ViewWords] = {
    View.NEEDS_ATTENTION: ViewWords(
        "Needs attention", {S.NEEDS_ATTENTION}, "Nothing needs a person."
    ),
    View.UNKNOWN: ViewWords("Unknown", {S.UNKNOWN}, "No answer is missing."),
    View.WAITING: ViewWords(
        "Waiting", {S.PREPARED, S.NOT_SENT, S.SENT}, "Nothing waits to be sent or answered."
    ),
    View.PENDING: ViewWords("Pending", {S.PENDING}, "No provider is still working on anything."),
    View.REFUSED: ViewWords("Refused", {S.REFUSED}, "Nothing has been refused or given up.", True),
    View.SUCCEEDED: ViewWords("Done", {S.SUCCEEDED}, "Nothing has been done yet.", True),
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """A state as a person reads it; ``look`` is a class of ``tokens.css``."""

    word: str
    look: str


STAMPS: Mapping[S, Stamp] = {
    S.PREPARED: Stamp("Waits to be sent", "idle"),
    S.SENT: Stamp("Sent", "wait"),
    S.SUCCEEDED: Stamp("Done", "done"),
    S.PENDING: Stamp("Pending", "wait"),
    S.REFUSED: Stamp("Refused", "refused"),
    S.NOT_SENT: Stamp("Will be sent again", "idle"),
    S.UNKNOWN: Stamp("Unknown", "unknown"),
    S.NEEDS_ATTENTION: Stamp("Needs attention", "unknown"),
}

OUTCOMES: Mapping[str, Stamp] = {
    "done": Stamp("Done", "done"),
    "pending": Stamp("Pending", "wait"),
    "refused": Stamp("Refused", "refused"),
    "not_sent": Stamp("Not sent", "idle"),
    "unknown": Stamp("Unknown", "unknown"),
    "park": Stamp("Needs attention", "unknown"),
    "withdraw": Stamp("Withdrawn", "idle"),
    "give_up": Stamp("Not sent", "idle"),
}


NOTHING_TO_DO: Mapping[bool, str] = {
    True: "Nothing: it goes on by itself, and asks for you when it cannot.",
    False: "Nothing: it is settled.",
}


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Whose word ended an operation without what was wanted, and what that leaves to do."""

    stamp: Stamp
    meaning: str


_BY_PROVIDER: Final = RefusalWords(
    Stamp("Refused by the provider", "refused"),
    "The provider said no, with this reason, and will say no again. Fix the cause first; then a "
    "new request can be made.",
)
_BY_PERSON: Final = RefusalWords(
    Stamp("Refused by a person", "refused"),
    "Somebody has ended it on their own word; the history says who, and why.",
)
_REFUSALS: Final[Mapping[str | None, RefusalWords]] = {
    T.WITHDRAW: RefusalWords(
        Stamp("Withdrawn by Tramita", "idle"),
        "It was not wanted any more, or it breaks one of our own rules; the reason says which. "
        "There is nothing to do at the provider.",
    ),
    T.GIVE_UP: RefusalWords(
        Stamp("Could not be sent", "idle"),
        "The provider was out of reach, and nothing was done there. Whoever asked for it was told "
        "so, and may ask again.",
    ),
    T.MARK_REFUSED: _BY_PERSON,
}


def refusal_words(trigger: str | None, actor: str | None) -> RefusalWords:
    """Which of the ends without result it is.

    What people ended before the life cycle told it apart stands there as ``refused``.
    """
    is_persons = (actor or "").startswith("user:") and trigger == T.REFUSED
    return _BY_PERSON if is_persons else _REFUSALS.get(trigger, _BY_PROVIDER)


@dataclass(frozen=True, slots=True)
class ActionWords:
    """An action's button, what it does, and what the page says once it is done.

    ``asks`` is the question that an act which cannot be taken back is asked with, once;
    without one it is done at once.
    """

    button: str
    effect: str
    done: str
    asks: str | None = None


ACTIONS: Mapping[OperationAction, ActionWords] = {
    OperationAction.ASK_AGAIN: ActionWords(
        "Ask again",
        "Asks the provider what became of it.",
        "The provider is being asked.",
    ),
    OperationAction.SEND_AGAIN: ActionWords(
        "Send again",
        "Repeats the act at the provider.",
        "It is being sent again.",
    ),
    OperationAction.MARK_REFUSED: ActionWords(
        "Mark as refused",
        "Settles it on your word, as if the provider had refused; what waits for it ends. If the "
        "provider holds it after all, it is cancelled there later. This cannot be undone.",
        "It is refused now, with your note as the reason.",
        asks="Mark this as refused?",
    ),
}


_MOVES: Mapping[str, str] = {
    "send": "Sent",
    "done": "Answered: done",
    "pending": "Accepted, not finished yet",
    "refused": "Refused",
    "not_sent": "Not sent",
    "unknown": "No clear answer",
    "park": "Left to a person",
    "ask_again": "Asked again",
    "withdraw": "Withdrawn",
    "give_up": "Given up: it could not be sent",
    "mark_refused": "Marked as refused",
}

_ACTORS: Mapping[str, str] = {
    "sweep": "Tramita’s sweep",
    "worker": "Tramita",
    "timer": "Tramita’s timer",
    "sync": "Tramita’s reading of the provider",
    "inbox": "a message of the provider",
    "link": "the client’s link",
    "cli": "the command line",
    "check": "tramita check",
    "demo": "the demo",
}


def name_of_move(trigger: str) -> str:
    """What moved an operation, as a person says it."""
    return _MOVES.get(trigger, trigger.replace("_", " ").capitalize())


def name_of_actor(actor: str) -> str:
    """``user:ana@lender.example`` as ``ana@lender.example``; a job as what Tramita was doing."""
    kind, _, name = actor.partition(":")
    if name and kind == "user":
        return name
    if name and kind == "token":
        return f"partner {name}"
    if actor in _ACTORS:
        return _ACTORS[actor]
    if "." in actor and not name:
        return f"Tramita ({name_of_kind(actor).lower()})"
    return actor


def name_of_kind(kind: str) -> str:
    """``portability.insert_proposal`` as ``Insert proposal``."""
    return kind.rpartition(".")[2].replace("_", " ").capitalize()


def name_of_span(span: timedelta) -> str:
    """A span of time as precise as anybody needs it: ``40 s``, ``3 min``, ``1 h 52 min``, ``2 days``."""
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3_600, seconds // 86_400
    if days:
        return f"{days} day{'s' * (days > 1)}"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


def to_sentence(reason: str) -> str:
    """A reason as it stands in the middle of a sentence, as one of its own."""
    return f"{reason[:1].upper()}{reason[1:]}".rstrip(".") + "."
