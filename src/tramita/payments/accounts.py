"""What a contract is paid from: who pays, where, with which card, to which organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from tramita.contracts.service import get_contract
from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import USERNAME
from tramita.kit.money import Money
from tramita.payments.cards import find_card_of
from tramita.payments.crediting import credit_unpaid
from tramita.payments.errors import AccountNotFound, CreditCardNotFound
from tramita.payments.installments import move_installments
from tramita.payments.invoices import InvoiceKind, NewInvoice, write_invoices
from tramita.payments.keepers import get_keeper
from tramita.payments.lifecycle import InstallmentState, InstallmentTrigger
from tramita.payments.recording import give_back
from tramita.payments.sellers import Sale

# As what is told of a payer is encrypted.
ADDRESS: Final = "payment_accounts.address"
EMAIL: Final = "payers.email"
_OWNER: Final = "payers.owner"
SCHEDULE_JOB = "payments.make_schedule"
DEBIT_JOB = "payments.debit_due"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """``owner`` is the payer's name at whoever sends them to us; ``organization`` sells.

    ``address`` is what stands on invoices and what the provider is told, by names of its own
    choosing. ``provider`` is who takes the cards, ``sale`` what invoices say was sold.
    """

    owner: str
    email: str
    organization: str
    total: Money
    provider: str
    address: Mapping[str, str] = field(default_factory=dict)
    sale: Sale = field(default_factory=Sale)


@dataclass(frozen=True, slots=True)
class CourseDates:
    """By what a schedule goes; ``signed_at`` empty: now. ``at_once``: one instalment, today."""

    starts_on: date | None = None
    ends_on: date | None = None
    signed_at: datetime | None = None
    at_once: bool = False


async def open_account(work: UnitOfWork, contract_id: UUID, new: NewAccount) -> None:
    """Let a contract be paid, and write its main invoice unless it is free.

    Raises ``ContractNotPayable`` where its backend does not ask to be told of payments.
    """
    contract = await get_contract(work, contract_id)
    get_keeper(contract.backend)
    payer_id = await find_payer(work, contract.tenant, new.owner, email=new.email)
    await work.fetch(
        """
        INSERT INTO payment_accounts (contract_id, payer_id, provider, organization, total, currency,
                                      address, sale, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, tramita_now())
        """,
        contract_id,
        payer_id,
        new.provider,
        new.organization,
        new.total.amount,
        new.total.currency,
        work.keys.encrypt_json(dict(new.address), ADDRESS),
        msgspec.json.encode(new.sale).decode(),
    )
    if new.total:
        main = NewInvoice(contract_id, InvoiceKind.MAIN, new.total.amount)
        await write_invoices(work, [main])


async def find_payer(work: UnitOfWork, tenant: str, owner: str, *, email: str) -> UUID:
    """Who pays, by their name in a tenant; known from now on, by their latest e-mail address."""
    rows = await work.fetch(
        """
        INSERT INTO payers AS p (id, tenant, owner, owner_hash, email, created_at)
        VALUES ($1, $2, $3, $4, $5, tramita_now())
        ON CONFLICT (tenant, owner_hash) DO UPDATE SET email = $5 RETURNING id
        """,
        new_id(),
        tenant,
        work.keys.encrypt(owner, _OWNER),
        work.keys.hash(USERNAME, owner),
        work.keys.encrypt(email, EMAIL),
    )
    payer_id: UUID = rows[0]["id"]
    return payer_id


def request_schedule(work: UnitOfWork, contract_id: UUID, dates: CourseDates) -> None:
    """Have the instalments written by the rules, and debited where they are due already.

    A contract that has some keeps them.
    """
    work.enqueue(
        SCHEDULE_JOB,
        contract_id=contract_id,
        starts_on=dates.starts_on,
        ends_on=dates.ends_on,
        signed_at=dates.signed_at,
        at_once=dates.at_once,
    )


def debit_due(work: UnitOfWork, contract_ids: Sequence[UUID]) -> None:
    """Have debited what is due today or earlier; what is not, or is under way, is left alone."""
    for contract_id in contract_ids:
        work.enqueue(DEBIT_JOB, contract_id=contract_id)


async def bind_card(work: UnitOfWork, contract_id: UUID, card_id: UUID) -> None:
    """Have a contract paid with a card of its payer from now on.

    Raises ``AccountNotFound``, and ``CreditCardNotFound`` for a card of somebody else, of
    another provider, or one that is deleted.
    """
    # Cards are locked before accounts, as where one is deleted.
    rows = await work.fetch(
        "SELECT payer_id, provider FROM payment_accounts WHERE contract_id = $1", contract_id
    )
    if not rows:
        raise AccountNotFound
    card = await find_card_of(work, rows[0]["payer_id"], card_id, lock=True)
    if card is None or card.provider != rows[0]["provider"]:
        raise CreditCardNotFound
    await work.fetch(
        "UPDATE payment_accounts SET card_id = $2 WHERE contract_id = $1", contract_id, card_id
    )


async def unbind_card(work: UnitOfWork, contract_id: UUID) -> None:
    """Nothing more is debited for this contract, so its card may be deleted."""
    await work.fetch(
        "UPDATE payment_accounts SET card_id = NULL WHERE contract_id = $1", contract_id
    )


async def cancel_remaining(work: UnitOfWork, contract_id: UUID) -> None:
    """Want no more of what is not paid yet, and credit it; a debit under way may still pay some."""
    await lock_rows(work, "contracts", [contract_id])
    ids = await _installments_of(work, contract_id)
    await move_installments(work, ids, InstallmentTrigger.CANCEL)
    await credit_unpaid(work, [contract_id])


async def start_refunds(
    work: UnitOfWork, contract_id: UUID, *, of: Sequence[UUID] | None = None
) -> None:
    """Give back whatever was paid, one payment at a time, or ``of`` these instalments; again is fine."""
    rows = await work.fetch(
        """
        SELECT t.id, t.provider FROM payment_transactions AS t
        WHERE t.contract_id = $1 AND t.kind = 'payment'
          AND ($2::uuid[] IS NULL OR t.installment_id = ANY($2))
          AND NOT EXISTS (SELECT FROM payment_transactions AS r WHERE r.parent_id = t.id)
        ORDER BY t.id
        """,
        contract_id,
        of,
    )
    for provider in sorted({row["provider"] for row in rows}):
        theirs = [row["id"] for row in rows if row["provider"] == provider]
        await give_back(work, provider, theirs)


async def _installments_of(work: UnitOfWork, contract_id: UUID) -> list[UUID]:
    rows = await work.fetch(
        "SELECT id FROM installments WHERE contract_id = $1 AND state <> $2 ORDER BY id",
        contract_id,
        InstallmentState.PAID.value,
    )
    return [row["id"] for row in rows]
