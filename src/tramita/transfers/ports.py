"""What transfers need from outside: a back office, the ERP in which operators price a payment.

An application is known there by our own name of it (``external_id``), whatever happens to answers
on the way: that is how ``find_application`` finds its document again. Nobody relies on a back
office to know a repetition.

An office that cannot be called answers ``Pending`` with ``TO_BE_FETCHED`` to whatever is wanted of
it: it fetches its messages itself, and says what came of them when it acknowledges them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood

TO_BE_FETCHED: Final = "to_be_fetched"
"""The reference of what an office accepts by fetching it."""


class OfficeRefusal(StrEnum):
    """Codes of a ``Refused``: nothing happened there, and the office's own words say why.

    ``POSTING_REFUSED``: its own rules do not let it post the document. ``REVISION_STALE``: it has a
    newer one, or conditions of its own. ``APPLICATION_UNKNOWN``: it has none of that name.
    ``TOO_LATE``: money has moved, or somebody works on it.
    """

    POSTING_REFUSED = "posting_refused"
    NOT_ACCEPTED = "not_accepted"
    REVISION_STALE = "revision_stale"
    APPLICATION_UNKNOWN = "application_unknown"
    TOO_LATE = "too_late"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of an application, as the office may fetch it at ``url``."""

    id: str
    kind: str
    name: str
    size: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True)
class OfficeApplication:
    """One revision of an application; ``message_no`` is the number of our message with it.

    ``fields`` are what people filled in, as JSON has it: amounts are texts with a dot.
    """

    external_id: str
    revision: int
    message_no: int
    chat: str
    agent: str
    fields: Mapping[str, Any]
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeDocument:
    """What the office made of an application.

    ``ref`` is its own name of the document, for ever. ``number`` is for people: it may change, and
    another year it names another document. ``link`` opens it in the office's own program.
    ``is_cancelled``: it was given up there; a later revision revives it. ``heard`` is the highest number of
    our messages about it that the office has taken, if it says so: an old copy of its base has a lower one.
    """

    external_id: str
    ref: str
    number: str
    date: datetime | None
    link: str
    accepted_revision: int
    is_cancelled: bool = False
    heard: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentTold:
    """How a payment stands with the client, who says so, and since when; ``proof`` is the newest there is."""

    external_id: str
    message_no: int
    status: str
    at: datetime
    note: str = ""
    proof: AttachedFile | None = None


@dataclass(frozen=True, slots=True)
class AgentTold:
    """Who works on an application from now on."""

    external_id: str
    message_no: int
    agent: str


@dataclass(frozen=True, slots=True)
class FilesTold:
    """What people have put to an application by now: all of it, and not only what is new."""

    external_id: str
    message_no: int
    files: tuple[AttachedFile, ...]


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """A document that somebody in the chat asks for; ``job_id`` is our name of the request."""

    external_id: str
    message_no: int
    job_id: str
    kind: str
    note: str = ""


class OfficeJobState(StrEnum):
    """How far a document is that was asked for."""

    QUEUED = "queued"
    GENERATING = "generating"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OfficeJob:
    """A request for a document as the office has it; ``reason`` is its own, where it failed."""

    job_id: str
    reference: str
    state: OfficeJobState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pong:
    """An office that answers, and what it says of itself."""

    version: str
    time: datetime | None


class BackOffice(Protocol):
    """An ERP with one document for each application.

    Every act says which application it is about; none may be repeated before the office was asked.
    """

    async def create_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """Have it make the document of an application."""
        ...

    async def find_application(
        self, external_id: str, attempt: Attempt
    ) -> Outcome[OfficeDocument | None]:
        """The document of an application; ``None``: it has none. Changes nothing there."""
        ...

    async def update_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """Have it take a later revision, or revive what was given up. Idempotent: by its number."""
        ...

    async def cancel_application(
        self, external_id: str, reason: str, attempt: Attempt
    ) -> Outcome[None]:
        """Have it give an application up; one that is not there is given up. Idempotent."""
        ...

    async def set_payment_status(self, told: PaymentTold, attempt: Attempt) -> Outcome[None]:
        """Tell how a payment stands. Idempotent: by the number of the message."""
        ...

    async def set_agent(self, told: AgentTold, attempt: Attempt) -> Outcome[None]:
        """Tell that another agent works on it. Idempotent: by the number of the message."""
        ...

    async def set_files(self, told: FilesTold, attempt: Attempt) -> Outcome[None]:
        """Tell of the files that it has by now, whatever its form. Idempotent: by the number of the message."""
        ...

    async def request_document(
        self, request: DocumentRequest, attempt: Attempt
    ) -> Outcome[OfficeJob]:
        """Ask for a document, which comes by itself later. Idempotent: by the job's id."""
        ...

    async def find_document_job(
        self, external_id: str, job_id: str, attempt: Attempt
    ) -> Outcome[OfficeJob | None]:
        """How far a document is that was asked for; ``None``: nobody asked."""
        ...

    async def is_there(self, attempt: Attempt) -> Outcome[Pong]:
        """Whether it answers, and what it says of itself. Changes nothing there."""
        ...


class OfficeLinks(Protocol):
    """An office whose documents a browser can open. Pure."""

    def web_link(self, link: str) -> str | None:
        """A document's link as a browser opens it, where that is possible."""
        ...


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an operator offers: numbers as they were worked out, and words.

    ``revision`` is that of the application which they are for. Amounts are as precise as they were
    said: whether they can be money here is for the area to judge.
    """

    message_no: int
    revision: int
    operator: str
    rate: Decimal | None
    commission_percent: Decimal | None
    commission_fixed: Decimal | None
    payer_amount: Decimal | None
    payer_currency: str
    payout_amount: Decimal | None
    payout_currency: str
    account: Mapping[str, Any] = field(default_factory=dict)
    valid_until: datetime | None = None
    text: str = ""
    agent_id: str | None = None
    supersedes: bool = False


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the office corrects in a form, by groups; ``revision`` is the one that it has with them."""

    message_no: int
    revision: int
    operator: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StatusTold:
    """How an application, or its payment, stands in the office, and who says so."""

    message_no: int
    status: str | None
    payment_status: str | None
    operator: str
    comment: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentTold:
    """What a document is that comes with its file; ``content`` where the file is in the message."""

    message_no: int
    kind: str
    number: str
    date: datetime | None
    sha256: str
    name: str
    is_for_client: bool = True
    job_id: str | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an office says of a message that it fetched: done, with its document; or not, and why."""

    message_no: int
    document: OfficeDocument | None = None
    refused: str = ""


class OfficeNotices(Protocol):
    """How an office writes what it tells of its own accord. Pure and total."""

    def read_conditions(self, body: bytes) -> Conditions | NotUnderstood:
        """What was worked out for an application."""
        ...

    def read_corrections(self, body: bytes) -> Corrections | NotUnderstood:
        """What is corrected in a form."""
        ...

    def read_status(self, body: bytes) -> StatusTold | NotUnderstood:
        """How an application or its payment stands."""
        ...

    def read_document(self, body: bytes) -> DocumentTold | NotUnderstood:
        """What a document is."""
        ...

    def read_acknowledged(self, body: bytes) -> list[Acknowledged] | NotUnderstood:
        """What became of messages that were fetched."""
        ...

    def write_message(self, kind: str, message: object) -> Mapping[str, Any]:
        """A message of ours as the office fetches it."""
        ...
