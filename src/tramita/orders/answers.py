"""What orders answer to the rooms below: a signature, a card or a payment has changed something."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.orders.lifecycle import INACTIVE
from tramita.orders.mails.writing import mail_what_moved
from tramita.orders.moving import move_orders
from tramita.orders.rules import PAID
from tramita.orders.service import refund_order
from tramita.payments.accounts import start_refunds
from tramita.payments.lifecycle import InstallmentState
from tramita.payments.queries import standing_of
from tramita.signatures.capability import SignatureChange

_CANCELED: Final = f"""
    SELECT id FROM orders WHERE id = ANY($1::uuid[]) AND {one_of("state", INACTIVE)} ORDER BY id
"""  # noqa: S608 - ours
_PAID_LATE: Final = """
    SELECT DISTINCT subject_id AS id FROM history WHERE subject = 'installments'
    AND subject_id = ANY($1::uuid[]) AND from_state = $2 AND to_state = $3
"""


class OrdersSigned:
    """Orders have their contracts signed."""

    async def signature_changed(self, work: UnitOfWork, changes: Sequence[SignatureChange]) -> None:
        """Go as far as the signatures lead."""
        await move_orders(work, {one.contract_id for one in changes})


class OrdersPaid:
    """Orders have their contracts paid."""

    async def installments_changed(self, work: UnitOfWork, contract_ids: Sequence[UUID]) -> None:
        """Go as far as the payments lead, and write of it; what is paid too late goes back."""
        canceled = await work.fetch(_CANCELED, list(contract_ids))
        for row in canceled:
            await _give_back_late(work, row["id"])
        await move_orders(work, contract_ids)
        await mail_what_moved(work, contract_ids)


async def _give_back_late(work: UnitOfWork, order_id: UUID) -> None:
    """A debit was under way, or a form open, when the order was canceled; or even refunded.

    What was paid before goes back when a person asks for it.
    """
    account = (await standing_of(work, [order_id]))[order_id]
    paid = [one.id for one in account.installments if one.state == PAID]
    rows = await work.fetch(_PAID_LATE, paid, InstallmentState.CANCELED.value, PAID)
    late = [row["id"] for row in rows]
    if late and len(late) == len(paid):
        await refund_order(work, order_id)
    elif late:
        await start_refunds(work, order_id, of=late)
