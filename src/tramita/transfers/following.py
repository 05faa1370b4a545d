"""What follows when an application has changed: nothing is called out here, it is enqueued.

Whoever watches a page is told that something is different, subscribers what it is, and the chat
and 1C get what they need to know by acts of their own, in the same unit of work.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from tramita.chats.registry import tell_changed
from tramita.contracts.service import (
    activate_contracts,
    cancel_contracts,
    set_activated,
    write_backend_records,
)
from tramita.kit.database.work import UnitOfWork
from tramita.kit.webhooks.emission import NewEvent, emit, emit_many
from tramita.kit.webhooks.types import EventType
from tramita.transfers.amounts import written, written_rate
from tramita.transfers.card import post_document, show_card, tell_of_money
from tramita.transfers.events import (
    APPLICATION_CHANGED,
    APPLICATION_CREATED,
    APPLICATION_DOCUMENT_ADDED,
    APPLICATION_PAYMENT_CHANGED,
    OFFER_CHANGED,
    OFFER_SUBMITTED,
)
from tramita.transfers.lifecycle import CHOSEN, ApplicationState
from tramita.transfers.model import Application, ApplicationDocument, DocumentOrigin, Offer
from tramita.transfers.office.wanting import bring_in_line, want_files

CHANGED: Final[dict[str, object]] = {"type": "CHANGED"}


def topic_of(application_id: UUID) -> str:
    """What whoever watches an application listens to."""
    return f"applications:{application_id}"


def tell_of(application: Application) -> dict[str, Any]:
    """An application as subscribers are told of it: no word of what stands in its form."""
    return {
        "id": application.id,
        "state": application.state,
        "payment_state": application.payment_state,
        "kind": application.kind,
        "version": application.version,
        "agent_id": application.agent_id,
        "amount": None
        if application.amount is None
        else written(application.amount, application.currency),
        "currency": application.currency,
        "onec_number": application.onec_number,
        "created_at": application.created_at,
    }


async def follow_creation(work: UnitOfWork, application: Application) -> None:
    """It is there: whoever watches its chat learns so."""
    work.publish(topic_of(application.id), CHANGED)
    if application.chat_id is not None:
        tell_changed(work, [application.chat_id])
    await show_card(work, application)
    await emit(work, APPLICATION_CREATED, application.id, tell_of(application))


async def follow_edit(work: UnitOfWork, application: Application) -> None:
    """Something else stands in it, or it is another agent's."""
    work.publish(topic_of(application.id), CHANGED)
    await show_card(work, application)
    await bring_in_line(work, application)


async def follow_move(work: UnitOfWork, application: Application, before: str) -> None:
    """It is in another state than ``before``."""
    work.publish(topic_of(application.id), CHANGED)
    await show_card(work, application)
    if application.contract_id is not None:
        await _follow_contract(work, application)
    data = tell_of(application) | {"previous_state": before}
    await emit(work, APPLICATION_CHANGED, application.id, data)
    await bring_in_line(work, application)


async def _follow_contract(work: UnitOfWork, application: Application) -> None:
    """An accepted application's contract goes along with it."""
    ids = [application.id]
    await write_backend_records(work, {application.id: _record_of(application)})
    match ApplicationState(application.state):
        case ApplicationState.IN_WORK:
            await activate_contracts(work, ids, "1C works on it")
        case ApplicationState.COMPLETED:
            await set_activated(work, application.id, False, "its closing documents are there")
        case ApplicationState.CANCELLED:
            await cancel_contracts(work, ids, application.reason or "its application is cancelled")
        case _:
            pass


async def follow_office(work: UnitOfWork, ids: Collection[UUID]) -> None:
    """1C knows these applications by another number: their contracts and whoever watches are told."""
    for one in ids:
        work.publish(topic_of(one), CHANGED)
    rows = await work.fetch(
        "SELECT id, onec_number, onec_link FROM applications "
        "WHERE id = ANY($1::uuid[]) AND contract_id IS NOT NULL",
        list(ids),
    )
    records = {row["id"]: {"number": row["onec_number"], "link": row["onec_link"]} for row in rows}
    await write_backend_records(work, records)


