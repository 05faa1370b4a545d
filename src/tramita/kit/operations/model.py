"""The rows: operations, and the journal of exchanges that belong to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from tramita.kit.database.engine import Record


class Operation(Record):
    """One outside act, before, during and after it.

    ``epoch`` grows with every taking, so that an answer that comes after its lease
    was lost is recorded but not applied. ``lease_until`` is when whoever should act
    is given up on. ``asked`` counts questions to the provider about this attempt;
    ``nothing_since`` is when it first said that nothing is there.
    """

    __tablename__ = "operations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    provider: Mapped[str]
    job: Mapped[str]
    ask_job: Mapped[str | None]
    subject_id: Mapped[UUID]
    state: Mapped[str]
    attempts: Mapped[int]
    epoch: Mapped[int]
    reference: Mapped[str | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    asked: Mapped[int]
    unknown_since: Mapped[datetime | None]
    nothing_since: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]


class ExchangeRow(Record):
    """One request to a provider and its answer, masked; the journal the console shows."""

    __tablename__ = "exchanges"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    operation_id: Mapped[UUID]
    attempt: Mapped[int]
    provider: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]
    request: Mapped[str]
    status: Mapped[int | None]
    answer: Mapped[str]
    error: Mapped[str | None]
    outcome: Mapped[str]
    started_at: Mapped[datetime]
    milliseconds: Mapped[int]
