"""Rows of portability: envelopes, and the contracts in them.

``EnvelopeContract.id`` is the id of the core's contract. What was sold travels as
JSON in the shapes of ``ports.py``; amounts are strings there.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, field
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record
from tramita.kit.database.owned import Owned
from tramita.kit.encryption.keys import DOCUMENT, EMAIL, NAME, PHONE, Keyring
from tramita.kit.encryption.types import EncryptedJSON, Hashed
from tramita.portability.ports import BankAccount, Benefit, Borrower

# As what the client and their pictures are encrypted.
CUSTOMER = "envelopes.customer"
PICTURE = "envelope_documents.content"
PORTABILITY_PRODUCT = "PORTABILIDADE"
# The contract backend that keeps portabilities, whichever bank they go to.
BACKEND = "portability"

# How long a client has to formalise after the envelope was made.
ENVELOPE_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Client:
    """The client of an envelope, as stored in ``Envelope.customer``."""

    borrower: Borrower
    benefit: Benefit
    bank_account: BankAccount


class Named(Struct):
    """By what a client is called; of whoever was erased there is neither."""

    name: str = ""
    cpf: str = ""


class _Client(Struct):
    borrower: Named = field(default_factory=Named)


def named(keys: Keyring, customer: str) -> Named:
    """Of ``Envelope.customer``, as text: who it is, and nothing else of them is read."""
    return msgspec.json.decode(keys.decrypt_json(customer, CUSTOMER), type=_Client).borrower


class Envelope(Owned, Record):
    """Contracts formalised in one go; reached by its token.

    ``run`` counts accepted requests of the link that found something to insert;
    ``run_left`` is how many contracts of the present run are still being inserted.
    ``version`` grows with whatever its contracts do. ``group_key`` and ``group_url`` are
    the provider's, when one link signs all its contracts. Of ``customer`` nothing is read, and so
    decrypted, but by statements that say so. It is found by ``cpf_hash``, which
    is never loaded; so are its contracts, by the same. The other hashes are for whoever searches. From ``erased_at`` on it names
    nobody any more.
    """

    __tablename__ = "envelopes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[UUID] = mapped_column(unique=True)
    state: Mapped[str]
    customer: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON(CUSTOMER), deferred=True)
    cpf_hash: Mapped[str | None] = mapped_column(Hashed(DOCUMENT), deferred=True)
    name_hash: Mapped[str | None] = mapped_column(Hashed(NAME), deferred=True)
    email_hash: Mapped[str | None] = mapped_column(Hashed(EMAIL), deferred=True)
    phone_hash: Mapped[str | None] = mapped_column(Hashed(PHONE), deferred=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    run: Mapped[int] = mapped_column(default=0)
    run_total: Mapped[int] = mapped_column(default=0)
    run_left: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    reminders: Mapped[int] = mapped_column(default=0)
    remind_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    group_key: Mapped[str | None]
    group_url: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class EnvelopeContract(Record):
    """A contract in an envelope, and its portability when it is one.

    ``number`` is the partner's own, one of the tenant ``number_space``. The database makes
    ``number_at_provider`` of both, unique in the whole house, for the provider to know the
    contract by. ``provider`` is whose proposal it becomes, for good; the keys are that
    provider's. ``reasons`` is a list of ``{"code", "sentence"}``; ``financial`` what the details
    show once the provider calculated it. ``stage`` is how far the provider is, and
    ``stage_said`` its own word for it; ``conflict`` names answers that contradict each
    other. ``poll_at`` is when the provider is asked unless it speaks first.
    """

    __tablename__ = "envelope_contracts"

    id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), primary_key=True)
    envelope_id: Mapped[UUID] = mapped_column(ForeignKey("envelopes.id"))
    position: Mapped[int]
    number: Mapped[str]
    number_space: Mapped[str]
    product: Mapped[str]
    contract_status: Mapped[str]
    portability_status: Mapped[str | None]
    cpf_hash: Mapped[str | None] = mapped_column(Hashed(DOCUMENT), deferred=True)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    refinancing: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    insertion_id: Mapped[UUID | None]
    is_proposal_being_inserted: Mapped[bool] = mapped_column(default=False)
    provider: Mapped[str | None]
    proposal_key: Mapped[str | None]
    credit_operation_key: Mapped[str | None]
    proposal_number: Mapped[str | None]
    ccb_document_key: Mapped[str | None]
    signature_url: Mapped[str | None]
    financial: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    stage: Mapped[str | None]
    stage_said: Mapped[str | None]
    decides_by: Mapped[datetime | None]
    stage_at: Mapped[datetime | None]
    poll_at: Mapped[datetime | None]
    portability_number: Mapped[str | None]
    final_balance: Mapped[Decimal | None]
    balance_due_on: Mapped[date | None]
    consent_status: Mapped[str | None]
    consent_expires_on: Mapped[date | None]
    refinancing_key: Mapped[str | None]
    refinancing_status: Mapped[str | None]
    margin_registered_at: Mapped[datetime | None]
    margin_errors: Mapped[list[str]] = mapped_column(JSONB, default=list)
    signer_progress: Mapped[str | None]
    conflict: Mapped[str | None]
