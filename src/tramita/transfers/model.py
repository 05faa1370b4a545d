"""Agents, applications, offers and what belongs to them: the rows that use cases load and decide about."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import convert
from sqlalchemy import ARRAY, Text
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record
from tramita.kit.database.owned import Owned
from tramita.kit.database.records import Findable
from tramita.kit.encryption.keys import DOCUMENT, NAME
from tramita.kit.encryption.types import EncryptedJSON, EncryptedText, Hashed
from tramita.kit.transitions import Stateful
from tramita.transfers.errors import (
    AgentNotFound,
    ApplicationNotFound,
    DocumentJobNotFound,
    DocumentNotFound,
    OfferNotFound,
)
from tramita.transfers.lifecycle import APPLICATION, DOCUMENT_JOB, OFFER, PAYMENT
from tramita.transfers.rules.fields import Fields

BACKEND: Final = "onec"
"""The key of the contract backend that an accepted application's contract has."""

# As what is told of people is encrypted, for those who read it without mapped rows.
AGENT_NAME: Final = "agents.name"
FIELDS: Final = "applications.fields"
REASON: Final = "applications.reason"
REVISION: Final = "application_revisions.fields"
CONDITIONS: Final = "offers.conditions"
ACCOUNT: Final = "offers.account_details"
WHY_NOT: Final = "offers.why_not"
DOCUMENT_NAME: Final = "application_documents.name"
NOTE: Final = "application_notes.text"

APPLICATIONS: Final = Stateful(APPLICATION, "applications", is_explained=True)
PAYMENTS: Final = Stateful(PAYMENT, "applications", "payment_state", is_explained=True)
OFFERS: Final = Stateful(OFFER, "offers")
DOCUMENT_JOBS: Final = Stateful(DOCUMENT_JOB, "document_jobs", is_explained=True)


class AgentRole(StrEnum):
    """Whose applications somebody on the list may work on: their own, or everybody's."""

    AGENT = "agent"
    MANAGER = "manager"


class DocumentOrigin(StrEnum):
    """Who put a document there."""

    ONEC = "onec"
    PERSON = "person"


class Agent(Findable):
    """Somebody who may work on applications for a tenant; who is not ``is_active`` may no more."""

    __tablename__ = "agents"
    missing = AgentNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    name: Mapped[str] = mapped_column(EncryptedText(AGENT_NAME))
    telegram_id: Mapped[int | None]
    role: Mapped[str]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]


class Application(Owned, Findable):
    """A payment abroad that is asked for. Once an offer is accepted its id is its contract's.

    ``version`` counts its changes, ``revision`` those of its form. ``kind`` never changes. What 1C
    knows it by is ``onec_…``; ``onec_status`` is 1C's own word, ``onec_revision`` the last it has.
    """

    __tablename__ = "applications"
    missing = ApplicationNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID | None]
    chat_id: Mapped[UUID | None]
    origin: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    payment_state: Mapped[str]
    version: Mapped[int]
    revision: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(FIELDS))
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    deadline: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    in_house_at: Mapped[datetime | None]
    read_only_at: Mapped[datetime | None]
    in_work_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    payment_moved_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText(REASON))
    contract_id: Mapped[UUID | None]
    onec_ref: Mapped[str | None]
    onec_number: Mapped[str | None]
    onec_date: Mapped[datetime | None]
    onec_link: Mapped[str | None]
    onec_status: Mapped[str | None]
    onec_revision: Mapped[int | None]
    payer_hash: Mapped[str | None] = mapped_column(Hashed(DOCUMENT), deferred=True)
    payer_name_hash: Mapped[str | None] = mapped_column(Hashed(NAME), deferred=True)
    erased_at: Mapped[datetime | None]

    @property
    def form(self) -> Fields:
        """What stands in it."""
        return convert(self.fields, Fields)


class ApplicationRevision(Record):
    """What stood in an application after one change of it; ``changed`` are the paths that did."""

    __tablename__ = "application_revisions"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(REVISION))
    changed: Mapped[list[str]] = mapped_column(ARRAY(Text))
    actor: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]


class Offer(Findable):
    """On what conditions an agent makes a payment, for one ``revision`` of an application."""

    __tablename__ = "offers"
    missing = OfferNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    agent_id: Mapped[UUID]
    revision: Mapped[int]
    state: Mapped[str]
    rate: Mapped[Decimal | None]
    commission_percent: Mapped[Decimal | None]
    commission_fixed: Mapped[Decimal | None]
    payer_amount: Mapped[Decimal]
    payer_currency: Mapped[str]
    payout_amount: Mapped[Decimal]
    payout_currency: Mapped[str]
    account_details: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(ACCOUNT))
    conditions: Mapped[str] = mapped_column(EncryptedText(CONDITIONS))
    valid_until: Mapped[datetime | None]
    operator: Mapped[str | None]
    message_no: Mapped[int | None]
    supersedes: Mapped[UUID | None]
    why_not: Mapped[str | None] = mapped_column(EncryptedText(WHY_NOT))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class ApplicationDocument(Findable):
    """A file of an application; ``send_id`` is how it goes to the chat, where it does."""

    __tablename__ = "application_documents"
    missing = DocumentNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str | None]
    date: Mapped[date | None]
    name: Mapped[str] = mapped_column(EncryptedText(DOCUMENT_NAME))
    file: Mapped[str | None]
    sha256: Mapped[bytes]
    size: Mapped[int]
    media_type: Mapped[str]
    origin: Mapped[str]
    source_message: Mapped[int | None]
    message_no: Mapped[int | None]
    is_for_client: Mapped[bool]
    actor: Mapped[str]
    send_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class DocumentJob(Findable):
    """A document that somebody asked 1C to make."""

    __tablename__ = "document_jobs"
    missing = DocumentJobNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    kind: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("document_jobs.params"))
    note: Mapped[str | None] = mapped_column(EncryptedText("document_jobs.note"))
    state: Mapped[str]
    actor: Mapped[str]
    document_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText("document_jobs.reason"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApplicationNote(Findable):
    """What an agent noted down for others of the house."""

    __tablename__ = "application_notes"
    missing = ApplicationNotFound

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(EncryptedText(NOTE))
    actor: Mapped[str]
    created_at: Mapped[datetime]
