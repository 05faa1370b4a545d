"""Offers: an agent's on an ordinary application, and what 1C has worked out for any other.

What 1C sends is taken as the offer of the application's own agent, and is accepted by itself when that
agent is on the list, the tenant is the master still, and it is about what stands in the form now.
Otherwise it stays *submitted*, for a person: as soon as somebody who is on the list is the
application's agent, it is looked at again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.money import Money
from tramita.kit.tenants import get_tenant
from tramita.transfers.contracts import open_contract
from tramita.transfers.errors import (
    AgentNotWhitelisted,
    InvalidTransition,
    OfferNotAllowed,
    OfferNotFound,
    RoleForbidden,
)
from tramita.transfers.following import follow_move, follow_offer, follow_offer_made
from tramita.transfers.guards import IN_WORK, check_move
from tramita.transfers.lifecycle import (
    CHOSEN,
    OFFER,
    OPEN_OFFERS,
    ApplicationState,
    ApplicationTrigger,
    OfferState,
    OfferTrigger,
)
from tramita.transfers.model import OFFERS, Agent, Application, Offer
from tramita.transfers.naming.reasons import (
    FORM_CHANGED,
    NOT_MASTER,
    NOT_ON_THE_LIST,
    OF_ANOTHER,
    STANDS_ELSEWHERE,
)
from tramita.transfers.rows import advance, lock_application
from tramita.transfers.rules.kinds import TRAITS, Kind
from tramita.transfers.rules.permissions import Action, may
from tramita.transfers.who import SYSTEM, Who, get_active_agent

_OPEN: Final = one_of("state", OPEN_OFFERS)
_WAITING: Final = f"""
    SELECT id FROM offers WHERE application_id = $1 AND message_no IS NOT NULL
    AND {one_of("state", [OfferState.SUBMITTED])} ORDER BY id DESC LIMIT 1
"""  # noqa: S608 - ours
_HAND_OVER: Final = f"""
    UPDATE offers SET agent_id = $2
    WHERE application_id = $1 AND message_no IS NOT NULL AND {_OPEN}
"""  # noqa: S608 - ours
_OPEN_ONES: Final = f"""
    SELECT id FROM offers WHERE application_id = $1 AND {_OPEN}
    AND ($2::uuid IS NULL OR agent_id = $2) ORDER BY id
"""  # noqa: S608 - ours
_FIRST: Final = f"""
    SELECT id FROM offers WHERE application_id = $1 AND {one_of("state", CHOSEN | OPEN_OFFERS)}
    ORDER BY {one_of("state", CHOSEN)} DESC, id DESC LIMIT 1
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Terms:
    """On what conditions: ``payer`` is what the client pays, ``payout`` what arrives."""

    payer: Money
    payout: Money
    rate: Decimal | None = None
    commission_percent: Decimal | None = None
    commission_fixed: Decimal | None = None
    account: Mapping[str, Any] = field(default_factory=dict)
    conditions: str = ""
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """From whom an offer is: an agent, and where it came from 1C, who wrote it there and in which message."""

    agent_id: UUID
    operator: str | None = None
    message_no: int | None = None


async def make_offer(
    work: UnitOfWork, application_id: UUID, agent_id: UUID, terms: Terms, who: Who
) -> Offer:
    """An agent's offer on an ordinary application; an earlier open one of theirs is superseded.

    Raises ``OfferNotAllowed``, ``RoleForbidden`` and ``AgentNotWhitelisted``.
    """
    application = await lock_application(work, application_id)
    state, kind = ApplicationState(application.state), Kind(application.kind)
    if not TRAITS[kind].has_pipelines:
        raise OfferNotAllowed
    if not may(who.role, state, Action.MAKE_OFFER, kind=kind):
        raise RoleForbidden(role=who.role, action=Action.MAKE_OFFER)
    await get_active_agent(work, agent_id)
    await _close(work, application, OfferTrigger.SUPERSEDE, of_agent=agent_id)
    return await write_offer(work, application, Source(agent_id), terms)


