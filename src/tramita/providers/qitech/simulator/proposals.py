"""The proposals QI Tech holds, and what may become of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from tramita.providers.qitech.simulator.offers import Offer
from tramita.providers.qitech.simulator.requests import ProposalRequest

# Where a partner's PATCH may take a proposal, by the status it asks for.
MOVES = {
    "pending_response": frozenset({"pending_submission"}),
    "accepted_by_requester": frozenset({"accepted"}),
    "canceled": frozenset(
        {"created", "pending_submission", "pending_response", "pending_acceptance", "accepted"}
    ),
}


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

    def __post_init__(self) -> None:
        """Be in the first status since the creation."""
        self.status_at = self.created_at

    @property
    def contract_number(self) -> str:
        """The partner's own number."""
        return self.request.portability_credit_operation.contract_number

    @property
    def operations(self) -> list[Operation]:
        """The portability and, where there is one, the refinancing."""
        return [self.portability, *([self.refinancing] if self.refinancing else [])]

    def may_move_to(self, status: str) -> bool:
        """Whether a partner may ask for this status now."""
        return self.status in MOVES.get(status, ())

    def move_to(self, status: str) -> None:
        """Take a status; with a cancellation the operations end too."""
        self.status = status
        if status == "canceled":
            for operation in self.operations:
                operation.status = "canceled"


class Book:
    """All proposals, found by key, by contract number and by CCB."""

    def __init__(self) -> None:
        self._by_key: dict[str, Proposal] = {}
        self._by_contract: dict[str, list[Proposal]] = {}
        self._by_document: dict[str, Proposal] = {}

    def __len__(self) -> int:
        return len(self._by_key)

    def next_number(self) -> str:
        """The number people at the vendor know the next proposal by."""
        return f"{len(self._by_key) + 1:08d}"

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        self._by_key[proposal.key] = proposal
        self._by_contract.setdefault(proposal.contract_number, []).append(proposal)
        for operation in proposal.operations:
            self._by_document[operation.document_key] = proposal

    def find(self, key: str) -> Proposal | None:
        """The proposal of this key."""
        return self._by_key.get(key)

    def find_by_document(self, document_key: str) -> Proposal | None:
        """The proposal whose CCB this is."""
        return self._by_document.get(document_key)

    def of_contract(self, contract_number: str) -> list[Proposal]:
        """Every proposal of a contract number, oldest first."""
        return list(self._by_contract.get(contract_number, ()))

    def clear(self) -> None:
        """Forget everything."""
        self._by_key.clear()
        self._by_contract.clear()
        self._by_document.clear()
