"""What a person may do about one order, with a reason that its history keeps.

Each is a use case that learners or administrators have by the API as well: the life cycle decides
what is allowed, here only words are found for it before somebody presses a button.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.masking import mask_text
from tramita.kit.operations.lifecycle import LIVE
from tramita.kit.runtime import Runtime
from tramita.orders.lifecycle import ORDER, OrderState, OrderTrigger
from tramita.orders.moving import lock_orders
from tramita.orders.operator.story import OrderRow, get_order_row
from tramita.orders.rules import is_withdrawable
from tramita.orders.service import (
    cancel_order,
    refund_order,
    withdraw_from_order,
)
from tramita.payments.journey.debit_due import debit_now
from tramita.payments.lifecycle import TO_DEBIT, InstallmentState
from tramita.payments.settings import PaymentSettings
from tramita.payments.story import AccountStory, tell_account
from tramita.signatures.journey.refresh import enqueue_stale
from tramita.signatures.lifecycle import SUBMITTED
from tramita.signatures.queries import SignatureView, signature_states


class OrderAction(StrEnum):
    """What a person may do."""

    ASK_SIGNATURE = "ask_signature"
    DEBIT = "debit"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    REFUND = "refund"


class OrderActionNotAllowed(ConflictError):
    """This cannot be done now: {why}."""


_NOT_AT_SERVICE: Final = "nothing of it is being signed at a signing service"
_OVER: Final = "the order is over, and nothing is debited for it"
_FREE: Final = "it is free"
_NOTHING_DUE: Final = "nothing is due yet, and nothing was refused"
_NO_CARD: Final = "no card is defined that can be debited; its learner has to save one first"
_UNDER_WAY: Final = "it is being debited, or paid in a form, just now: its end has to be waited for"
_WAIVED: Final = "its learner has waived the right to withdraw"
_TOO_LATE: Final = "the order binds nobody yet, or its first payment is due; it may be canceled"
_ENDED: Final = "it is over already"
_NOT_CANCELED: Final = "cancel it first: what is given back is what a canceled order has paid"
_NOTHING_PAID: Final = "nothing was paid for it"


async def allowed_actions(
    work: UnitOfWork, order_id: UUID, settings: PaymentSettings
) -> Mapping[OrderAction, str | None]:
    """Each action: ``None`` when it is allowed, or the sentence why not.

    Raises ``OrderNotFound``.
    """
    row = await get_order_row(work, order_id)
    account = await tell_account(work, order_id)
    signature = (await signature_states(work, [order_id])).get(order_id)
    return find_objections(row, signature, account, settings.day_of(row.now))


def find_objections(
    row: OrderRow, signature: SignatureView | None, account: AccountStory | None, today: date
) -> Mapping[OrderAction, str | None]:
    """The same of what was read. Pure."""
    asked = None if signature and signature.state in SUBMITTED else _NOT_AT_SERVICE
    return {
        OrderAction.ASK_SIGNATURE: asked,
        OrderAction.DEBIT: _objection_to_debiting(row, account, today),
        OrderAction.WITHDRAW: _objection_to_withdrawing(row, account, today),
        OrderAction.CANCEL: None if _takes(row, OrderTrigger.CANCEL) else _ENDED,
        OrderAction.REFUND: _objection_to_refunding(row, account),
    }


async def act_on_order(
    runtime: Runtime, order_id: UUID, action: OrderAction, *, note: str, actor: str
) -> None:
    """Do it, as ``actor`` for the reason ``note``; many read that, so it is masked.

    Raises ``OrderNotFound``, ``OrderActionNotAllowed`` and what the use cases raise; then nothing
    has changed.
    """
    note, settings = mask_text(note), runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=actor, note=note) as work:
        await lock_orders(work, [order_id])
        why_not = (await allowed_actions(work, order_id, settings))[action]
        if why_not is not None:
            raise OrderActionNotAllowed(why=why_not)
        match action:
            case OrderAction.ASK_SIGNATURE:
                await enqueue_stale(work, [order_id], timedelta(0))
            case OrderAction.DEBIT:
                await _debit(work, order_id, settings)
            case OrderAction.WITHDRAW:
                today = settings.day_of(await work.now())
                await withdraw_from_order(work, order_id, today, f"withdrawn: {note}")
            case OrderAction.CANCEL:
                await cancel_order(work, order_id, note)
            case OrderAction.REFUND:
                await refund_order(work, order_id)


async def _debit(work: UnitOfWork, order_id: UUID, settings: PaymentSettings) -> None:
    if not await debit_now(work, order_id, settings):
        raise OrderActionNotAllowed(why=_UNDER_WAY)


def _takes(row: OrderRow, trigger: OrderTrigger) -> bool:
    return trigger in ORDER.table.get(row.state, {})


def _objection_to_debiting(row: OrderRow, account: AccountStory | None, today: date) -> str | None:
    if account is None:
        return _FREE
    if not _takes(row, OrderTrigger.CANCEL) or row.state is OrderState.COMPLETED:
        return _OVER
    due = [
        one
        for one in account.installments
        if one.state is InstallmentState.REFUSED
        or (one.state in TO_DEBIT and one.due_date <= today)
    ]
    if not due:
        return _NOTHING_DUE
    if account.card is None or not account.card.can_debit:
        return _NO_CARD
    is_free = [not one.is_in_form and one.operation_state not in LIVE for one in due]
    return None if any(is_free) else _UNDER_WAY


def _objection_to_withdrawing(
    row: OrderRow, account: AccountStory | None, today: date
) -> str | None:
    if not _takes(row, OrderTrigger.CANCEL):
        return _ENDED
    if row.has_waived_withdrawal_right:
        return _WAIVED
    dues = [one.due_date for one in account.installments] if account else []
    return None if is_withdrawable(row.state, dues, today, is_waived=False) else _TOO_LATE


def _objection_to_refunding(row: OrderRow, account: AccountStory | None) -> str | None:
    if row.state is OrderState.REFUNDED:
        return _ENDED
    if row.state is OrderState.REFUNDING:
        return None  # Again goes on where it was.
    if account is None or all(
        one.state is not InstallmentState.PAID for one in account.installments
    ):
        return _NOTHING_PAID
    return None if row.state is OrderState.CANCELED else _NOT_CANCELED
