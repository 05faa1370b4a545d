"""``payments.debit_installment``: debit one instalment from the card of its account.

One operation is one debit, under one key that its payment bears at the provider. Whoever cannot know
whether an earlier attempt arrived asks ``is_already_paid`` first; so does whoever debits again what
was refused, or what may have been paid in a form meanwhile. What was lost on its way may arrive
late: nobody believes that there is nothing until the provider has said so for a while.

- Paid: the instalment is ``paid``.
- The bank refuses: ``refused``, and debited again on the days that the settings name.
- The provider does not know the card, or there is none: ``refused`` as well, its owner has to act.
- The provider does not take the request: ``error``, and debited again the next night.
- It has taken another amount: ``error`` as well, and nothing is debited while it says so.
- It is decided later: ``payments.ask_debit`` asks until it is, should the provider's message be lost.
- The provider is away: it is sent again, for as long as it takes.
- Nobody knows: it is asked about. After a long outage an operator sees it under "needs attention",
  may have it asked once more, or looks at the provider's own pages and says that it was refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

import asyncpg

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import Keyring
from tramita.kit.money import Money
from tramita.kit.operations.act import Act, Caution
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.payments.accounts import ADDRESS, EMAIL
from tramita.payments.acts import DEBIT
from tramita.payments.cards import CARD_TOKEN, ISSUER_REFERENCE
from tramita.payments.installments import (
    lock_installments,
    move_installments,
)
from tramita.payments.keepers import tell_keepers
from tramita.payments.lifecycle import TO_PAY, InstallmentState, InstallmentTrigger
from tramita.payments.ports import (
    CardRefusal,
    Charge,
    Payer,
    PaymentBackend,
    PaymentNews,
    PaymentStatus,
    SavedCard,
)
from tramita.payments.recording import record_payments
from tramita.payments.settings import PaymentSettings

OTHER_AMOUNT: Final = "other_amount"
_AFTER_NO_WORD: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Debit:
    """What is to be paid with which card; ``may_be_paid``: not for the first time."""

    charge: Charge
    card: SavedCard | None
    state: InstallmentState
    may_be_paid: bool


async def load_debits(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Debit]:
    """Debits by instalment."""
    rows = await work.fetch(
        """
        SELECT i.id, i.contract_id, i.amount, i.currency, i.state,
               i.debits > 1 OR i.form_until IS NOT NULL OR i.refused_at IS NOT NULL AS may_be_paid,
               p.id AS payer_id, p.email, a.address,
               c.token, c.brand, c.expiration_month, c.expiration_year, c.last_numbers,
               c.issuer_reference
        FROM installments AS i
        JOIN payment_accounts AS a USING (contract_id)
        JOIN payers AS p ON p.id = a.payer_id
        LEFT JOIN credit_cards AS c ON c.id = a.card_id AND c.state = 'active'
        WHERE i.id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {
        row["id"]: Debit(
            _charge(work.keys, row),
            _card(work.keys, row),
            InstallmentState(row["state"]),
            row["may_be_paid"],
        )
        for row in rows
    }


def _charge(keys: Keyring, row: asyncpg.Record) -> Charge:
    email, address = keys.decrypt(row["email"], EMAIL), row["address"]
    return Charge(
        str(row["contract_id"]),
        str(row["id"]),
        Money(row["amount"], row["currency"]),
        Payer(str(row["payer_id"]), email, keys.decrypt_decoded(address, ADDRESS)),
    )


def _card(keys: Keyring, row: asyncpg.Record) -> SavedCard | None:
    if row["token"] is None:
        return None
    consent = row["issuer_reference"]
    return SavedCard(
        keys.decrypt(row["token"], CARD_TOKEN),
        row["brand"],
        row["expiration_month"],
        row["expiration_year"],
        row["last_numbers"],
        consent and keys.decrypt(consent, ISSUER_REFERENCE),
    )