async def write_offer(
    work: UnitOfWork,
    application: Application,
    source: Source,
    terms: Terms,
    *,
    supersedes: UUID | None = None,
) -> Offer:
    """A submitted offer on a locked application."""
    offer = Offer(
        id=new_id(),
        application_id=application.id,
        agent_id=source.agent_id,
        revision=application.revision,
        state=OFFER.initial.value,
        rate=terms.rate,
        commission_percent=terms.commission_percent,
        commission_fixed=terms.commission_fixed,
        payer_amount=terms.payer.amount,
        payer_currency=terms.payer.currency,
        payout_amount=terms.payout.amount,
        payout_currency=terms.payout.currency,
        account_details=dict(terms.account),
        conditions=terms.conditions,
        valid_until=terms.valid_until if TRAITS[Kind(application.kind)].has_deadline else None,
        operator=source.operator,
        message_no=source.message_no,
        supersedes=supersedes,
        created_at=await work.now(),
    )
    work.session.add(offer)
    await work.session.flush()
    await OFFERS.move_one(work, offer.id, OfferTrigger.SUBMIT)
    await work.session.refresh(offer, ["state"])
    await follow_offer_made(work, application, offer)
    return offer


async def get_offer(work: UnitOfWork, application_id: UUID, offer_id: UUID) -> Offer:
    """One offer of an application; raises ``OfferNotFound``."""
    offer = await work.session.get(Offer, offer_id, populate_existing=True)
    if offer is None or offer.application_id != application_id:
        raise OfferNotFound(id=offer_id)
    return offer


async def accept_offer(
    work: UnitOfWork, application_id: UUID, offer_id: UUID, who: Who, reason: str | None = None
) -> Application:
    """The client accepts one of the offers on an ordinary application; the others are declined.

    Raises ``OfferNotFound``, ``InvalidTransition``, ``RoleForbidden`` and ``AgentNotWhitelisted``.
    """
    application = await lock_application(work, application_id)
    offer = await get_offer(work, application_id, offer_id)
    await check_move(work, application, ApplicationTrigger.ACCEPT_OFFER, who, reason)
    stands = OfferState(offer.state)
    if (
        stands is OfferState.SUBMITTED
        and offer.valid_until
        and offer.valid_until <= await work.now()
    ):
        # Its time is over; whoever looks at the clock has not written that down yet.
        stands = OfferState.EXPIRED
    if stands is not OfferState.SUBMITTED:
        raise InvalidTransition(from_=stands.value, to=OfferState.ACCEPTED.value, allowed=[])
    await get_active_agent(work, offer.agent_id)
    application.agent_id = offer.agent_id
    await choose(work, application, offer, OfferTrigger.ACCEPT)
    return application


async def choose(
    work: UnitOfWork, application: Application, offer: Offer, trigger: OfferTrigger
) -> None:
    """Have a submitted offer be the one: the form is closed, a contract opened, 1C's word caught up with."""
    await open_contract(work, application)
    application.read_only_at = await work.now()
    await move_offer(work, application, offer, trigger)
    await _close(work, application, OfferTrigger.DECLINE)
    before = await advance(work, application, ApplicationTrigger.ACCEPT_OFFER, None)
    await follow_move(work, application, before)
    if application.onec_status == IN_WORK:
        before = await advance(work, application, ApplicationTrigger.START_WORK, None)
        await follow_move(work, application, before)


async def consider(work: UnitOfWork, application: Application) -> Offer | None:
    """Accept what 1C has offered on a locked application, if nothing is against it any more.

    Answers what is offered, if anything is; then ``why_not`` says what is against it.
    """
    rows = await work.fetch(_WAITING, application.id)
    if not rows:
        return None
    offer = await get_offer(work, application.id, rows[0]["id"])
    offer.why_not = await _why_not(work, application, offer)
    if offer.why_not is None:
        await choose(work, application, offer, OfferTrigger.AUTO_ACCEPT)
    await work.session.flush()
    return offer


