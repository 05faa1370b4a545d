"""What subscribers are told of applications and offers, each once."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.webhooks.types import EventType

APPLICATION_CREATED: Final = EventType(
    "application.created",
    "Sent when an application was made; `data` is the application, `state` its state.",
)
APPLICATION_CHANGED: Final = EventType(
    "application.changed",
    "Sent when an application has moved; `data` is the application, `previous_state` where it was.",
)
APPLICATION_PAYMENT_CHANGED: Final = EventType(
    "application.payment_changed",
    "Sent when the money of an application has moved; `data` is the application, "
    "`previous_payment_state` where it was.",
)
APPLICATION_DOCUMENT_ADDED: Final = EventType(
    "application.document_added",
    "Sent when a document of an application has come, from people or from 1C; `data` is the "
    "document with its `application_id`.",
)
OFFER_SUBMITTED: Final = EventType(
    "offer.submitted",
    "Sent when an agent has made an offer on an application, to the application's tenant and the "
    "agent's; `data` is the offer.",
)
OFFER_CHANGED: Final = EventType(
    "offer.changed",
    "Sent when an offer was accepted, by somebody or by itself, declined, superseded, withdrawn, or "
    "has run out, to the application's tenant and the agent's; `data` is the offer, `previous_state` "
    "where it was.",
)
EVENT_TYPES: Final[Sequence[EventType]] = (
    APPLICATION_CREATED,
    APPLICATION_CHANGED,
    APPLICATION_PAYMENT_CHANGED,
    APPLICATION_DOCUMENT_ADDED,
    OFFER_SUBMITTED,
    OFFER_CHANGED,
)
