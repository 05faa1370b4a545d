"""The invariants of payments, held against the database and the provider.

Y3 asks the provider about every instalment that is paid here or whose debit was begun; the
question changes nothing there. Where it is not answered, the promise is reported as not verified,
never as kept, and so where the instalment moves meanwhile.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.findings import Difference, Finding, Verdict, Word, ask_about, find_broken, judge
from tramita.kit.operations.standing import has_operation
from tramita.kit.outcome import Done
from tramita.kit.runtime import Runtime
from tramita.payments.crediting import BALANCE
from tramita.payments.journey.debit_installment import load_debits
from tramita.payments.lifecycle import InstallmentState
from tramita.payments.ports import Charge, PaymentBackend, PaymentStatus

_OUR_KINDS: Final = "LIKE 'payments.%'"
_HAS_MONEY: Final = frozenset({InstallmentState.PAID})
_STANDING: Final = f"""
    SELECT i.id, a.provider, i.state, {has_operation("i.id", _OUR_KINDS)} OR EXISTS (
        SELECT FROM payment_transactions AS t WHERE t.installment_id = i.id
        AND {has_operation("t.id", _OUR_KINDS)}) AS is_open
    FROM installments AS i JOIN payment_accounts AS a USING (contract_id)
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class _Known:
    """An instalment as it stands here; ``is_open``: a debit or refund is still to be settled."""

    id: UUID
    provider: str
    state: InstallmentState
    charge: Charge
    is_open: bool


async def check_payments(runtime: Runtime, *, newest: int | None = None) -> list[Finding]:
    """Every invariant of payments, in order, with what breaks it."""
    async with runtime.database.unit_of_work(actor="check") as work:
        findings = [await find_broken(work, *one) for one in _STATEMENTS]
        rows = await work.fetch(
            f"{_STANDING} WHERE i.debits > 0 OR i.state = 'paid' ORDER BY i.id DESC LIMIT $1",
            newest,
        )
        charges = await load_debits(work, [row["id"] for row in rows])
    known = [
        _Known(
            row["id"],
            row["provider"],
            InstallmentState(row["state"]),
            charges[row["id"]].charge,
            row["is_open"],
        )
        for row in rows
    ]
    return [*findings, await _compare(runtime, known)]


async def count_payments(runtime: Runtime) -> dict[str, int]:
    """How many instalments stand where."""
    async with runtime.database.unit_of_work(actor="check") as work:
        rows = await work.fetch(
            "SELECT 'instalments ' || state AS place, count(*) AS n FROM installments "
            "GROUP BY place ORDER BY place"
        )
    return {row["place"]: row["n"] for row in rows}


async def _compare(runtime: Runtime, known: list[_Known]) -> Finding:
    words = await ask_about(known, partial(_ask, runtime))
    promise = "What is paid at the provider is paid here, and the other way round"
    return judge("Y3", promise, words, None)


async def _ask(runtime: Runtime, one: _Known) -> Word:
    if one.is_open or runtime.missing(one.provider):
        return Verdict.NOT_VERIFIED
    gateway = runtime.gateway(PaymentBackend, one.provider)
    outcome = await gateway.is_already_paid(one.charge, Attempt(one.id, "check"))
    if not isinstance(outcome, Done):
        return Verdict.NOT_VERIFIED
    is_paid = outcome.value is not None and outcome.value.status is PaymentStatus.PAID
    # What went back may be shown as paid or as cancelled there: a refund is a movement of its own.
    if one.state is InstallmentState.REFUNDED or is_paid == (one.state in _HAS_MONEY):
        return Verdict.KEPT
    [row] = await runtime.database.fetch(f"{_STANDING} WHERE i.id = $1", one.id)
    if row["is_open"] or row["state"] != one.state:
        return Verdict.NOT_VERIFIED  # Debited, or given back, between our look and the question.
    there = "paid" if is_paid else "not paid"
    return Difference(str(one.id), f"it is {one.state} here, and {there} at {one.provider}")


_STATEMENTS: Final = (
    (
        "Y1",
        "An instalment that is paid has one payment that was not given back, and no other has any",
        "installments",
        f"""
        SELECT i.id::text AS subject,
               format('it is %s, with %s payments that nobody gives back', i.state, p.loose)
                   AS sentence
        FROM installments AS i, LATERAL (
            SELECT count(*) AS left_here,
                   count(*) FILTER (WHERE NOT {has_operation("t.id", "= 'payments.refund_payment'")})
                       AS loose
            FROM payment_transactions AS t WHERE t.installment_id = i.id AND t.kind = 'payment'
              AND NOT EXISTS (SELECT FROM payment_transactions AS r WHERE r.parent_id = t.id)
        ) AS p
        WHERE p.loose > (i.state = 'paid')::int OR (i.state = 'paid' AND p.left_here = 0)
        ORDER BY i.id
        """,  # noqa: S608 - constants
    ),
    (
        "Y2",
        "Invoices of one organisation and year are numbered without a gap",
        "invoices",
        """
        SELECT concat_ws('/', tenant, organization, year) AS subject,
               format('%s invoices, and the last number is %s', count(*), max(number)) AS sentence
        FROM invoices GROUP BY tenant, organization, year HAVING count(*) <> max(number)
        ORDER BY subject
        """,
    ),
    (
        "Y4",
        "What is invoiced is paid, to be paid, or credited",
        "invoices",
        f"""
        SELECT b.contract_id::text AS subject, format('%s is none of these', b.rest) AS sentence
        FROM ({BALANCE}) AS b WHERE b.rest > 0
          AND (EXISTS (SELECT FROM installments WHERE contract_id = b.contract_id)
               OR (SELECT state FROM contracts WHERE id = b.contract_id) = 'cancelled')
        ORDER BY subject
        """,  # noqa: S608 - constants
    ),
)
