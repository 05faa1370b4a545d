"""What is shown of applications, offers and agents: to their own tenant, and to everybody else's agents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from tramita.transfers.amounts import written, written_rate
from tramita.transfers.attention import Need, need_of
from tramita.transfers.lifecycle import EDITABLE, ApplicationState, PaymentState
from tramita.transfers.model import Agent, Application, Offer
from tramita.transfers.rules.kinds import IN_ONEC, Kind
from tramita.transfers.rules.permissions import (
    Action,
    allowed_actions,
    allowed_moves,
    allowed_payment_moves,
    may,
)
from tramita.transfers.who import Who


class AgentView(Struct):
    """Somebody on the list; who is not ``is_active`` works on nothing."""

    id: UUID
    tenant: str
    name: str
    telegram_id: int | None
    role: str
    is_active: bool
    created_at: datetime


class ApplicationLine(Struct):
    """An application in a list."""

    id: UUID
    tenant: str
    kind: str
    state: str
    payment_state: str
    amount: str | None
    currency: str | None
    payer: str
    beneficiary: str
    beneficiary_country: str
    agent_id: UUID | None
    onec_number: str | None
    deadline: date | None
    created_at: datetime
    updated_at: datetime
    version: int


class MarketLine(Struct):
    """An application as agents of every tenant see it: nothing of whoever pays, or how."""

    id: UUID
    kind: str
    state: str
    amount: str | None
    currency: str | None
    beneficiary_country: str
    created_at: datetime
    deadline: date | None


class OfficeView(Struct):
    """What 1C calls an application; ``revision`` is the last that it has, ``status`` its own word.

    ``link`` opens it within 1C, ``web_link`` in a browser, where that is possible and one application
    is asked for.
    """

    number: str | None
    date: datetime | None
    link: str | None
    status: str | None
    revision: int | None
    web_link: str | None = None


class ApplicationAnswer(Struct):
    """One application, and what whoever asks may do with it.

    ``fields`` are the form. ``version`` counts all changes, ``revision`` those of the form.
    ``moves`` and ``payment_moves`` are where it may go now, ``editable`` is whether the form may be
    changed, and ``read_only_reason`` why not. ``onec`` is shown to those who may see it. ``needs`` is
    what a person has to do about its money, now that it is over.
    """

    id: UUID
    tenant: str
    kind: str
    origin: str
    state: str
    payment_state: str
    version: int
    revision: int
    fields: dict[str, Any]
    amount: str | None
    currency: str | None
    agent_id: UUID | None
    has_chat: bool
    deadline: date | None
    editable: bool
    read_only_reason: str | None
    allowed_actions: list[str]
    moves: list[str]
    payment_moves: list[str]
    needs: Need | None
    onec: OfficeView | None
    contract_id: UUID | None
    reason: str | None
    created_at: datetime
    updated_at: datetime


class OfferTerms(Struct, kw_only=True):
    """On what conditions a payment is made."""

    rate: str | None
    commission_percent: str | None
    commission_fixed: str | None
    payer_amount: str
    payer_currency: str
    payout_amount: str
    payout_currency: str
    account_details: dict[str, Any]
    conditions: str
    valid_until: datetime | None


class OfferView(OfferTerms, kw_only=True):
    """An offer; ``why_not`` is what is against accepting it by itself."""

    id: UUID
    application_id: UUID
    agent_id: UUID
    state: str
    revision: int
    operator: str | None
    why_not: str | None
    created_at: datetime
    decided_at: datetime | None


def present_agent(agent: Agent) -> AgentView:
    """An agent, as their own tenant sees them."""
    return AgentView(
        agent.id,
        agent.tenant,
        agent.name,
        agent.telegram_id,
        agent.role,
        agent.is_active,
        agent.created_at,
    )


def present_application(application: Application, who: Who) -> ApplicationAnswer:
    """An application as ``who`` sees it."""
    state, kind = ApplicationState(application.state), Kind(application.kind)
    payment = PaymentState(application.payment_state)
    editable = may(who.role, state, Action.EDIT, kind=kind)
    sees_office = may(who.role, state, Action.SEE_ONEC, kind=kind) and kind in IN_ONEC
    return ApplicationAnswer(
        id=application.id,
        tenant=application.tenant,
        kind=kind.value,
        origin=application.origin,
        state=state.value,
        payment_state=payment.value,
        version=application.version,
        revision=application.revision,
        fields=application.fields,
        amount=None
        if application.amount is None
        else written(application.amount, application.currency),
        currency=application.currency,
        agent_id=application.agent_id,
        has_chat=application.chat_id is not None,
        deadline=application.deadline,
        editable=editable,
        read_only_reason=None if editable else _why_closed(state),
        allowed_actions=[one.value for one in allowed_actions(who.role, state, kind=kind)],
        moves=sorted({one.value for one in allowed_moves(who.role, state, kind).values()}),
        payment_moves=sorted(
            {one.value for one in allowed_payment_moves(who.role, state, payment, kind).values()}
        ),
        needs=need_of(application),
        onec=_present_office(application) if sees_office else None,
        contract_id=application.contract_id,
        reason=application.reason,
        created_at=application.created_at,
        updated_at=application.updated_at,
    )


def _why_closed(state: ApplicationState) -> str:
    return "role_forbidden" if state in EDITABLE else "read_only"


def _present_office(application: Application) -> OfficeView:
    return OfficeView(
        application.onec_number,
        application.onec_date,
        application.onec_link,
        application.onec_status,
        application.onec_revision,
    )


def terms_of(offer: Offer) -> dict[str, Any]:
    """What ``OfferTerms`` say of an offer."""
    terms = OfferTerms(
        rate=written_rate(offer.rate),
        commission_percent=written_rate(offer.commission_percent),
        commission_fixed=None
        if offer.commission_fixed is None
        else written(offer.commission_fixed, offer.payer_currency),
        payer_amount=written(offer.payer_amount, offer.payer_currency),
        payer_currency=offer.payer_currency,
        payout_amount=written(offer.payout_amount, offer.payout_currency),
        payout_currency=offer.payout_currency,
        account_details=offer.account_details,
        conditions=offer.conditions,
        valid_until=offer.valid_until,
    )
    return asdict(terms)


def present_offer(offer: Offer) -> OfferView:
    """An offer, as both its sides see it."""
    return OfferView(
        **terms_of(offer),
        id=offer.id,
        application_id=offer.application_id,
        agent_id=offer.agent_id,
        state=offer.state,
        revision=offer.revision,
        operator=offer.operator,
        why_not=offer.why_not,
        created_at=offer.created_at,
        decided_at=offer.decided_at,
    )
