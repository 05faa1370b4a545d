"""Forms of the provider, made while somebody waits: to save a card, and to pay what was refused.

A form moves no money before its payer does, and one that is made twice is only one more form: so
it is no operation. What comes of it the provider tells (``journey.take_message``), or is found by
whoever debits the instalment next. While a payer may be paying, nothing is debited by itself.
"""

from dataclasses import dataclass
from typing import Final, TypeVar, assert_never
from uuid import UUID

from tramita.kit.attempt import Attempt
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.operations import standing
from tramita.kit.operations.paused import refuse_paused
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.payments.accounts import find_payer
from tramita.payments.acts import DEBIT
from tramita.payments.cards import CARD_TOKEN
from tramita.payments.errors import (
    CreditCardNotFound,
    InstallmentUnderWay,
    NoInstallmentToPay,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
)
from tramita.payments.installments import lock_installments
from tramita.payments.journey.debit_installment import (
    Debit,
    expected,
    load_debits,
    record_failures,
)
from tramita.payments.lifecycle import InstallmentState
from tramita.payments.ports import (
    Charge,
    HostedForm,
    Payer,
    PaymentBackend,
    PaymentNews,
    PaymentStatus,
)
from tramita.payments.recording import record_payments
from tramita.payments.settings import PaymentSettings

T = TypeVar("T")
ACTOR: Final = "payments.forms"


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form, and whose it is."""

    provider: str
    form: HostedForm


@dataclass(frozen=True, slots=True)
class _ToPay:
    """An instalment that its owner pays by hand, and with which saved card, if any."""

    id: UUID
    provider: str
    charge: Charge
    card_token: str | None


async def open_card_form(runtime: Runtime, tenant: str, owner: str, email: str) -> OpenForm:
    """A form in which a payer saves a card."""
    provider = runtime.configured(PaymentSettings).provider
    async with runtime.database.unit_of_work(actor=ACTOR) as work:
        await refuse_paused(work, provider)
        payer_id = await find_payer(work, tenant, owner, email=email)
    gateway = runtime.gateway(PaymentBackend, provider)
    outcome = await gateway.tokenize_card(Payer(str(payer_id), email), _attempt())
    return OpenForm(provider, _done(outcome))


async def open_payment_form(
    runtime: Runtime, contract_id: UUID, card_id: UUID | None = None
) -> OpenForm | None:
    """A form for the first refused instalment, with a saved card or any; ``None``: it is paid.

    The provider is asked first: what was paid meanwhile is written down instead. Raises
    ``NoInstallmentToPay``, ``InstallmentUnderWay`` while it is being debited, and
    ``CreditCardNotFound`` for a card that is not its payer's.
    """
    settings = runtime.configured(PaymentSettings)
    async with runtime.database.unit_of_work(actor=ACTOR) as work:
        wanted = await _begin(work, contract_id, card_id, settings)
    gateway, attempt = runtime.gateway(PaymentBackend, wanted.provider), _attempt()
    known = _done(await gateway.is_already_paid(wanted.charge, attempt))
    if known is not None and known.status is PaymentStatus.PAID:
        told = expected(wanted.charge, Done(known))
        await _record(runtime, wanted, told)
        _done(told)
        return None
    if wanted.card_token is None:
        outcome = await gateway.create_payment(wanted.charge, attempt)
    else:
        outcome = await gateway.create_one_click_payment(wanted.charge, wanted.card_token, attempt)
    return OpenForm(wanted.provider, _done(outcome))


async def _begin(
    work: UnitOfWork, contract_id: UUID, card_id: UUID | None, settings: PaymentSettings
) -> _ToPay:
    """Find what is to be paid, and keep it from being debited meanwhile."""
    rows = await work.fetch(
        "SELECT id FROM installments WHERE contract_id = $1 AND state = $2 "
        "ORDER BY position LIMIT 1",
        contract_id,
        InstallmentState.REFUSED.value,
    )
    if not rows:
        raise NoInstallmentToPay
    id_: UUID = rows[0]["id"]
    locked = (await lock_installments(work, [id_]))[id_]
    await refuse_paused(work, locked.provider)
    if locked.state is not InstallmentState.REFUSED:
        raise NoInstallmentToPay
    if await standing.live(work, [id_], [DEBIT]):
        raise InstallmentUnderWay
    await work.fetch(
        "UPDATE installments SET form_until = tramita_now() + $2::interval WHERE id = $1",
        id_,
        settings.form,
    )
    debit: Debit = (await load_debits(work, [id_]))[id_]
    token = None if card_id is None else await _token_of(work, locked.provider, debit, card_id)
    return _ToPay(id_, locked.provider, debit.charge, token)


async def _token_of(work: UnitOfWork, provider: str, debit: Debit, card_id: UUID) -> str:
    rows = await work.fetch(
        """
        SELECT c.token FROM credit_cards AS c JOIN card_owners AS o ON o.card_id = c.id
        WHERE c.id = $1 AND o.payer_id = $2 AND c.provider = $3 AND c.state = 'active'
        """,
        card_id,
        UUID(debit.charge.payer.reference),
        provider,
    )
    if not rows:
        raise CreditCardNotFound
    return work.keys.decrypt(rows[0]["token"], CARD_TOKEN)


async def _record(runtime: Runtime, of: _ToPay, told: Outcome[PaymentNews]) -> None:
    """Write down what was paid meanwhile, or what is wrong with it."""
    async with runtime.database.unit_of_work(actor=of.provider) as work:
        match told:
            case Done(news):
                await record_payments(work, of.provider, [news])
            case Refused(code, reason):
                await record_failures(work, [(of.id, f"{code}: {reason}")])


def _attempt() -> Attempt:
    id_ = new_id()
    return Attempt(id_, str(id_))


def _done(outcome: Outcome[T]) -> T:
    """What was answered; raises what callers are told of everything else."""
    match outcome:
        case Done(value):
            return value
        case Refused(code, reason):
            raise PaymentProviderRefused(reason=f"{code}: {reason}")
        case NotSent(reason) | Unknown(reason):
            raise PaymentProviderUnavailable(reason=reason)
        case Pending(reference):
            raise PaymentProviderUnavailable(reason=f"{reference} is not decided yet")
        case _:
            assert_never(outcome)