async def hand_over_offers(work: UnitOfWork, application: Application) -> None:
    """What 1C has offered is of whoever is the application's agent now."""
    await work.fetch(_HAND_OVER, application.id, application.agent_id)


async def _why_not(work: UnitOfWork, application: Application, offer: Offer) -> str | None:
    """What is against accepting an offer by itself."""
    state, kind = ApplicationState(application.state), Kind(application.kind)
    if not may(SYSTEM.role, state, Action.ACCEPT_OFFER, kind=kind):
        return STANDS_ELSEWHERE
    if offer.revision != application.revision:
        return FORM_CHANGED
    tenant = await get_tenant(work, application.tenant)
    if not tenant.is_master:
        return NOT_MASTER
    try:
        agent: Agent = await get_active_agent(work, offer.agent_id)
    except AgentNotWhitelisted:
        return NOT_ON_THE_LIST
    if agent.id != application.agent_id or agent.tenant != application.tenant:
        return OF_ANOTHER
    return None


async def withdraw_offer(work: UnitOfWork, application_id: UUID, offer_id: UUID) -> Offer:
    """An agent takes an open offer back; again is fine. Raises ``InvalidTransition``."""
    return await _end(work, application_id, offer_id, OfferTrigger.WITHDRAW)


async def decline_offer(work: UnitOfWork, application_id: UUID, offer_id: UUID) -> Offer:
    """The client does not want an open offer; again is fine. Raises ``InvalidTransition``."""
    return await _end(work, application_id, offer_id, OfferTrigger.DECLINE)


async def _end(
    work: UnitOfWork, application_id: UUID, offer_id: UUID, trigger: OfferTrigger
) -> Offer:
    application = await lock_application(work, application_id)
    offer = await get_offer(work, application_id, offer_id)
    targets = OFFER.targets(trigger)
    if offer.state in set(targets.values()):
        return offer
    if offer.state not in targets:
        to = next(iter(targets.values())).value
        raise InvalidTransition(from_=offer.state, to=to, allowed=[])
    await move_offer(work, application, offer, trigger)
    return offer


async def supersede_open(work: UnitOfWork, application: Application) -> None:
    """Let what waits on a locked application give way to what comes now."""
    await _close(work, application, OfferTrigger.SUPERSEDE)


async def close_offers(work: UnitOfWork, application: Application) -> None:
    """Nothing comes of the offers of a locked application any more."""
    await _close(work, application, OfferTrigger.DECLINE)


async def _close(
    work: UnitOfWork,
    application: Application,
    trigger: OfferTrigger,
    of_agent: UUID | None = None,
) -> None:
    rows = await work.fetch(_OPEN_ONES, application.id, of_agent)
    for row in rows:
        await move_offer(
            work, application, await get_offer(work, application.id, row["id"]), trigger
        )


async def move_offer(
    work: UnitOfWork, application: Application, offer: Offer, trigger: OfferTrigger
) -> None:
    """Move an offer of a locked application."""
    before = offer.state
    await OFFERS.move_one(work, offer.id, trigger)
    await work.session.refresh(offer, ["state"])
    offer.decided_at = await work.now()
    await work.session.flush()
    await follow_offer(work, application, offer, before)


async def find_chosen(work: UnitOfWork, application_id: UUID) -> Offer | None:
    """The offer that is accepted, if one is."""
    offer = await offer_of(work, application_id)
    return offer if offer is not None and offer.state in CHOSEN else None


async def offer_of(work: UnitOfWork, application_id: UUID) -> Offer | None:
    """The offer that is accepted, else the newest open one."""
    rows = await work.fetch(_FIRST, application_id)
    return await work.session.get(Offer, rows[0]["id"], populate_existing=True) if rows else None
