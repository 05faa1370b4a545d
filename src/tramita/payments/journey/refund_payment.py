"""``payments.refund_payment``: give one payment back at its provider.

Each payment is an operation of its own, so that whoever dies in the middle of an account leaves the
others to be done, and none is done twice: from the second attempt on the provider is asked first
whether the payment was given back, and is believed that it was not when it has said so for a while.
What it refuses is left to a person, and so is what went back in part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.money import Money
from tramita.kit.operations.act import Act
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.payments.acts import REFUND
from tramita.payments.crediting import Refund, credit_refunds
from tramita.payments.installments import lock_installments, move_installments
from tramita.payments.journey.debit_installment import caution_of
from tramita.payments.keepers import tell_keepers
from tramita.payments.lifecycle import InstallmentTrigger
from tramita.payments.ports import GivenBack, PaymentBackend

_IN_PART: Final = "in_part"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was made; ``reference`` is the provider's own name of it."""

    order: str
    reference: str
    amount: Money


async def load_payments(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Payment]:
    """Payments by their transaction."""
    rows = await work.fetch(
        "SELECT id, contract_id, reference, amount, currency FROM payment_transactions "
        "WHERE id = ANY($1::uuid[])",
        list(ids),
    )
    return {
        row["id"]: Payment(
            str(row["contract_id"]), row["reference"], Money(row["amount"], row["currency"])
        )
        for row in rows
    }


async def record_refunds(
    work: UnitOfWork, results: Sequence[Result[Payment, GivenBack | None]]
) -> None:
    """Write what was given back, with its paper; what is refused is left to a person."""
    given = {
        one.task.operation.subject_id: one.decision for one in results if one.decision is not None
    }
    if not given:
        return
    rows = await work.fetch(
        "SELECT id, contract_id, installment_id, provider FROM payment_transactions "
        "WHERE id = ANY($1::uuid[]) ORDER BY id",
        list(given),
    )
    await lock_installments(work, {row["installment_id"] for row in rows})
    refunds: list[Refund] = []
    for row in rows:
        transaction = await _keep(work, row["id"], given[row["id"]])
        if transaction is not None:
            amount = given[row["id"]].amount.amount
            refunds.append(Refund(row["contract_id"], transaction, amount))
    await move_installments(
        work, await _without_money(work, rows_of(rows, "installment_id")), InstallmentTrigger.REFUND
    )
    await credit_refunds(work, refunds)
    await tell_keepers(work, set(rows_of(rows, "contract_id")))


def rows_of(rows: Sequence[Mapping[str, UUID]], column: str) -> list[UUID]:
    """One column of rows, each value once, in order."""
    return sorted({row[column] for row in rows})


async def _keep(work: UnitOfWork, payment_id: UUID, given: GivenBack) -> UUID | None:
    """Write the refund of a payment; ``None``: it was known already."""
    rows = await work.fetch(
        """
        INSERT INTO payment_transactions (id, contract_id, installment_id, provider, reference, kind,
                                          parent_id, amount, currency, last_numbers, created_at)
        SELECT $2, contract_id, installment_id, provider, $3, 'refund', id, $4, currency,
               last_numbers, tramita_now()
        FROM payment_transactions WHERE id = $1
        ON CONFLICT DO NOTHING RETURNING id
        """,
        payment_id,
        new_id(),
        given.reference,
        given.amount.amount,
    )
    return rows[0]["id"] if rows else None


async def _without_money(work: UnitOfWork, installments: Sequence[UUID]) -> list[UUID]:
    """Those of which every payment was given back; a surplus one leaves its instalment paid."""
    rows = await work.fetch(
        """
        SELECT i.id FROM installments AS i WHERE i.id = ANY($1::uuid[]) AND NOT EXISTS (
            SELECT FROM payment_transactions AS t
            WHERE t.installment_id = i.id AND t.kind = 'payment' AND NOT EXISTS (
                SELECT FROM payment_transactions AS r WHERE r.parent_id = t.id))
        ORDER BY i.id
        """,
        list(installments),
    )
    return [row["id"] for row in rows]


async def _refund(
    backend: PaymentBackend, payment: Payment, attempt: Attempt
) -> Outcome[GivenBack | None]:
    outcome = await backend.cancel_or_refund(payment.reference, payment.amount, attempt)
    return _whole(payment, outcome.value) if isinstance(outcome, Done) else outcome


def _whole(payment: Payment, given: GivenBack) -> Outcome[GivenBack | None]:
    """A part of it may have gone back by somebody's hand: the rest is for a person to decide."""
    if given.amount == payment.amount:
        return Done(given)
    return Refused(_IN_PART, f"{given.amount} of {payment.amount} went back")


async def _ask(
    backend: PaymentBackend, payment: Payment, attempt: Attempt
) -> Outcome[GivenBack | None] | None:
    """How it was given back; ``None``: it was not."""
    outcome = await backend.find_refund(payment.order, payment.reference, attempt)
    match outcome:
        case Done(given):
            return None if given is None else _whole(payment, given)
        case Refused(code, reason):
            return Unknown(f"it does not say what was given back: {code}: {reason}")
        case Pending() | NotSent() | Unknown():
            return outcome
        case _:
            assert_never(outcome)


REFUNDING: Final[Act[Payment, GivenBack | None]] = Act(
    name=REFUND,
    load=load_payments,
    call=_refund,
    ask=_ask,
    on_refused=OperationTrigger.PARK,
    record=record_refunds,
    reference=lambda given: given.reference if given else None,
    caution=caution_of,
    concurrency=10,
)
