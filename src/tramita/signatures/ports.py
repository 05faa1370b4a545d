"""What signatures need from a signing service, in our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Outcome
from tramita.kit.outside import NotUnderstood


class Party(StrEnum):
    """For whom somebody signs; in the order in which they do."""

    STUDENT = "student"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who may sign. ``language`` is a code such as ``fr`` or ``en-us``.

    Of several for the organization, one signature is enough.
    """

    party: Party
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class NewProcedure:
    """A procedure to be created: ``key`` is our own word for it, found again by it."""

    key: str
    title: str
    signatories: tuple[Signatory, ...]
    valid_for: timedelta


class ProcedureStatus(StrEnum):
    """Where a procedure stands at the service; ``draft``: it was not started."""

    DRAFT = "draft"
    RUNNING = "running"
    FINISHED = "finished"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Signature:
    """A party's signature, by whom and when as far as the service says so."""

    at: datetime | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class SignatureState:
    """What a service says of a procedure. ``refused_by`` goes with ``refused``."""

    status: ProcedureStatus
    student: Signature | None = None
    organization: Signature | None = None
    refused_by: Party | None = None

    def signed(self) -> Mapping[str, bool]:
        """Who has signed: ``{"student": …, "organization": …}``."""
        return {"student": self.student is not None, "organization": self.organization is not None}


PROCEDURE_UNKNOWN: Final = "procedure_unknown"
"""The code of a refusal where the service says that it has no procedure of that reference."""


class SignatureBackend(Protocol):
    """A signing service. References are its own, opaque texts.

    What only changes a draft nobody is told of; a procedure is somebody else's business from
    its start on.
    """

    async def create_signing_procedure(self, new: NewProcedure, attempt: Attempt) -> Outcome[str]:
        """Make a draft of a procedure; answers its reference."""
        ...

    async def find_signing_procedures(self, key: str, attempt: Attempt) -> Outcome[Sequence[str]]:
        """References of every procedure that was made under our key; changes nothing there."""
        ...

    async def upload_document(
        self, reference: str, content: bytes, attempt: Attempt
    ) -> Outcome[str]:
        """Give a draft its document, a PDF; answers the SHA-256 of what came in."""
        ...

    async def list_documents(self, reference: str, attempt: Attempt) -> Outcome[Sequence[str]]:
        """The SHA-256 of each document that a procedure has; changes nothing there."""
        ...

    async def start_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """Let a draft be signed. Idempotent."""
        ...

    async def get_signature_invitation_link(
        self, references: Sequence[str], email: str, attempt: Attempt
    ) -> Outcome[str]:
        """The address where somebody signs one or several procedures, in one go."""
        ...

    async def get_signature_state(
        self, reference: str, attempt: Attempt
    ) -> Outcome[SignatureState]:
        """Where a procedure stands; ``Refused`` (``PROCEDURE_UNKNOWN``) when there is none."""
        ...

    async def update_signatories(
        self, reference: str, signatories: Sequence[Signatory], attempt: Attempt
    ) -> Outcome[None]:
        """Have these sign instead, for each party that has not signed yet. Idempotent."""
        ...

    async def abort_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """Let nobody sign it any more. One that has ended is left as it is. Idempotent.

        ``Refused`` with ``PROCEDURE_UNKNOWN``: there is none.
        """
        ...

    async def delete_signing_procedure(self, reference: str, attempt: Attempt) -> Outcome[None]:
        """Remove it, a draft too. Idempotent; ``Refused`` with ``PROCEDURE_UNKNOWN`` as above."""
        ...

    async def get_signed_file(self, reference: str, attempt: Attempt) -> Outcome[bytes]:
        """The document with its signatures, a PDF; ``Refused`` while it is not signed."""
        ...


class SignatureNotices(Protocol):
    """A service that posts a notice when something happens to a procedure.

    A notice is a hint and no proof: whoever gets one asks the service about it.
    """

    def read_notice(self, body: bytes) -> str | NotUnderstood:
        """The event that a notice names; total, because whatever came is kept and shown."""
        ...

    async def find_event(self, event: str, attempt: Attempt) -> Outcome[str | None]:
        """The reference of the procedure of an event; ``None``: the service knows no such event."""
        ...
