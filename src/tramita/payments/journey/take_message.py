"""``payments.take_message``: what a provider told of its own accord, applied once.

A card goes to the payer whom the message names, a payment to its instalment; both only where they
are that provider's. What is not ours changes nothing, and is kept and shown. The debit that the
message may be about is asked about at once, where its answer was lost or is awaited.
"""

from collections.abc import Callable
from typing import Final

from tramita.kit import inbox
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations import doubts, standing
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.outside import NotUnderstood
from tramita.kit.runtime import Runtime
from tramita.payments.acts import DEBIT
from tramita.payments.cards import save_card
from tramita.payments.installments import lock_installments
from tramita.payments.ports import Notice, PaymentBackend, PaymentNews
from tramita.payments.recording import find_fault, read_id, record_payments

JOB: Final = "payments.take_message"
_AWAITED: Final = frozenset({OperationState.UNKNOWN, OperationState.PENDING})


def _reader(runtime: Runtime, sender: str) -> Callable[[bytes], Notice | NotUnderstood]:
    return runtime.gateway(PaymentBackend, sender).read_message


async def _apply(_: Runtime, work: UnitOfWork, told: inbox.Told[Notice]) -> NotUnderstood | None:
    provider, notice = told.provider, told.said
    wrong = await _apply_payment(work, provider, notice.payment) if notice.payment else None
    payer = read_id(notice.payer) if notice.payer else None
    if notice.card is not None and payer is not None:
        await save_card(work, provider, payer, notice.card)
    return wrong


async def _apply_payment(
    work: UnitOfWork, provider: str, news: PaymentNews
) -> NotUnderstood | None:
    installment_id = read_id(news.installment)
    if installment_id is None:
        return NotUnderstood(f"It speaks of no instalment of ours: {news.installment}.")
    debits = await standing.live(work, [installment_id], [DEBIT])
    await doubts.ask_now(work, [one.id for one in debits if one.state in _AWAITED])
    known = await lock_installments(work, [installment_id])
    fault = find_fault(news, known.get(installment_id), provider)
    if fault is not None:
        return NotUnderstood(fault)
    await record_payments(work, provider, [news])
    return None


MESSAGES: Final = inbox.Reading(JOB, _reader, inbox.one_by_one(_apply))

JOBS: Final[list[Job[Runtime]]] = [Job(JOB, MESSAGES.take)]
