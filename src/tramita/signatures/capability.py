"""What a contract backend brings that wants its contracts signed, and how it is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.signatures.lifecycle import SigningState


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """A contract's signing procedure has moved. Dates are the service's where it tells them."""

    contract_id: UUID
    procedure_id: UUID
    state: SigningState
    submitted_for_signature_on: datetime | None
    student_signed_on: datetime | None
    organization_signed_on: datetime | None
    reason: str | None


class HasContractsSigned(Protocol):
    """What a contract backend brings that wants its contracts signed (``ContractBackend.answers``)."""

    async def signature_changed(self, work: UnitOfWork, changes: Sequence[SignatureChange]) -> None:
        """Follow what happened, in the transaction in which it was written down.

        The contracts are locked. No I/O: what follows is enqueued.
        """
        ...
