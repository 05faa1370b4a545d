"""Where an application stands, in one sentence, and what its reader may do about it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tramita.kit.languages.words import Words, to_translate
from tramita.transfers.lifecycle import (
    APPLICATION,
    PAYABLE,
    ApplicationState,
    ApplicationTrigger,
    PaymentState,
    PaymentTrigger,
)
from tramita.transfers.naming.documents import Stamp
from tramita.transfers.office.standing import OnecState
from tramita.transfers.page.words import (
    ACTS,
    AGENTS_PAYMENT_ACTS,
    PAYMENT_ACTS,
    PAYMENT_MARKS,
    PAYMENT_QUESTIONS,
    PAYMENT_WAY,
    QUESTIONS,
    STAMPS,
    STEPS,
)
from tramita.transfers.rules.kinds import Kind
from tramita.transfers.rules.permissions import (
    MARKS,
    action_of,
    action_of_payment,
    allowed_moves,
    allowed_payment_moves,
    must_say_why,
)
from tramita.transfers.rules.roles import Role

S, T, P, PT = ApplicationState, ApplicationTrigger, PaymentState, PaymentTrigger

# What each side is there for, at each stage.
_MAIN: Final[Mapping[bool, tuple[ApplicationTrigger, ...]]] = {
    True: (T.SUBMIT,),
    False: (T.CHECK, T.COMPLETE),
}
_FIRST: Final = (PT.SEND, PT.SEND_TEST, PT.TAKE_BACK)
# Nobody moves these but somebody at 1C, or our own staff.
PARKED: Final = frozenset(
    {OnecState.FAILED_MANUAL, OnecState.CONFLICT, OnecState.LOST_IN_1C, OnecState.UNKNOWN}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages know of an application when they say how it stands."""

    role: Role
    state: ApplicationState
    payment: PaymentState
    kind: Kind = Kind.TELEGRAM
    onec: OnecState = OnecState.NONE
    number: str | None = None
    refusal: str | None = None
    reason: str | None = None
    is_editable: bool = False
    may_take_back: bool = True
    to_pay: str | None = None

    @property
    def is_client(self) -> bool:
        """Whether it is the client who reads."""
        return self.role is Role.CLIENT


@dataclass(frozen=True, slots=True)
class Act:
    """A button: where it moves the application (or its payment), and what is asked before.

    ``asks_why``: a reason may be given, and where it ``needs_reason`` must be.
    """

    axis: str
    to: str
    label: str
    question: str | None
    needs_reason: bool
    asks_why: bool = False
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way; ``mark`` is a class of ``tokens.css``."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands. ``main`` is Telegram's own big button, ``acts`` are those on the page."""

    stamp: Stamp
    steps: tuple[Step, ...]
    sentence: str
    is_parked: bool
    main: Act | None
    acts: tuple[Act, ...]
    marks: tuple[Step, ...]


def stand(facts: Facts, words: Words) -> Standing:
    """How an application stands for its reader."""
    word, look = STAMPS[facts.state]
    is_parked = facts.state is S.NEW_IN_HOUSE and facts.onec in PARKED
    acts = [*_moves(facts, words), *_payment_moves(facts, words)]
    main = next((one for one in acts if _is_main(one, facts)), None)
    return Standing(
        stamp=(words.gettext(word), "unknown" if is_parked else look),
        steps=_steps(facts, words),
        sentence=_sentence(facts, words),
        is_parked=is_parked,
        main=main,
        acts=tuple(one for one in acts if one is not main),
        marks=_marks(facts, words),
    )


# ---- acts -------------------------------------------------------------------------------------


def _moves(facts: Facts, words: Words) -> list[Act]:
    moves = allowed_moves(facts.role, facts.state, facts.kind)
    return [
        Act(
            "application",
            target.value,
            words.gettext(ACTS[trigger]),
            _question(trigger, facts, words),
            must_say_why(facts.role, facts.state, action_of(trigger), facts.kind),
            asks_why=trigger is T.CANCEL or (target is S.DRAFT and not facts.is_client),
            is_grave=trigger is T.CANCEL,
        )
        for trigger, target in moves.items()
        if trigger in ACTS
    ]


def _question(trigger: ApplicationTrigger, facts: Facts, words: Words) -> str | None:
    """What is asked before; a client who takes back what they have sent gives it to nobody else."""
    if trigger not in QUESTIONS or (trigger is T.RETURN and facts.is_client):
        return None
    return words.gettext(QUESTIONS[trigger])


