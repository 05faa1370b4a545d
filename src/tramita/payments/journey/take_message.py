"""``payments.take_message``: what a provider told of its own accord, applied once.

A card goes to the payer whom the message names, a payment to its instalment; both only where they
are that provider's. What is not ours changes nothing, and is kept and shown. The debit that the
message may be about is asked about at once, where its answer was lost or is awaited.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from tramita.kit import inbox
from tramita.kit.database.rows import lock_rows
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


async def _apply(
    _: Runtime, work: UnitOfWork, told: Sequence[inbox.Told[Notice]]
) -> Mapping[UUID, inbox.Left]:
    """Payments, then cards by their payers, who are held before a number of an invoice is drawn.

    Whoever orders holds their payer, and then draws one: everybody takes locks in this order.
    """
    payments = [(one, news) for one in told if (news := one.said.payment) is not None]
    cards = [
        (payer, one.provider, card)
        for one in told
        if (card := one.said.card) is not None and (payer := read_id(one.said.payer or ""))
    ]
    if payments and cards:
        await lock_rows(work, "payers", {payer for payer, _, _ in cards})
    left = await _apply_payments(work, payments)
    for payer, provider, card in sorted(cards, key=lambda saved: saved[0]):
        await save_card(work, provider, payer, card)
    return left


async def _apply_payments(
    work: UnitOfWork, told: Sequence[tuple[inbox.Told[Notice], PaymentNews]]
) -> dict[UUID, inbox.Left]:
    """What is told of one instalment in the order in which it came, of several at once."""
    ids = {id_ for _, news in told if (id_ := read_id(news.installment))}
    debits = await standing.live(work, sorted(ids), [DEBIT])
    await doubts.ask_now(work, [one.id for one in debits if one.state in _AWAITED])
    known = await lock_installments(work, ids)
    left: dict[UUID, inbox.Left] = {}
    rounds: dict[tuple[int, str], list[PaymentNews]] = {}
    before: Counter[str] = Counter()
    for one, news in told:
        id_ = read_id(news.installment)
        fault = find_fault(news, known.get(id_) if id_ else None, one.provider)
        if fault is not None:
            left[one.id] = NotUnderstood(fault)
            continue
        left[one.id] = inbox.About(UUID(news.installment))
        rounds.setdefault((before[news.installment], one.provider), []).append(news)
        before[news.installment] += 1
    for (_, provider), together in sorted(rounds.items(), key=lambda part: part[0]):
        await record_payments(work, provider, together)
    return left


# Messages of a night with many debits arrive by the hundred, each in its own transaction else.
MESSAGES: Final = inbox.Reading(JOB, _reader, _apply, together=True)

JOBS: Final[list[Job[Runtime]]] = [Job(JOB, MESSAGES.take)]
