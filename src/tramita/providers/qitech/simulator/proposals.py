"""The proposals QI Tech holds, and what may become of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from tramita.providers.qitech.simulator.lifecycle import OPERATION_STATUS
from tramita.providers.qitech.simulator.offers import Offer
from tramita.providers.qitech.simulator.requests import ProposalRequest


def _new_key() -> str:
    # Not drawn from the seed: keys stay unique over restarts, like the vendor's.
    return str(uuid4())


@dataclass(slots=True)
class Operation:
    """A credit operation of a proposal and its CCB."""

    offer: Offer
    status: str = "waiting_signature"
    key: str = field(default_factory=_new_key)
    document_key: str = field(default_factory=_new_key)
    collateral_is_constituted: bool = False
    collateral_errors: tuple[str, ...] = ()
    collateral_at: datetime | None = None
    reservation_status: str | None = None


@dataclass(slots=True)
class Authorization:
    """The beneficiary's consent to a portability, asked for once the CTC has a number for it.

    ``status`` is awaiting_confirmation, confirmed, denied or expired; the last
    three names are assumed.
    """

    portability_number: str
    requested_at: datetime
    expires_at: datetime
    status: str = "awaiting_confirmation"
    settled_at: datetime | None = None
    key: str = field(default_factory=_new_key)


@dataclass(slots=True)
class Proposal:
    """One accepted proposal. ``bends`` are faults its every reading shows.

    ``facts`` is what became known on the way, by the names of the webhooks' ``data``:
    final_due_balance, original_contract, retained_reason, error, receipt.
    """

    request: ProposalRequest
    borrower: dict[str, Any]
    portability: Operation
    refinancing: Operation | None
    number: str
    created_at: datetime
    status: str = "created"
    key: str = field(default_factory=_new_key)
    related_party_key: str = field(default_factory=_new_key)
    bends: list[str] = field(default_factory=list)
    status_at: datetime = field(init=False)
    portability_number: str | None = None
    authorization: Authorization | None = None
    facts: dict[str, object] = field(default_factory=dict)
    group_key: str | None = None
    signed_at: datetime | None = None
    is_link_opened: bool = False

    def __post_init__(self) -> None:
        """Be in the first status since the creation."""
        self.status_at = self.created_at

    @property
    def contract_number(self) -> str:
        """The partner's own number."""
        return self.request.portability_credit_operation.contract_number

    @property
    def cpf(self) -> str:
        """Whose it is."""
        return self.request.borrower.individual_document_number

    @property
    def origin_identity(self) -> tuple[str, str, str]:
        """The loan at the origin bank; only one portability of it may be under way."""
        origin = self.request.origin_contract
        return self.cpf, origin.ispb, origin.contract_number

    @property
    def operations(self) -> list[Operation]:
        """The portability and, where there is one, the refinancing."""
        return [self.portability, *([self.refinancing] if self.refinancing else [])]

    def move_to(self, status: str, *, at: datetime) -> None:
        """Take a status; with a bad end the operations end too."""
        self.status, self.status_at = status, at
        ending = OPERATION_STATUS.get(status)
        for operation in self.operations if ending else ():
            operation.status = str(ending)
        if status == "paid":
            self.portability.status = "disbursed"

    @property
    def is_signable(self) -> bool:
        """Whether the client can sign it now."""
        return self.status == "created" and self.signed_at is None


class Book:
    """All proposals, found by key, by contract number and by CCB."""

    def __init__(self) -> None:
        self._by_key: dict[str, Proposal] = {}
        self._by_contract: dict[str, list[Proposal]] = {}
        self._by_document: dict[str, Proposal] = {}
        self._by_operation: dict[str, Proposal] = {}
        self._by_origin: dict[tuple[str, str, str], list[Proposal]] = {}

    def __len__(self) -> int:
        return len(self._by_key)

    def next_number(self) -> str:
        """The number people at the vendor know the next proposal by."""
        return f"{len(self._by_key) + 1:08d}"

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        self._by_key[proposal.key] = proposal
        self._by_contract.setdefault(proposal.contract_number, []).append(proposal)
        self._by_origin.setdefault(proposal.origin_identity, []).append(proposal)
        for operation in proposal.operations:
            self._by_document[operation.document_key] = proposal
            self._by_operation[operation.key] = proposal

    def replace_document(self, proposal: Proposal, operation: Operation) -> None:
        """Give an operation a new CCB; the old one can still be read."""
        operation.document_key = _new_key()
        self._by_document[operation.document_key] = proposal

    def find(self, key: str) -> Proposal | None:
        """The proposal of this key."""
        return self._by_key.get(key)

    def find_by_document(self, document_key: str) -> Proposal | None:
        """The proposal whose CCB this is."""
        return self._by_document.get(document_key)

    def find_by_operation(self, credit_operation_key: str) -> Proposal | None:
        """The proposal that one of its credit operations belongs to."""
        return self._by_operation.get(credit_operation_key)

    def all(self) -> list[Proposal]:
        """Every proposal, oldest first."""
        return list(self._by_key.values())

    def of_contract(self, contract_number: str) -> list[Proposal]:
        """Every proposal of a contract number, oldest first."""
        return list(self._by_contract.get(contract_number, ()))

    def rivals_of(self, proposal: Proposal) -> list[Proposal]:
        """Every other proposal to take over the same loan."""
        return [it for it in self._by_origin[proposal.origin_identity] if it is not proposal]

    def clear(self) -> None:
        """Forget everything."""
        self._by_key.clear()
        self._by_contract.clear()
        self._by_document.clear()
        self._by_operation.clear()
        self._by_origin.clear()