def _payment_moves(facts: Facts, words: Words) -> list[Act]:
    moves = allowed_payment_moves(facts.role, facts.state, facts.payment, facts.kind)
    said = PAYMENT_ACTS if facts.is_client else AGENTS_PAYMENT_ACTS
    return [
        Act(
            "payment",
            moves[trigger].value,
            words.gettext(said[trigger]),
            words.gettext(PAYMENT_QUESTIONS[trigger]) if trigger in PAYMENT_QUESTIONS else None,
            must_say_why(facts.role, facts.state, action_of_payment(trigger), facts.kind),
        )
        for trigger in _FIRST
        if trigger in MARKS
        and trigger in moves
        and (trigger is not PT.TAKE_BACK or facts.may_take_back)
    ]


def _is_main(act: Act, facts: Facts) -> bool:
    if act.axis == "payment":
        return facts.is_client and act.to == P.CLIENT_SENT
    wanted = (APPLICATION.table[facts.state].get(one) for one in _MAIN[facts.is_client])
    return act.to in set(wanted)


# ---- the way ----------------------------------------------------------------------------------


def _steps(facts: Facts, words: Words) -> tuple[Step, ...]:
    if facts.state in {S.CANCELLED, S.REJECTED}:
        return ()
    order = [state for _, state in STEPS]
    at = order.index(S.OFFER_ACCEPTED if facts.state is S.IN_WORK else facts.state)
    is_over = facts.state is S.COMPLETED
    return tuple(
        Step(words.gettext(label), "done" if n < at or is_over else "now" if n == at else "")
        for n, (label, _) in enumerate(STEPS)
    )


def _marks(facts: Facts, words: Words) -> tuple[Step, ...]:
    """How far the money is; before there is anything to pay, nothing."""
    if facts.state not in PAYABLE | {S.COMPLETED} and facts.payment is P.NONE:
        return ()
    way = list(PAYMENT_WAY)
    if facts.payment in {P.TEST_SENT, P.TEST_OK}:
        way = [P.TEST_SENT, P.TEST_OK, *way]
    if facts.payment in {P.RETURNED, P.PROBLEM}:
        return (Step(words.gettext(PAYMENT_MARKS[facts.payment]), "bad"),)
    at = way.index(facts.payment) if facts.payment in way else -1
    return tuple(
        Step(words.gettext(PAYMENT_MARKS[state]), "done" if n <= at else "")
        for n, state in enumerate(way)
    )


# ---- the sentence -----------------------------------------------------------------------------


def _sentence(facts: Facts, words: Words) -> str:
    said = _CLIENTS if facts.is_client else _AGENTS
    return said[facts.state](facts, words)


def _plain(text: str) -> Callable[[Facts, Words], str]:
    return lambda _, words: words.gettext(text)


def _to_correct(facts: Facts, words: Words) -> str:
    """Of a draft, what is to be done with it; of one that came back, why first."""
    todo = _FILL_IN if facts.is_client else _WHEN_RIGHT
    if not facts.reason:
        return words.gettext(todo)
    return words.gettext(
        "The application was returned to be corrected: %(reason)s %(todo)s",
        reason=_told(facts.reason, words),
        todo=words.gettext(_CORRECT if facts.is_client else _WHEN_RIGHT_AGAIN),
    )


_FILL_IN: Final = to_translate(
    "Fill in the application and send it to be checked. What you write is saved by itself."
)
_CORRECT: Final = to_translate("Correct it and send it to be checked again.")
_WHEN_RIGHT: Final = to_translate(
    "Client and agent fill in the application. When it is right, set it to “new in-house application”."
)
_WHEN_RIGHT_AGAIN: Final = to_translate("When it is right, set it to “new in-house application”.")


def _submitted(facts: Facts, words: Words) -> str:
    if facts.is_editable:
        return words.gettext(
            "Your agent is checking the application. Until that is done you can still correct it."
        )
    return words.gettext("Your agent is checking the application.")


def _of_payment(facts: Facts, words: Words) -> str:
    if facts.payment in {P.NONE, P.TEST_SENT, P.TEST_OK} and facts.to_pay and facts.is_client:
        return words.gettext(
            "The conditions are accepted. Pay %(amount)s as they say, and then tell us that you have.",
            amount=facts.to_pay,
        )
    return words.gettext(_PAYMENT[facts.payment])


