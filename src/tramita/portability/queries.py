"""Read models: the details the client's page lives on, and the partner's view.

Each costs the same two statements however many contracts an envelope has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from tramita.kit.database.work import UnitOfWork
from tramita.kit.masking import mask_cpf
from tramita.kit.operations.lifecycle import OperationState
from tramita.portability.lifecycle import EnvelopeState
from tramita.portability.service import EnvelopeNotFound
from tramita.portability.words import CLIENT_WORDS

STILL_PROCESSING = {"not_ready": True, "reason": "Ainda há contratos sendo processados"}
LINK_NOT_REQUESTED = {
    "not_ready": True,
    "reason": "Link de formalização ainda não solicitado",
}

# A lease that has just run out still counts for this long: the sweep, which looks
# every two seconds, renews it or ends the insertion meanwhile.
LEASE_MARGIN = "interval '30 seconds'"


@dataclass(frozen=True)
class Contract:
    """One contract as stored, with what its insertion's operation says."""

    row: asyncpg.Record
    origin: dict[str, Any] | None
    financial: dict[str, Any] | None
    reasons: list[dict[str, str]]

    @property
    def is_being_inserted(self) -> bool:
        """Whether its proposal is on its way, under a live lease."""
        return bool(self.row["is_being_inserted"])


@dataclass(frozen=True)
class EnvelopeView:
    """An envelope and its contracts, in their order."""

    row: asyncpg.Record
    contracts: Sequence[Contract]

    @property
    def is_any_proposal_being_inserted(self) -> bool:
        """Whether the client is to wait; the seed asks it by this name."""
        return any(contract.is_being_inserted for contract in self.contracts)

    @property
    def progress(self) -> tuple[int, int]:
        """``(done, total)`` of the present run."""
        total = self.row["run_total"]
        return total - self.row["run_left"], total


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """Where an envelope's run stands, for a socket that has just connected."""

    run: int
    done: int
    total: int

    @property
    def is_over(self) -> bool:
        """Whether "all done" was said for it."""
        return self.run > 0 and self.done == self.total


async def find_run(work: UnitOfWork, token: UUID) -> RunSnapshot | None:
    """The present run of an envelope; ``None`` when the token is unknown."""
    rows = await work.fetch(
        "SELECT run, run_total, run_left FROM envelopes WHERE token = $1", token
    )
    if not rows:
        return None
    return RunSnapshot(
        rows[0]["run"], rows[0]["run_total"] - rows[0]["run_left"], rows[0]["run_total"]
    )


async def get_envelope_view(work: UnitOfWork, token: UUID) -> EnvelopeView:
    """An envelope with its contracts; raises ``EnvelopeNotFound``."""
    envelopes = await work.fetch(
        "SELECT *, customer -> 'borrower' ->> 'name' AS name, "
        "customer -> 'borrower' ->> 'cpf' AS cpf FROM envelopes WHERE token = $1",
        token,
    )
    if not envelopes:
        raise EnvelopeNotFound
    rows = await work.fetch(
        f"""
        SELECT c.*, o.state AS insertion_state,
               c.is_proposal_being_inserted AND o.lease_until + {LEASE_MARGIN} > now()
                   AS is_being_inserted
        FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
        WHERE c.envelope_id = $1 ORDER BY c.position
        """,  # noqa: S608 - the margin is a constant
        envelopes[0]["id"],
    )
    return EnvelopeView(envelopes[0], [_contract(row) for row in rows])


def _contract(row: asyncpg.Record) -> Contract:
    return Contract(row, row["origin"], row["financial"], row["reasons"])


def to_details(view: EnvelopeView) -> dict[str, Any]:
    """The answer of the details route, to the letter."""
    if view.row["run"] == 0 and view.row["state"] != EnvelopeState.CANCELLED:
        return LINK_NOT_REQUESTED
    if view.is_any_proposal_being_inserted:
        return STILL_PROCESSING
    return {
        "token": str(view.row["token"]),
        "customer": {"name": view.row["name"], "cpf": mask_cpf(view.row["cpf"])},
        "contracts": [_contract_details(contract) for contract in view.contracts],
    }


def to_page(view: EnvelopeView) -> dict[str, Any]:
    """The details with what only the page shows: origins, parking, cancellation."""
    details = to_details(view)
    if "contracts" not in details:
        return details
    contracts = [
        shown | {"origin": contract.origin, "parked": _needs_attention(contract)}
        for shown, contract in zip(details["contracts"], view.contracts, strict=True)
    ]
    cancelled = view.row["state"] == EnvelopeState.CANCELLED
    return details | {"contracts": contracts, "cancelled": cancelled}


def _contract_details(contract: Contract) -> dict[str, Any]:
    row = contract.row
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "product": row["product"],
        "status": row["contract_status"],
        "portability": _portability_details(contract) if row["portability_status"] else None,
    }


def _portability_details(contract: Contract) -> dict[str, Any]:
    row = contract.row
    return {
        "status": row["portability_status"],
        "is_proposal_being_inserted": contract.is_being_inserted,
        "proposal_key": _text(row["proposal_key"]),
        "proposal_number": row["proposal_number"],
        "ccb_document_key": row["ccb_document_key"],
        "signature_url": row["signature_url"],
        # Two failed rules may read the same to a client; once is enough.
        "reasons": list(dict.fromkeys(CLIENT_WORDS[one["code"]] for one in contract.reasons)),
        "financial": contract.financial,
    }


def to_partner_view(view: EnvelopeView) -> dict[str, Any]:
    """The envelope as the partner that made it sees it: codes and sentences."""
    return {
        "token": view.row["token"],
        "state": view.row["state"],
        "created_at": view.row["created_at"],
        "expires_at": view.row["expires_at"],
        "contracts": [
            {
                "id": contract.row["id"],
                "number": contract.row["number"],
                "product": contract.row["product"],
                "status": contract.row["contract_status"],
                "portability": _partner_portability(contract),
            }
            for contract in view.contracts
        ],
    }


def _partner_portability(contract: Contract) -> dict[str, Any] | None:
    row = contract.row
    if row["portability_status"] is None:
        return None
    return {
        "status": row["portability_status"],
        "is_proposal_being_inserted": contract.is_being_inserted,
        "needs_attention": _needs_attention(contract),
        "proposal_key": row["proposal_key"],
        "proposal_number": row["proposal_number"],
        "reasons": contract.reasons,
    }


def _needs_attention(contract: Contract) -> bool:
    return bool(contract.row["insertion_state"] == OperationState.NEEDS_ATTENTION)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
