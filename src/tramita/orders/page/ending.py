"""What ending an order would mean, told before it is ended."""

from dataclasses import dataclass

from tramita.kit.languages.words import Words
from tramita.orders.page.order import OrderView
from tramita.orders.page.schedule import sum_of
from tramita.orders.views import Shown
from tramita.payments.lifecycle import TO_PAY, InstallmentState


@dataclass(frozen=True, slots=True)
class End:
    """``what`` follows, sentence by sentence; ``is_withdrawal``: of right, while nothing was due."""

    is_withdrawal: bool
    what: tuple[str, ...]


def show_end(shown: Shown, view: OrderView, words: Words) -> End:
    """What follows of withdrawing where that is possible, else of canceling."""
    order = shown.order
    told = []
    if order.contract is not None:
        told.append(words.gettext("Your contract ends, signed or not."))
    to_pay = sum_of(order.payment_schedule, *TO_PAY)
    if to_pay is not None:
        left = words.money(to_pay)
        told.append(
            words.gettext("%(amount)s that is still to be paid is not debited.", amount=left)
        )
    elif order.total:
        told.append(words.gettext("Nothing is debited."))
    if view.courses:
        told.append(
            words.gettext("Your courses are closed: %(titles)s.", titles=", ".join(view.courses))
        )
    paid = sum_of(order.payment_schedule, InstallmentState.PAID)
    if paid is not None:
        told.append(
            words.gettext(
                "You have paid %(amount)s. Whether it is given back is decided by %(seller)s.",
                amount=words.money(paid),
                seller=view.organization,
            )
        )
    return End(view.can_withdraw, (*told, words.gettext("There is no way back.")))
