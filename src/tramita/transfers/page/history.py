"""What happened to an application, in its reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tramita.kit.languages.words import Words, to_translate
from tramita.transfers.lifecycle import ApplicationState, PaymentState
from tramita.transfers.naming.fields import GROUPS
from tramita.transfers.page.documents import title_of
from tramita.transfers.page.people import Names, call
from tramita.transfers.page.words import PAYMENT_MARKS, STAMPS
from tramita.transfers.webapp.history import Happened, Kind
from tramita.transfers.who import Who

S, P = ApplicationState, PaymentState

_MOVES: Final[Mapping[str, str]] = {
    **{state.value: word for state, word in PAYMENT_MARKS.items()},
    P.NONE: to_translate("The payment was not sent after all"),
    S.DRAFT: to_translate("Returned to be corrected"),
    S.SUBMITTED: to_translate("Sent to be checked"),
    S.NEW_IN_HOUSE: to_translate("Checked; the conditions are being worked out"),
    **{
        state.value: STAMPS[state][0] for state in (S.IN_WORK, S.COMPLETED, S.CANCELLED, S.REJECTED)
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened; without ``who`` its reader is not told who did it."""

    at: str
    what: str
    who: str
    why: str


def show_history(found: Sequence[Happened], reader: Who, names: Names, words: Words) -> list[Line]:
    """Each in a line, in the order in which they are."""
    return [
        Line(
            words.moment(one.at, "short"),
            _what(one, names, words),
            call(one.actor, reader, names, words),
            words.translated(one.why or ""),
        )
        for one in found
    ]


def _what(one: Happened, names: Names, words: Words) -> str:
    match one.kind:
        case Kind.BEGUN:
            return words.gettext("The application was begun")
        case Kind.FORM:
            parts = ", ".join(
                words.gettext(GROUPS[group]) for group in GROUPS if group in one.groups
            )
            return words.gettext("Filled in: %(parts)s", parts=parts)
        case Kind.OFFER:
            return words.gettext(STAMPS[S.OFFER_ACCEPTED][0])
        case Kind.DOCUMENT:
            return words.gettext("Document: %(title)s", title=title_of(one.what, one.number, words))
        case Kind.AGENT:
            name = names.by_id.get(one.what) or words.gettext("another agent")
            return words.gettext("Handed over to: %(name)s", name=name)
        case Kind.MOVE:
            return words.gettext(_MOVES[one.what])
