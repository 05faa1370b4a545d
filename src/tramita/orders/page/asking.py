"""What is asked of a learner now, and in which words: from an order's state and circumstances."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tramita.kit.languages.words import Words
from tramita.orders.lifecycle import OrderState
from tramita.orders.page.schedule import money_of, sum_of
from tramita.orders.page.words import UNSIGNED
from tramita.orders.views import Installment, Shown
from tramita.payments.lifecycle import TO_PAY, InstallmentState
from tramita.signatures.lifecycle import SigningState

S = OrderState


class Wanted(StrEnum):
    """What a learner can do to go on."""

    SIGN = "sign"
    CHOOSE_CARD = "card"
    PAY = "pay"


_BY_HAND: Final = (Wanted.PAY, Wanted.CHOOSE_CARD)


@dataclass(frozen=True, slots=True)
class Asked:
    """``wanted`` are the buttons, the first one first; ``waits``: something may come by itself."""

    sentence: str
    wanted: tuple[Wanted, ...] = ()
    waits: bool = False


def ask_of(shown: Shown, today: date, words: Words) -> Asked:
    """What the order waits for."""
    return _BY_STATE[shown.order.state](shown, today, words)


def _prepared(_: Shown, __: date, words: Words) -> Asked:
    return Asked(words.gettext("Your order is being prepared."), waits=True)


def _to_sign(shown: Shown, _: date, words: Words) -> Asked:
    ended = shown.signature and UNSIGNED.get(shown.signature.state)
    if ended:
        return Asked(words.gettext(ended), (Wanted.SIGN,))
    return Asked(words.gettext("Sign your contract to go on."), (Wanted.SIGN,))


def _signing(shown: Shown, _: date, words: Words) -> Asked:
    signature = shown.signature
    if signature is None or signature.state is not SigningState.SIGNING:
        return Asked(
            words.gettext(
                "Your contract is on its way to the signing service. This page shows when you can "
                "sign it."
            ),
            waits=True,
        )
    until = words.date(signature.expires_at)
    return Asked(
        words.gettext("Your contract is ready. You can sign it until %(until)s.", until=until),
        (Wanted.SIGN,),
        waits=True,
    )


def _both(shown: Shown, today: date, words: Words) -> Asked:
    asked = _to_sign(shown, today, words)
    sentence = words.gettext("Sign your contract and choose a card, in whichever order you like.")
    return Asked(sentence, (*asked.wanted, Wanted.CHOOSE_CARD))


def _card(_: Shown, __: date, words: Words) -> Asked:
    sentence = words.gettext("Choose the card that your instalments are paid with.")
    return Asked(sentence, (Wanted.CHOOSE_CARD,))


def _pending(shown: Shown, today: date, words: Words) -> Asked:
    first = _next_of(shown.order.payment_schedule)
    if first is None:
        return Asked(words.gettext("Your payment schedule is being written."), waits=True)
    amount, day = words.money(money_of(first)), words.date(first.due_date, "long")
    if first.due_date > today:
        return Asked(
            words.gettext(
                "All is ready. %(amount)s will be debited on %(day)s; your course opens then.",
                amount=amount,
                day=day,
            )
        )
    return Asked(
        words.gettext(
            "Your bank is being asked for %(amount)s. Your course opens as soon as it is paid.",
            amount=amount,
        ),
        waits=True,
    )


def _paying(shown: Shown, _: date, words: Words) -> Asked:
    coming = _next_of(shown.order.payment_schedule)
    if coming is None:
        return Asked(words.gettext("Your course is open."))
    return Asked(
        words.gettext(
            "Your course is open. Next, %(amount)s will be debited on %(day)s.",
            amount=words.money(money_of(coming)),
            day=words.date(coming.due_date, "long"),
        )
    )


def _unpaid(shown: Shown, _: date, words: Words) -> Asked:
    refused = _refused_of(shown, words)
    if refused is None:
        return _tried_again(words)
    sentence = words.gettext(
        "Your bank refused %(amount)s. Pay it to open your course.", amount=refused
    )
    return Asked(sentence, _BY_HAND, waits=True)


def _failed(shown: Shown, _: date, words: Words) -> Asked:
    refused = _refused_of(shown, words)
    if refused is None:
        return _tried_again(words)
    sentence = words.gettext(
        "Your bank refused %(amount)s. Your course stays open; please pay it soon.",
        amount=refused,
    )
    return Asked(sentence, _BY_HAND, waits=True)


def _tried_again(words: Words) -> Asked:
    return Asked(words.gettext("What was refused is being tried again."), waits=True)


def _completed(shown: Shown, _: date, words: Words) -> Asked:
    if not shown.order.total:
        return Asked(words.gettext("Your course is open."))
    return Asked(words.gettext("Everything is paid, and your course is open."))


def _canceled(shown: Shown, _: date, words: Words) -> Asked:
    paid = sum_of(shown.order.payment_schedule, InstallmentState.PAID)
    if paid is None:
        return Asked(words.gettext("This order is canceled. Nothing more is debited."))
    return Asked(
        words.gettext(
            "This order is canceled. Nothing more is debited; %(amount)s was paid.",
            amount=words.money(paid),
        )
    )


def _refunding(shown: Shown, _: date, words: Words) -> Asked:
    paid = sum_of(shown.order.payment_schedule, InstallmentState.PAID)
    if paid is None:
        return Asked(words.gettext("What you paid is on its way back."), waits=True)
    sentence = words.gettext("%(amount)s is on its way back to you.", amount=words.money(paid))
    return Asked(sentence, waits=True)


def _refunded(shown: Shown, _: date, words: Words) -> Asked:
    back = sum_of(shown.order.payment_schedule, InstallmentState.REFUNDED)
    if back is None:
        return Asked(words.gettext("What you paid was given back."))
    return Asked(words.gettext("%(amount)s was given back to you.", amount=words.money(back)))


def _next_of(found: Sequence[Installment]) -> Installment | None:
    return next((one for one in found if one.state in TO_PAY), None)


def _refused_of(shown: Shown, words: Words) -> str | None:
    """The instalment that may be paid by hand: the first that was refused."""
    schedule = shown.order.payment_schedule
    refused = (one for one in schedule if one.state is InstallmentState.REFUSED)
    return next((words.money(money_of(one)) for one in refused), None)


_BY_STATE: Final[Mapping[OrderState, Callable[[Shown, date, Words], Asked]]] = {
    S.DRAFT: _prepared,
    S.ASSIGNED: _prepared,
    S.TO_SIGN: _to_sign,
    S.SIGNING: _signing,
    S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD: _both,
    S.TO_SAVE_PAYMENT_METHOD: _card,
    S.PENDING: _pending,
    S.PENDING_PAYMENT: _paying,
    S.NO_PAYMENT: _unpaid,
    S.FAILED_PAYMENT: _failed,
    S.COMPLETED: _completed,
    S.CANCELED: _canceled,
    S.REFUNDING: _refunding,
    S.REFUNDED: _refunded,
}
