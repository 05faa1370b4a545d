"""Where an application may be, its payment, its offers, and the documents made for it.

A client fills an application in: it is a *draft*, which both sides edit, *submitted* when the client
says that it is ready, and a draft again when something is to be filled in better. An agent who
finds it right makes it a *new in-house* one: from then on it counts, is sent to 1C, and collects
offers. It can be taken back while there is none, and 1C may *reject* it, which is its end: whoever
wants to go on copies it. An accepted offer closes the form for good: what is to be corrected after
that comes from 1C. It is *in work* when 1C says so, and *completed* with its closing documents.

Whether work was begun in 1C before there were conditions is not seen here: 1C's word is kept, and the
application moves as soon as an offer is accepted.

The payment is an axis of its own: who sends money and who has it. A test may go ahead of it. The
client's *sent* is a claim, which may be taken back as long as 1C has not answered; everything from
*funds received* is 1C's word. What was paid out may come back days later, even after it was
confirmed: it is a *problem* as long as it is to be paid out again, and *returned* when it has gone
back to the client. A problem is left in any direction.

Money asks nobody whether it may come: it comes for an application that was cancelled or rejected
meanwhile, or goes straight back before anybody here knew of it. Both are written down as they are. As
long as such money is here, or has gone on to the beneficiary and not come to rest there, it is
*stranded*: it belongs to nothing that is under way, and a person has it sent back.

An offer is *accepted* by a client, or by itself where rules say so: *auto-accepted*, and then 1C may
still replace its conditions by others until there is money. All that were not chosen are *declined*.

A document that was asked for is *requested* here, *queued* and *generating* in 1C, *ready* there,
*stored* here. 1C may skip what it does not tell. The end is in the chat, where there is one. It has
*failed* where 1C cannot make it, where its file was none that we take, and where none came in the time
that is given to it; a file that comes after all is taken all the same. It is *cancelled* with its
application, or when nobody waits for it any more. What 1C sends unasked has no such life.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEW_IN_HOUSE = "new_in_house"
    OFFER_ACCEPTED = "offer_accepted"
    IN_WORK = "in_work"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class ApplicationTrigger(StrEnum):
    """What moves it. ``RETURN``: to be filled in better; ``REOPEN_DRAFT``: taken back from 1C."""

    SUBMIT = "submit"
    RETURN = "return"
    CHECK = "check"
    REOPEN_DRAFT = "reopen_draft"
    ACCEPT_OFFER = "accept_offer"
    START_WORK = "start_work"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REJECT = "reject"


class PaymentState(StrEnum):
    """How far the money is."""

    NONE = "none"
    TEST_SENT = "test_sent"
    TEST_OK = "test_ok"
    CLIENT_SENT = "client_sent"
    FUNDS_RECEIVED = "funds_received"
    PAID_OUT = "paid_out"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    PROBLEM = "problem"


class PaymentTrigger(StrEnum):
    """What moves it: the client's word (the test's and the payment's), then 1C's."""

    SEND_TEST = "send_test"
    PASS_TEST = "pass_test"
    SEND = "send"
    TAKE_BACK = "take_back"
    RECEIVE = "receive"
    PAY_OUT = "pay_out"
    CONFIRM = "confirm"
    RETURN = "return"
    REPORT_PROBLEM = "report_problem"


class OfferState(StrEnum):
    """Where an offer stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    AUTO_ACCEPTED = "auto_accepted"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class OfferTrigger(StrEnum):
    """What moves it."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    AUTO_ACCEPT = "auto_accept"
    DECLINE = "decline"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class DocumentJobState(StrEnum):
    """Where a document that was asked for stands."""

    REQUESTED = "requested"
    QUEUED = "queued"
    GENERATING = "generating"
    READY = "ready"
    STORED = "stored"
    POSTED_TO_CHAT = "posted_to_chat"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DocumentJobTrigger(StrEnum):
    """What moves it."""

    QUEUE = "queue"
    GENERATE = "generate"
    MAKE_READY = "make_ready"
    STORE = "store"
    POST = "post"
    FAIL = "fail"
    CANCEL = "cancel"


S, T = ApplicationState, ApplicationTrigger

APPLICATION: Final = Lifecycle(
    name="application",
    initial=S.DRAFT,
    table={
        S.DRAFT: {T.SUBMIT: S.SUBMITTED, T.CHECK: S.NEW_IN_HOUSE, T.CANCEL: S.CANCELLED},
        S.SUBMITTED: {T.RETURN: S.DRAFT, T.CHECK: S.NEW_IN_HOUSE, T.CANCEL: S.CANCELLED},
        S.NEW_IN_HOUSE: {
            T.REOPEN_DRAFT: S.DRAFT,
            T.ACCEPT_OFFER: S.OFFER_ACCEPTED,
            T.CANCEL: S.CANCELLED,
            T.REJECT: S.REJECTED,
        },
        S.OFFER_ACCEPTED: {T.START_WORK: S.IN_WORK, T.CANCEL: S.CANCELLED},
        S.IN_WORK: {T.COMPLETE: S.COMPLETED, T.CANCEL: S.CANCELLED},
    },
)

# A chat has one of these at most.
ACTIVE: Final = frozenset(S) - APPLICATION.final
# Nobody but its two sides has seen it.
UNCHECKED: Final = frozenset({S.DRAFT, S.SUBMITTED})
# Its form may be changed; in any other state it is read-only.
EDITABLE: Final = UNCHECKED | {S.NEW_IN_HOUSE}
# An offer is accepted, and what it says binds.
ACCEPTED: Final = frozenset({S.OFFER_ACCEPTED, S.IN_WORK, S.COMPLETED})
# It ended without being done.
GIVEN_UP: Final = frozenset({S.CANCELLED, S.REJECTED})
# Money may be sent.
PAYABLE: Final = frozenset({S.OFFER_ACCEPTED, S.IN_WORK})

P, PT = PaymentState, PaymentTrigger

# The client's word is not waited for: 1C sees money that nobody spoke of, and may send it straight back.
_BEFORE_FUNDS: Final = {
    PT.SEND: P.CLIENT_SENT,
    PT.RECEIVE: P.FUNDS_RECEIVED,
    PT.RETURN: P.RETURNED,
}

PAYMENT: Final = Lifecycle(
    name="application's payment",
    initial=P.NONE,
    table={
        P.NONE: {**_BEFORE_FUNDS, PT.SEND_TEST: P.TEST_SENT, PT.REPORT_PROBLEM: P.PROBLEM},
        P.TEST_SENT: {**_BEFORE_FUNDS, PT.PASS_TEST: P.TEST_OK, PT.REPORT_PROBLEM: P.PROBLEM},
        P.TEST_OK: {**_BEFORE_FUNDS, PT.REPORT_PROBLEM: P.PROBLEM},
        P.CLIENT_SENT: {
            PT.TAKE_BACK: P.NONE,
            PT.RECEIVE: P.FUNDS_RECEIVED,
            PT.RETURN: P.RETURNED,
            PT.REPORT_PROBLEM: P.PROBLEM,
        },
        P.FUNDS_RECEIVED: {
            PT.PAY_OUT: P.PAID_OUT,
            PT.RETURN: P.RETURNED,
            PT.REPORT_PROBLEM: P.PROBLEM,
        },
        P.PAID_OUT: {
            PT.CONFIRM: P.CONFIRMED,
            PT.RETURN: P.RETURNED,
            PT.REPORT_PROBLEM: P.PROBLEM,
        },
        P.CONFIRMED: {PT.RETURN: P.RETURNED, PT.REPORT_PROBLEM: P.PROBLEM},
        P.PROBLEM: {
            **_BEFORE_FUNDS,
            PT.SEND_TEST: P.TEST_SENT,
            PT.PAY_OUT: P.PAID_OUT,
        },
    },
)

# It has come to where money was to go, or back, as far as anybody knows.
SETTLED: Final = PAYMENT.final | {P.CONFIRMED}
# Of what ended without being done.
STRANDED: Final = frozenset({P.FUNDS_RECEIVED, P.PAID_OUT, P.PROBLEM})

F, FT = OfferState, OfferTrigger

OFFER: Final = Lifecycle(
    name="offer",
    initial=F.DRAFT,
    table={
        F.DRAFT: {FT.SUBMIT: F.SUBMITTED, FT.WITHDRAW: F.WITHDRAWN},
        F.SUBMITTED: {
            FT.ACCEPT: F.ACCEPTED,
            FT.AUTO_ACCEPT: F.AUTO_ACCEPTED,
            FT.DECLINE: F.DECLINED,
            FT.SUPERSEDE: F.SUPERSEDED,
            FT.WITHDRAW: F.WITHDRAWN,
            FT.EXPIRE: F.EXPIRED,
        },
        F.AUTO_ACCEPTED: {FT.SUPERSEDE: F.SUPERSEDED},
    },
)

# Of an application's offers one at most is one of these.
CHOSEN: Final = frozenset({F.ACCEPTED, F.AUTO_ACCEPTED})
# May still be chosen.
OPEN_OFFERS: Final = frozenset({F.DRAFT, F.SUBMITTED})

D, DT = DocumentJobState, DocumentJobTrigger

_TOLD: Final = {
    DT.MAKE_READY: D.READY,
    DT.STORE: D.STORED,
    DT.FAIL: D.FAILED,
    DT.CANCEL: D.CANCELLED,
}

DOCUMENT_JOB: Final = Lifecycle(
    name="document job",
    initial=D.REQUESTED,
    table={
        D.REQUESTED: {**_TOLD, DT.QUEUE: D.QUEUED, DT.GENERATE: D.GENERATING},
        D.QUEUED: {**_TOLD, DT.GENERATE: D.GENERATING},
        D.GENERATING: _TOLD,
        D.READY: {DT.STORE: D.STORED, DT.FAIL: D.FAILED, DT.CANCEL: D.CANCELLED},
        D.STORED: {DT.POST: D.POSTED_TO_CHAT},
        D.FAILED: {DT.STORE: D.STORED},
    },
)

# 1C is expected to say something of these.
WAITING_JOBS: Final = frozenset({D.REQUESTED, D.QUEUED, D.GENERATING, D.READY})
