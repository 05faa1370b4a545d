"""How the console calls states and actions."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tramita.kit.http.showing import Stamp as Stamp  # noqa: PLC0414 - it is told from here
from tramita.kit.languages.words import Words, to_translate
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
        to_translate("Needs attention"),
        {S.NEEDS_ATTENTION},
        to_translate("Nothing needs a person."),
    ),
    View.UNKNOWN: ViewWords(
        to_translate("Unknown"), {S.UNKNOWN}, to_translate("No answer is missing.")
    ),
    View.WAITING: ViewWords(
        to_translate("Waiting"),
        {S.PREPARED, S.NOT_SENT, S.SENT},
        to_translate("Nothing waits to be sent or answered."),
    ),
    View.PENDING: ViewWords(
        to_translate("Pending"),
        {S.PENDING},
        to_translate("No provider is still working on anything."),
    ),
    View.REFUSED: ViewWords(
        to_translate("Refused"),
        {S.REFUSED},
        to_translate("Nothing has been refused or given up."),
        is_finished=True,
    ),
    View.SUCCEEDED: ViewWords(
        to_translate("Done"),
        {S.SUCCEEDED},
        to_translate("Nothing has been done yet."),
        is_finished=True,
    ),
}


# For how long at least, as a list is asked for it.
SPANS: Final[Mapping[str, tuple[timedelta, str]]] = {
    "hour": (timedelta(hours=1), to_translate("for an hour")),
    "day": (timedelta(days=1), to_translate("for a day")),
    "week": (timedelta(days=7), to_translate("for a week")),
    "month": (timedelta(days=30), to_translate("for 30 days")),
}

STAMPS: Mapping[S, Stamp] = {
    S.PREPARED: Stamp(to_translate("Waits to be sent"), "idle"),
    S.SENT: Stamp(to_translate("Sent"), "wait"),
    S.SUCCEEDED: Stamp(to_translate("Done"), "done"),
    S.PENDING: Stamp(to_translate("Pending"), "wait"),
    S.REFUSED: Stamp(to_translate("Refused"), "refused"),
    S.NOT_SENT: Stamp(to_translate("Will be sent again"), "idle"),
    S.UNKNOWN: Stamp(to_translate("Unknown"), "unknown"),
    S.NEEDS_ATTENTION: Stamp(to_translate("Needs attention"), "unknown"),
}

OUTCOMES: Mapping[str, Stamp] = {
    "done": Stamp(to_translate("Done"), "done"),
    "pending": Stamp(to_translate("Pending"), "wait"),
    "refused": Stamp(to_translate("Refused"), "refused"),
    "not_sent": Stamp(to_translate("Not sent"), "idle"),
    "unknown": Stamp(to_translate("Unknown"), "unknown"),
    "park": Stamp(to_translate("Needs attention"), "unknown"),
    "withdraw": Stamp(to_translate("Withdrawn"), "idle"),
    "give_up": Stamp(to_translate("Not sent"), "idle"),
}


NOTHING_TO_DO: Mapping[bool, str] = {
    True: to_translate("Nothing: it goes on by itself, and asks for you when it cannot."),
    False: to_translate("Nothing: it is settled."),
}


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Whose word ended an operation without what was wanted, and what that leaves to do."""

    stamp: Stamp
    meaning: str


_BY_PROVIDER: Final = RefusalWords(
    Stamp(to_translate("Refused by the provider"), "refused"),
    to_translate(
        "The provider said no, with this reason, and will say no again. Fix the cause first; then a "
        "new request can be made."
    ),
)
_BY_PERSON: Final = RefusalWords(
    Stamp(to_translate("Refused by a person"), "refused"),
    to_translate("Somebody has ended it on their own word; the history says who, and why."),
)
_REFUSALS: Final[Mapping[str | None, RefusalWords]] = {
    T.WITHDRAW: RefusalWords(
        Stamp(to_translate("Withdrawn by Tramita"), "idle"),
        to_translate(
            "It was not wanted any more, or it breaks one of our own rules; the reason says which. "
            "There is nothing to do at the provider."
        ),
    ),
    T.GIVE_UP: RefusalWords(
        Stamp(to_translate("Could not be sent"), "idle"),
        to_translate(
            "The provider was out of reach, and nothing was done there. Whoever asked for it was "
            "told so, and may ask again."
        ),
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
        to_translate("Ask again"),
        to_translate("Asks the provider what became of it."),
        to_translate("The provider is being asked."),
    ),
    OperationAction.SEND_AGAIN: ActionWords(
        to_translate("Send again"),
        to_translate("Repeats the act at the provider."),
        to_translate("It is being sent again."),
    ),
    OperationAction.MARK_REFUSED: ActionWords(
        to_translate("Mark as refused"),
        to_translate(
            "Settles it on your word, as if the provider had refused; what waits for it ends. If "
            "the provider holds it after all, it is cancelled there later. This cannot be undone."
        ),
        to_translate("It is refused now, with your note as the reason."),
        asks=to_translate("Mark this as refused?"),
    ),
}


_MOVES: Mapping[str, str] = {
    "send": to_translate("Sent"),
    "done": to_translate("Answered: done"),
    "pending": to_translate("Accepted, not finished yet"),
    "refused": to_translate("Refused"),
    "not_sent": to_translate("Not sent"),
    "unknown": to_translate("No clear answer"),
    "park": to_translate("Left to a person"),
    "ask_again": to_translate("Asked again"),
    "withdraw": to_translate("Withdrawn"),
    "give_up": to_translate("Given up: it could not be sent"),
    "mark_refused": to_translate("Marked as refused"),
}

_ACTORS: Mapping[str, str] = {
    "sweep": to_translate("Tramita’s sweep"),
    "worker": to_translate("Tramita"),
    "timer": to_translate("Tramita’s timer"),
    "sync": to_translate("Tramita’s reading of the provider"),
    "inbox": to_translate("a message of the provider"),
    "link": to_translate("the client’s link"),
    "cli": to_translate("the command line"),
    "clock": to_translate("the clock"),
    "check": to_translate("tramita check"),
    "demo": to_translate("the demo"),
    "user of the platform": to_translate("a user of the platform"),
}


def name_of_move(trigger: str) -> str:
    """What moved an operation, as a person says it; to be translated."""
    return _MOVES.get(trigger, trigger.replace("_", " ").capitalize())


def name_of_actor(actor: str, words: Words) -> str:
    """``user:ana@lender.example`` as ``ana@lender.example``; a job as what Tramita was doing."""
    kind, colon, name = actor.partition(":")
    if name and kind == "user":
        return name
    if colon and not name:
        return kind  # Whoever it was there did not say.
    if name and kind == "token":
        return words.gettext("partner %(name)s", name=name)
    if actor in _ACTORS:
        return str(words.catalog.gettext(_ACTORS[actor]))
    if "." in actor and not name:
        doing = str(words.catalog.gettext(name_of_kind(actor)))
        doing = doing[:1].lower() + doing[1:]
        return words.gettext("Tramita (%(doing)s)", doing=doing)
    return actor


def name_of_kind(kind: str) -> str:
    """``portability.insert_proposal`` as ``Insert proposal``; to be translated."""
    return kind.rpartition(".")[2].replace("_", " ").capitalize()