def _record_of(application: Application) -> dict[str, Any]:
    """What the contract says of its application."""
    return {
        "status": application.state,
        "payment_status": application.payment_state,
        "number": application.onec_number,
        "link": application.onec_link,
    }


async def follow_payment(work: UnitOfWork, application: Application, before: str) -> None:
    """Its money is somewhere else than ``before``."""
    work.publish(topic_of(application.id), CHANGED)
    await show_card(work, application)
    await tell_of_money(work, application)
    if application.contract_id is not None:
        await write_backend_records(work, {application.id: _record_of(application)})
    data = tell_of(application) | {"previous_payment_state": before}
    await emit(work, APPLICATION_PAYMENT_CHANGED, application.id, data)
    await bring_in_line(work, application)


async def follow_conditions(work: UnitOfWork, application: Application) -> None:
    """Other conditions hold."""
    work.publish(topic_of(application.id), CHANGED)
    if application.contract_id is not None:
        await write_backend_records(work, {application.id: _record_of(application)})


def tell_of_offer(offer: Offer) -> dict[str, Any]:
    """An offer as subscribers are told of it: no account, and no word of the conditions."""
    return {
        "id": offer.id,
        "application_id": offer.application_id,
        "agent_id": offer.agent_id,
        "state": offer.state,
        "revision": offer.revision,
        "payer_amount": written(offer.payer_amount, offer.payer_currency),
        "payer_currency": offer.payer_currency,
        "payout_amount": written(offer.payout_amount, offer.payout_currency),
        "payout_currency": offer.payout_currency,
        "created_at": offer.created_at,
    }


async def follow_offer_made(work: UnitOfWork, application: Application, offer: Offer) -> None:
    """Somebody offers something."""
    work.publish(topic_of(application.id), CHANGED)
    await _emit_offer(work, OFFER_SUBMITTED, application, offer, tell_of_offer(offer))


async def follow_offer(
    work: UnitOfWork, application: Application, offer: Offer, before: str
) -> None:
    """An offer is in another state than ``before``."""
    work.publish(topic_of(application.id), CHANGED)
    if offer.state in CHOSEN and application.contract_id is not None:
        record = {"conditions": _conditions_of(offer)}
        await write_backend_records(work, {application.id: record})
    data = tell_of_offer(offer) | {"previous_state": before}
    await _emit_offer(work, OFFER_CHANGED, application, offer, data)


async def _emit_offer(
    work: UnitOfWork,
    kind: EventType,
    application: Application,
    offer: Offer,
    data: Mapping[str, Any],
) -> None:
    """Tell the tenant whose application it is, and the one whose agent offers."""
    rows = await work.fetch("SELECT tenant FROM agents WHERE id = $1", offer.agent_id)
    others = {row["tenant"] for row in rows} - {application.tenant}
    events = [NewEvent(kind, application.id, data, tenant) for tenant in (None, *others)]
    await emit_many(work, events)


def _conditions_of(offer: Offer) -> dict[str, Any]:
    """On what conditions, in numbers."""
    return {
        "rate": written_rate(offer.rate),
        "payer_amount": written(offer.payer_amount, offer.payer_currency),
        "payer_currency": offer.payer_currency,
        "payout_amount": written(offer.payout_amount, offer.payout_currency),
        "payout_currency": offer.payout_currency,
    }


async def follow_document(
    work: UnitOfWork, application: Application, document: ApplicationDocument
) -> None:
    """A document has come; the chat gets what 1C means its client to see, and 1C what people add."""
    work.publish(topic_of(application.id), CHANGED)
    if document.origin == DocumentOrigin.PERSON:
        await want_files(work, application)
    elif document.is_for_client:
        await post_document(work, application, document)
    data = {
        "id": document.id,
        "application_id": application.id,
        "kind": document.kind,
        "number": document.number,
        "date": document.date,
        "origin": document.origin,
        "size": document.size,
        "media_type": document.media_type,
        "created_at": document.created_at,
    }
    await emit(work, APPLICATION_DOCUMENT_ADDED, application.id, data)


async def follow_job(work: UnitOfWork, application: Application) -> None:
    """A document is asked for, or its request is further."""
    work.publish(topic_of(application.id), CHANGED)