async def record_debits(
    work: UnitOfWork, results: Sequence[Result[Debit, PaymentNews | None]]
) -> None:
    """Write what became of debits; what is still open has no news."""
    told: dict[str, list[PaymentNews]] = {}
    failed: list[tuple[UUID, str]] = []
    for one in results:
        operation = one.task.operation
        if one.decision is not None:
            told.setdefault(operation.provider, []).append(one.decision)
        elif one.trigger is OperationTrigger.REFUSED:
            failed.append((operation.subject_id, one.reason or ""))
    if len(told) + bool(failed) > 1:
        # What comes second, before a payment draws the number of its invoice: so everybody locks.
        await lock_installments(work, [one.task.operation.subject_id for one in results])
    for provider, news in sorted(told.items()):
        await record_payments(work, provider, news)
    await record_failures(work, failed)


async def refuse_debits(work: UnitOfWork, ids: Sequence[UUID], words: str) -> None:
    """A person says that nothing was debited: its owner is asked to pay in another way."""
    why = f"{CardRefusal.OTHER}: {words}"
    await record_failures(work, [(id_, why) for id_ in ids], by=InstallmentTrigger.REFUSE)


async def record_failures(
    work: UnitOfWork,
    failed: Sequence[tuple[UUID, str]],
    *,
    by: InstallmentTrigger | None = None,
) -> None:
    """The provider took nothing that counts: without a card that it knows it is the owner's to act.

    Of an instalment that is wanted no more, or is paid, why is shown as well.
    """
    if not failed:
        return
    installments = await lock_installments(work, [id_ for id_, _ in failed])
    for id_, why in failed:
        is_cards = why.startswith(f"{CardRefusal.CARD_UNKNOWN}:")
        usual = InstallmentTrigger.REFUSE if is_cards else InstallmentTrigger.FAIL
        if not await move_installments(work, [id_], by or usual, why=why):
            await work.fetch("UPDATE installments SET refusal = $2 WHERE id = $1", id_, why)
    await tell_keepers(work, {one.contract_id for one in installments.values()})


def _unwanted(debit: Debit) -> str | None:
    return None if debit.state in TO_PAY else f"The instalment is {debit.state} already."


def _why_not(news: PaymentNews) -> str | None:
    if news.status is PaymentStatus.PAID:
        return None
    return f"{news.code or CardRefusal.OTHER}: {news.reason}"


async def _debit(backend: PaymentBackend, debit: Debit, attempt: Attempt) -> Outcome[PaymentNews]:
    if debit.card is None:
        return Refused(CardRefusal.CARD_UNKNOWN, "No card is defined.")
    if debit.may_be_paid:
        known = await _ask(backend, debit, attempt)
        match known:
            case None:
                pass
            case Unknown(reason):
                return NotSent(reason, _AFTER_NO_WORD)  # It was asked, and nothing else.
            case _:
                return known
    outcome = await backend.create_zero_click_payment(debit.charge, debit.card, attempt)
    return expected(debit.charge, outcome)


def expected(charge: Charge, outcome: Outcome[PaymentNews]) -> Outcome[PaymentNews]:
    """Another amount than was asked for pays nothing; it is for a person to see to."""
    if not isinstance(outcome, Done) or outcome.value.status is not PaymentStatus.PAID:
        return outcome
    paid = outcome.value.amount
    if paid == charge.amount:
        return outcome
    return Refused(OTHER_AMOUNT, f"it has taken {paid} for an instalment of {charge.amount}")


async def _ask(
    backend: PaymentBackend, debit: Debit, attempt: Attempt
) -> Outcome[PaymentNews] | None:
    """What is known there; ``None``: it is to be debited."""
    outcome = await backend.is_already_paid(debit.charge, attempt)
    match outcome:
        case Done(news):
            return None if news is None else expected(debit.charge, Done(news))
        case Refused(code, reason):
            return Unknown(f"it does not say what was paid: {code}: {reason}")
        case Pending() | NotSent() | Unknown():
            return outcome
        case _:
            assert_never(outcome)


def caution_of(runtime: Runtime) -> Caution:
    """How careful one is with money whose answer is lost."""
    settings = runtime.configured(PaymentSettings)
    grace = timedelta(seconds=settings.debit_grace)
    return Caution(settings.first_pause, grace, timedelta(seconds=settings.outage_wait))


DEBITING: Final[Act[Debit, PaymentNews]] = Act(
    name=DEBIT,
    load=load_debits,
    call=_debit,
    ask=_ask,
    unwanted=_unwanted,
    failure=_why_not,
    record=record_debits,
    refuse=refuse_debits,
    reference=lambda news: news.reference,
    caution=caution_of,
    calls=2,
)
