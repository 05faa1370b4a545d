"""The mapped row of an endpoint; events, deliveries and attempts are read by SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record
from tramita.kit.database.owned import Owned


class WebhookEndpoint(Owned, Record):
    """Where events are posted to.

    ``event_types`` is ``None`` for all of them. The secrets must be readable, because they
    sign; they leave this row only to sign, and once each to whoever made them. ``previous_secret``
    signs too until ``previous_secret_until``, and so do ``older_secrets`` where it was changed
    more than once meanwhile. It hears of what is its tenant's, and with
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
    older_secrets: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
