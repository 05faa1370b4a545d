"""The rows of instalments: locked with their contracts, moved along their life cycle, told of.

Lock order: payers, operations, contracts, what a contract's backend keeps, instalments, invoice counters;
rows of one table by id. Whoever begins at instalments waits for nobody (``SKIP LOCKED``).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.money import Money
from tramita.kit.transitions import Stateful
from tramita.kit.webhooks.emission import NewEvent, emit_many
from tramita.payments.events import BY_STATE
from tramita.payments.lifecycle import INSTALLMENT, InstallmentState, InstallmentTrigger
from tramita.payments.rules.schedule import Due

INSTALLMENTS: Final = Stateful(INSTALLMENT, "installments")


@dataclass(frozen=True, slots=True)
class Installment:
    """One instalment, locked, with whom its account is at."""

    id: UUID
    contract_id: UUID
    provider: str
    due_date: date
    amount: Decimal
    currency: str
    state: InstallmentState

    @property
    def money(self) -> Money:
        """What is to be paid."""
        return Money(self.amount, self.currency)


async def lock_installments(work: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Installment]:
    """Have instalments and their contracts stay as they are until the unit of work ends."""
    known = await work.fetch(
        "SELECT DISTINCT contract_id FROM installments WHERE id = ANY($1::uuid[])", list(ids)
    )
    await lock_rows(work, "contracts", [row["contract_id"] for row in known])
    await lock_rows(work, "installments", ids)
    rows = await work.fetch(
        """
        SELECT i.id, i.contract_id, a.provider, i.due_date, i.amount, i.currency, i.state
        FROM installments AS i JOIN payment_accounts AS a USING (contract_id)
        WHERE i.id = ANY($1::uuid[]) ORDER BY i.id
        """,
        list(ids),
    )
    return {
        row["id"]: Installment(**{**row, "state": InstallmentState(row["state"])}) for row in rows
    }


async def add_installments(work: UnitOfWork, contract_id: UUID, schedule: Sequence[Due]) -> bool:
    """Write a schedule; false when the contract has one, which stays."""
    rows = await work.fetch(
        """
        INSERT INTO installments (id, contract_id, position, due_date, amount, currency, state)
        SELECT id, $1, position, due_date, amount, currency, $6
        FROM unnest($2::uuid[], $3::date[], $4::numeric[], $5::text[]) WITH ORDINALITY
            AS i(id, due_date, amount, currency, position)
        WHERE NOT EXISTS (SELECT FROM installments WHERE contract_id = $1)
        ON CONFLICT (contract_id, position) DO NOTHING RETURNING id
        """,
        contract_id,
        [new_id() for _ in schedule],
        [one.due_date for one in schedule],
        [one.amount.amount for one in schedule],
        [one.amount.currency for one in schedule],
        INSTALLMENT.initial.value,
    )
    return bool(rows)


async def move_installments(
    work: UnitOfWork, ids: Sequence[UUID], trigger: InstallmentTrigger, *, why: str | None = None
) -> set[UUID]:
    """Move those that take it, and tell subscribers; answers which moved."""
    moved = set(await INSTALLMENTS.move(work, ids, trigger, cause=why))
    rows = await work.fetch(
        """
        UPDATE installments SET
            refused_at = CASE WHEN state = 'refused' THEN coalesce(refused_at, (SELECT tramita_now()))
                         ELSE refused_at END,
            refusal = CASE WHEN state IN ('refused', 'error') THEN $2 END
        WHERE id = ANY($1::uuid[])
        RETURNING id, contract_id, due_date, amount, currency, state, refusal
        """,
        sorted(moved),
        why,
    )
    await emit_many(
        work,
        [
            NewEvent(
                BY_STATE[state],
                row["contract_id"],
                {
                    "id": str(row["id"]),
                    "contract_id": str(row["contract_id"]),
                    "due_date": row["due_date"].isoformat(),
                    "amount": str(row["amount"]),
                    "currency": row["currency"],
                    "state": state.value,
                }
                | ({"reason": row["refusal"]} if row["refusal"] else {}),
            )
            for row in rows
            if (state := InstallmentState(row["state"])) in BY_STATE
        ],
    )
    return moved
