"""Where an order may be, and the enrollments that it opens.

An order is *drafted* and *assigned* to an organization in the moment it is made. From then on two
things are missing, or one, or none: the learner's signature, where the product is sold by a
contract, and a card, where it is not free. ``to_sign`` waits for the contract to be submitted,
``signing`` for the learner to sign it; when the procedure is refused or runs out the order is
``to_sign`` again. ``to_save_payment_method`` waits for a card. A product may let both be done in one
sitting: ``to_sign_and_to_save_payment_method``, left for whatever is missing then.

``pending`` has everything and waits for money. The first instalment decides between
``pending_payment`` and ``no_payment``; a later one that is refused makes it ``failed_payment``, and
what is caught up leads back. ``completed`` is paid and signed, or free.

None of these moves is somebody's decision: each trigger above follows from circumstances
(``rules``), which say the same of an order however it came to be where it is. Two are wishes:
``cancel``, from wherever an order may be, and ``refund`` of what a canceled one has paid, which ends by
itself when everything has gone back. The organization signs whenever it likes; no order waits for that.

An enrollment is ``open`` from the moment its order allows it, and ``closed`` with it.
"""

from enum import StrEnum
from typing import Final

from tramita.kit.lifecycle import Lifecycle


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    ASSIGNED = "assigned"
    TO_SIGN = "to_sign"
    SIGNING = "signing"
    TO_SAVE_PAYMENT_METHOD = "to_save_payment_method"
    TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD = "to_sign_and_to_save_payment_method"
    PENDING = "pending"
    PENDING_PAYMENT = "pending_payment"
    NO_PAYMENT = "no_payment"
    FAILED_PAYMENT = "failed_payment"
    COMPLETED = "completed"
    CANCELED = "canceled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class OrderTrigger(StrEnum):
    """What moves it: a circumstance, or a wish."""

    ASSIGN = "assign"
    NEED_BOTH = "need_signature_and_card"
    NEED_SIGNATURE = "need_signature"
    SUBMIT = "submit_for_signature"
    LOSE_SIGNATURE = "lose_signature_procedure"
    NEED_CARD = "need_card"
    AWAIT_PAYMENT = "await_payment"
    FIRST_PAID = "take_first_payment"
    FIRST_REFUSED = "miss_first_payment"
    LATER_REFUSED = "miss_later_payment"
    CATCH_UP = "catch_up_payment"
    COMPLETE = "complete"
    CANCEL = "cancel"
    REFUND = "refund"
    ALL_REFUNDED = "end_refund"


class EnrollmentState(StrEnum):
    """Whether a learner is in a course."""

    OPEN = "open"
    CLOSED = "closed"


class EnrollmentTrigger(StrEnum):
    """What ends it."""

    CLOSE = "close"


S, T = OrderState, OrderTrigger

ORDER: Final = Lifecycle(
    name="order",
    initial=S.DRAFT,
    table={
        S.DRAFT: {T.ASSIGN: S.ASSIGNED, T.CANCEL: S.CANCELED},
        S.ASSIGNED: {
            T.COMPLETE: S.COMPLETED,
            T.NEED_BOTH: S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD,
            T.NEED_SIGNATURE: S.TO_SIGN,
            T.NEED_CARD: S.TO_SAVE_PAYMENT_METHOD,
            T.AWAIT_PAYMENT: S.PENDING,
            T.CANCEL: S.CANCELED,
        },
        S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD: {
            T.COMPLETE: S.COMPLETED,
            T.NEED_SIGNATURE: S.TO_SIGN,
            T.NEED_CARD: S.TO_SAVE_PAYMENT_METHOD,
            T.AWAIT_PAYMENT: S.PENDING,
            T.CANCEL: S.CANCELED,
        },
        S.TO_SIGN: {T.SUBMIT: S.SIGNING, T.CANCEL: S.CANCELED},
        S.SIGNING: {
            T.COMPLETE: S.COMPLETED,
            T.LOSE_SIGNATURE: S.TO_SIGN,
            T.NEED_CARD: S.TO_SAVE_PAYMENT_METHOD,
            T.AWAIT_PAYMENT: S.PENDING,
            T.CANCEL: S.CANCELED,
        },
        S.TO_SAVE_PAYMENT_METHOD: {
            T.COMPLETE: S.COMPLETED,
            T.AWAIT_PAYMENT: S.PENDING,
            T.CANCEL: S.CANCELED,
        },
        S.PENDING: {
            T.COMPLETE: S.COMPLETED,
            T.NEED_CARD: S.TO_SAVE_PAYMENT_METHOD,
            T.FIRST_PAID: S.PENDING_PAYMENT,
            T.FIRST_REFUSED: S.NO_PAYMENT,
            T.CANCEL: S.CANCELED,
        },
        S.PENDING_PAYMENT: {
            T.COMPLETE: S.COMPLETED,
            T.LATER_REFUSED: S.FAILED_PAYMENT,
            T.CANCEL: S.CANCELED,
        },
        S.NO_PAYMENT: {
            T.COMPLETE: S.COMPLETED,
            T.FIRST_PAID: S.PENDING_PAYMENT,
            T.CANCEL: S.CANCELED,
        },
        S.FAILED_PAYMENT: {
            T.COMPLETE: S.COMPLETED,
            T.CATCH_UP: S.PENDING_PAYMENT,
            T.CANCEL: S.CANCELED,
        },
        S.COMPLETED: {T.CANCEL: S.CANCELED},
        S.CANCELED: {T.REFUND: S.REFUNDING},
        S.REFUNDING: {T.ALL_REFUNDED: S.REFUNDED},
    },
)

E, ET = EnrollmentState, EnrollmentTrigger

ENROLLMENT: Final = Lifecycle(
    name="enrollment", initial=E.OPEN, table={E.OPEN: {ET.CLOSE: E.CLOSED}}
)

# A learner has one order of a product for a course that is none of these.
INACTIVE: Final = frozenset({S.CANCELED, S.REFUNDING, S.REFUNDED})
ACTIVE: Final = frozenset(S) - INACTIVE
# The learner has signed, and a schedule of payments counts.
BINDING: Final = frozenset(
    {S.PENDING, S.PENDING_PAYMENT, S.NO_PAYMENT, S.FAILED_PAYMENT, S.COMPLETED}
)
# Its courses are open to the learner.
ENROLLING: Final = frozenset({S.PENDING_PAYMENT, S.FAILED_PAYMENT, S.COMPLETED})
# The contract may be given to the learner to sign.
SIGNABLE: Final = frozenset({S.TO_SIGN, S.SIGNING, S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD})
# What is to be signed is not signed by the learner.
UNSIGNED: Final = SIGNABLE | {S.DRAFT, S.ASSIGNED}
# An instalment was refused, and the learner may pay it by hand.
OWING: Final = frozenset({S.NO_PAYMENT, S.FAILED_PAYMENT})
