"""What became of payments, written down: whoever tells it, however often, in whatever order.

An answer, a question and a message may all tell of one payment. It is known by the provider's own
name of it, which only one row can have: whoever comes first counts. What comes late finds an
instalment that has gone on, and moves nothing.

Money for an instalment that was paid before is given back by itself: nobody asked for it twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.payments.acts import REFUND
from tramita.payments.installments import (
    Installment,
    lock_installments,
    move_installments,
)
from tramita.payments.invoices import InvoiceKind, NewInvoice, write_invoices
from tramita.payments.keepers import tell_keepers
from tramita.payments.lifecycle import InstallmentTrigger
from tramita.payments.ports import PaymentNews, PaymentStatus


async def record_payments(work: UnitOfWork, provider: str, told: Sequence[PaymentNews]) -> None:
    """Write down what a provider says of payments for instalments that are at it.

    What it says of anything else has no effect; see ``find_fault``.
    """
    ids = {one.installment: id_ for one in told if (id_ := read_id(one.installment))}
    installments = await lock_installments(work, set(ids.values()))
    known = [
        (one, installments[ids[one.installment]])
        for one in told
        if find_fault(one, installments.get(ids.get(one.installment, UUID(int=0))), provider)
        is None
    ]
    fresh = await _keep(work, provider, known)
    paid = [(id_, one, of) for id_, one, of in fresh if one.status is PaymentStatus.PAID]
    moved = await move_installments(work, _ids(of for _, _, of in paid), InstallmentTrigger.PAY)
    for _, one, of in fresh:
        if one.status is PaymentStatus.REFUSED:
            why = f"{one.code or ''}: {one.reason}"
            moved |= await move_installments(work, [of.id], InstallmentTrigger.REFUSE, why=why)
    await _invoice(work, paid)
    await _give_back_surplus(work, provider, paid, moved)
    await tell_keepers(work, {of.contract_id for _, _, of in fresh if of.id in moved})


def find_fault(told: PaymentNews, of: Installment | None, provider: str) -> str | None:
    """Why a payment has no effect here, as a sentence; ``None``: it is what we know of."""
    if of is None or of.provider != provider:
        return f"It speaks of an instalment that is not at {provider}: {told.installment}."
    if told.status is PaymentStatus.PAID and told.amount != of.money:
        return f"It pays {told.amount} for an instalment of {of.money}."
    return None


def read_id(text: str) -> UUID | None:
    """An id of ours as a provider gives it back, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def _keep(
    work: UnitOfWork, provider: str, known: Sequence[tuple[PaymentNews, Installment]]
) -> list[tuple[UUID, PaymentNews, Installment]]:
    """Write a transaction for each payment; answers those that were not known before."""
    ids = [new_id() for _ in known]
    rows = await work.fetch(
        """
        INSERT INTO payment_transactions (id, contract_id, installment_id, provider, reference, kind,
                                          amount, currency, last_numbers, created_at)
        SELECT id, contract_id, installment_id, $1, reference, kind, amount, currency, last_numbers,
               (SELECT tramita_now())
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::numeric[],
                    $8::text[], $9::text[])
            AS t(id, contract_id, installment_id, reference, kind, amount, currency, last_numbers)
        ON CONFLICT (provider, reference) DO NOTHING RETURNING id
        """,
        provider,
        ids,
        [of.contract_id for _, of in known],
        [of.id for _, of in known],
        [_named(one) for one, _ in known],
        ["payment" if one.status is PaymentStatus.PAID else "refusal" for one, _ in known],
        [one.amount.amount for one, _ in known],
        [one.amount.currency for one, _ in known],
        [one.last_numbers for one, _ in known],
    )
    fresh = {row["id"] for row in rows}
    return [(id_, one, of) for id_, (one, of) in zip(ids, known, strict=True) if id_ in fresh]


def _named(told: PaymentNews) -> str:
    """Defensive: a payment that was refused first may be paid under the same name later."""
    return told.reference if told.status is PaymentStatus.PAID else f"refused:{told.reference}"


async def _invoice(work: UnitOfWork, paid: Sequence[tuple[UUID, PaymentNews, Installment]]) -> None:
    await write_invoices(
        work,
        [
            NewInvoice(of.contract_id, InvoiceKind.PAYMENT, one.amount.amount, id_)
            for id_, one, of in paid
        ],
    )


async def _give_back_surplus(
    work: UnitOfWork,
    provider: str,
    paid: Sequence[tuple[UUID, PaymentNews, Installment]],
    moved: set[UUID],
) -> None:
    """What paid nothing: the instalment was paid already, or another payment came with this one."""
    first = {of.id: id_ for id_, _, of in reversed(paid) if of.id in moved}
    surplus = [id_ for id_, _, of in paid if first.get(of.id) != id_]
    if surplus:
        await give_back(work, provider, surplus)


async def give_back(work: UnitOfWork, provider: str, transactions: Sequence[UUID]) -> None:
    """Have payments given back at their provider, each by an operation of its own."""
    keys: Mapping[UUID, str] = {id_: f"refund_payment:{id_}" for id_ in transactions}
    await ledger.prepare(work, REFUND, keys, provider=provider)


def _ids(installments: Iterable[Installment]) -> list[UUID]:
    return [one.id for one in installments]
