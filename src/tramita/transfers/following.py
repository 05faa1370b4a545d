"""What follows when an application has changed: nothing is called out here, it is enqueued.

Whoever watches a page is told that something is different, subscribers what it is, and the chat
and 1C get what they need to know by acts of their own, in the same unit of work.
"""

from typing import Any, Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.webhooks.emission import emit
from tramita.transfers.events import (
    APPLICATION_CHANGED,
    APPLICATION_CREATED,
    APPLICATION_PAYMENT_CHANGED,
)
from tramita.transfers.model import Application

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
        "amount": None if application.amount is None else str(application.amount),
        "currency": application.currency,
        "onec_number": application.onec_number,
        "created_at": application.created_at,
    }


async def follow_creation(work: UnitOfWork, application: Application) -> None:
    """It is there."""
    work.publish(topic_of(application.id), CHANGED)
    await emit(work, APPLICATION_CREATED, application.id, tell_of(application))


async def follow_edit(work: UnitOfWork, application: Application) -> None:
    """Something else stands in it."""
    work.publish(topic_of(application.id), CHANGED)


async def follow_move(work: UnitOfWork, application: Application, before: str) -> None:
    """It is in another state than ``before``."""
    work.publish(topic_of(application.id), CHANGED)
    data = tell_of(application) | {"previous_state": before}
    await emit(work, APPLICATION_CHANGED, application.id, data)


async def follow_payment(work: UnitOfWork, application: Application, before: str) -> None:
    """Its money is somewhere else than ``before``."""
    work.publish(topic_of(application.id), CHANGED)
    data = tell_of(application) | {"previous_payment_state": before}
    await emit(work, APPLICATION_PAYMENT_CHANGED, application.id, data)
