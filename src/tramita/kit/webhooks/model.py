"""The rows: endpoints, events, their deliveries and attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record
from tramita.kit.database.owned import Owned


class WebhookEndpoint(Owned, Record):
    """Where events are posted to.

    ``event_types`` is ``None`` for all of them. The secrets must be readable, because they
    sign; they leave this row only to sign, and once each to whoever made them. ``previous_secret``
    signs too until ``previous_secret_until``. It hears of what is its tenant's, and with
    ``all_tenants`` of everybody's. ``failing_since`` is when the first of its
    attempts failed after which none has succeeded. All times but ``created_at`` and
    ``disabled_at`` are real, not the platform's.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    description: Mapped[str]
    all_tenants: Mapped[bool] = mapped_column(default=False)
    event_types: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    state: Mapped[str]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_secret_until: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]


class WebhookEvent(Owned, Record):
    """One thing that happened; ``body`` is what every receiver gets, byte for byte."""

    __tablename__ = "webhook_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    occurred_at: Mapped[datetime]
    body: Mapped[str]
    subject_id: Mapped[UUID]


class WebhookDelivery(Record):
    """One event on its way to one endpoint.

    ``attempts`` grows with every taking and never again shrinks, so it also tells a late
    answer from the current one; ``tries`` counts those since the last replay. A delivery
    ``is_held`` while its endpoint is busy with others. Times are real: ``lease_until`` is when
    its taker is given up on, ``wake_at`` when the sweep looks after it.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("webhook_events.id"))
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    state: Mapped[str]
    attempts: Mapped[int]
    tries: Mapped[int]
    is_held: Mapped[bool]
    next_attempt_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    wake_at: Mapped[datetime]


class WebhookAttempt(Record):
    """One POST, written before it is made; without ``milliseconds`` nobody knows its end."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    status: Mapped[int | None]
    error: Mapped[str | None]
    answer: Mapped[str]
    milliseconds: Mapped[int | None]