_PAYMENT: Final[Mapping[PaymentState, str]] = {
    P.NONE: to_translate("The conditions are accepted. The client’s payment is waited for."),
    P.TEST_SENT: to_translate("A test payment was sent. We say when it has come."),
    P.TEST_OK: to_translate("The test payment has come. The payment itself may follow."),
    P.CLIENT_SENT: to_translate("The payment was sent. We say when it has come."),
    P.FUNDS_RECEIVED: to_translate("The payment has come. The beneficiary is being paid."),
    P.PAID_OUT: to_translate("The beneficiary was paid. The closing documents follow."),
    P.CONFIRMED: to_translate("The beneficiary has the money. The closing documents follow."),
    P.RETURNED: to_translate("The payment came back. What happens next is agreed in the chat."),
    P.PROBLEM: to_translate("There is a problem with the payment. It is talked about in the chat."),
}
_ONEC: Final[Mapping[OnecState, str]] = {
    OnecState.NONE: to_translate("The application is being brought to 1C."),
    OnecState.QUEUED: to_translate("The application is on its way to 1C."),
    OnecState.SENDING: to_translate("The application is on its way to 1C."),
    OnecState.UNKNOWN: to_translate(
        "1C did not answer, so nobody knows yet whether the application is there. It is being asked; "
        "nothing is sent twice."
    ),
    OnecState.FAILED_RETRY: to_translate(
        "1C cannot be reached. It is tried again by itself; nothing is to be done."
    ),
    OnecState.FAILED_MANUAL: to_translate(
        "1C did not take the application. Our staff looks into it; correcting it sends it anew."
    ),
    OnecState.CONFLICT: to_translate(
        "1C works with an older form of the application. Agree with the operator what counts."
    ),
    OnecState.LOST_IN_1C: to_translate(
        "The application was in 1C and is not there any more. Our staff looks into it."
    ),
}


def _at_onec(facts: Facts, words: Words) -> str:
    if facts.onec is OnecState.ACKED:
        return words.gettext(
            "The application is in 1C as %(number)s. An operator prepares the conditions.",
            number=facts.number or "–",
        )
    return words.gettext(_ONEC[facts.onec])


def _told(reason: str, words: Words) -> str:
    """A person's reason as they wrote it, one of ours (``naming.reasons``) in the reader's words."""
    return words.translated(reason).rstrip(". ") + "."


def _cancelled(facts: Facts, words: Words) -> str:
    if facts.reason:
        return words.gettext(
            "The application was cancelled: %(reason)s", reason=_told(facts.reason, words)
        )
    return words.gettext("The application was cancelled.")


def _with_money(
    said: Callable[[Facts, Words], str],
) -> Callable[[Facts, Words], str]:
    """The same, and what becomes of money that came or went after the end."""

    def sentence(facts: Facts, words: Words) -> str:
        after = _AFTER_END.get(facts.payment)
        told = said(facts, words)
        return f"{told} {words.gettext(after)}" if after else told

    return sentence


_AFTER_END: Final[Mapping[PaymentState, str]] = {
    P.FUNDS_RECEIVED: to_translate("Money has come for it all the same, and is to be sent back."),
    P.PAID_OUT: to_translate("Money has gone to the beneficiary; that is settled in the chat."),
    P.RETURNED: to_translate("The money was sent back."),
}


def _rejected(facts: Facts, words: Words) -> str:
    if facts.reason:
        return words.gettext(
            "The application was not accepted: %(reason)s You can begin a new one.",
            reason=_told(facts.reason, words),
        )
    return words.gettext("The application was not accepted. You can begin a new one.")


_ENDS: Final[Mapping[ApplicationState, Callable[[Facts, Words], str]]] = {
    S.OFFER_ACCEPTED: _of_payment,
    S.IN_WORK: _of_payment,
    S.COMPLETED: _plain(to_translate("The payment is completed.")),
    S.CANCELLED: _with_money(_cancelled),
    S.REJECTED: _with_money(_rejected),
}
_CLIENTS: Final[Mapping[ApplicationState, Callable[[Facts, Words], str]]] = {
    S.DRAFT: _to_correct,
    S.SUBMITTED: _submitted,
    S.NEW_IN_HOUSE: _plain(
        to_translate(
            "The application is checked. We prepare the conditions and tell you in the chat."
        )
    ),
    **_ENDS,
}
_AGENTS: Final[Mapping[ApplicationState, Callable[[Facts, Words], str]]] = {
    S.DRAFT: _to_correct,
    S.SUBMITTED: _plain(
        to_translate(
            "The client says that it is ready. Check it, correct it where needed, and set it to “new "
            "in-house application”."
        )
    ),
    S.NEW_IN_HOUSE: _at_onec,
    **_ENDS,
}
