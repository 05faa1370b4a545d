"""Read models: the details the client's page lives on, and the partner's view.

Each costs the same two statements however many contracts an envelope has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from tramita.kit.bounds import within
from tramita.kit.calendar import day_in_brazil
from tramita.kit.database.conditions import only_given
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import GoneError
from tramita.kit.jobs.rows import HELD_PAYLOADS, payload_of
from tramita.kit.masking_shapes import mask_cpf
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.standing import in_states
from tramita.portability.financial import Financial
from tramita.portability.lifecycle import EnvelopeState, PortabilityStatus
from tramita.portability.service import EnvelopeNotFound
from tramita.portability.words import client_advice, client_words

STILL_PROCESSING = {"not_ready": True, "reason": "Ainda há contratos sendo processados"}
LINK_NOT_REQUESTED = {
    "not_ready": True,
    "reason": "Link de formalização ainda não solicitado",
}

# A lease that has just run out still counts for this long: the sweep, which looks
# every two seconds, renews it or ends the insertion meanwhile.
LEASE_MARGIN = "interval '30 seconds'"

# Envelopes nothing more is asked of; a draft among them waits for no link any more.
CLOSED: Final = frozenset({EnvelopeState.CANCELLED, EnvelopeState.EXPIRED})

# What the details say of an offer, whatever else is remembered about it.
FINANCIAL_FIELDS: Final = tuple(field.name for field in fields(Financial))


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


async def find_run(work: UnitOfWork, token: UUID, *, link_days: int) -> RunSnapshot | None:
    """The present run of an envelope; ``None`` when the token is unknown, or has ended."""
    rows = await work.fetch(
        "SELECT run, run_total, run_left FROM envelopes "
        "WHERE token = $1 AND expires_at + make_interval(days => $2) > tramita_now() "
        "AND erased_at IS NULL",
        token,
        link_days,
    )
    if not rows:
        return None
    return RunSnapshot(
        rows[0]["run"], rows[0]["run_total"] - rows[0]["run_left"], rows[0]["run_total"]
    )


class LinkEnded(GoneError):
    """This link has ended; whoever sent it can say what became of the contracts."""


async def get_client_view(work: UnitOfWork, token: UUID, *, link_days: int) -> EnvelopeView:
    """An envelope for whoever has its link; raises ``EnvelopeNotFound`` and ``LinkEnded``."""
    view = await get_envelope_view(work, token)
    is_erased = view.row["erased_at"] is not None
    if is_erased or view.row["expires_at"] + timedelta(days=link_days) <= view.row["now"]:
        raise LinkEnded
    return view


async def get_envelope_view(work: UnitOfWork, token: UUID) -> EnvelopeView:
    """An envelope with its contracts; raises ``EnvelopeNotFound``."""
    envelopes = await work.fetch(
        "SELECT *, tramita_now() AS now, customer -> 'borrower' ->> 'name' AS name, "  # noqa: S608 - a constant
        "customer -> 'borrower' ->> 'cpf' AS cpf FROM envelopes AS e "
        f"WHERE token = $1 AND {within('e', 2)}",
        token,
        *work.bounds.limits,
    )
    if not envelopes:
        raise EnvelopeNotFound
    rows = await work.fetch(
        f"""
        SELECT c.*, o.state AS insertion_state,
               c.is_proposal_being_inserted AND o.lease_until + {LEASE_MARGIN} > now()
                   AS is_being_inserted,
               {payload_of("contract_id", "c.id")} IN ({HELD_PAYLOADS})
                   OR EXISTS (SELECT FROM operations AS p WHERE p.subject_id = c.id
                              AND ({in_states("p", OperationState.NEEDS_ATTENTION)} OR
                                   {payload_of("operation_id", "p.id")} IN ({HELD_PAYLOADS})))
                   AS needs_attention,
               EXISTS (SELECT FROM unwanted_proposals AS u
                       LEFT JOIN operations AS k ON k.id = u.operation_id
                       WHERE u.contract_id = c.id AND {in_states("k", OperationState.SUCCEEDED)} IS NOT TRUE)
                   AS is_cancelling_at_provider
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
    if view.row["run"] == 0 and view.row["state"] not in CLOSED:
        return LINK_NOT_REQUESTED
    if view.is_any_proposal_being_inserted:
        return STILL_PROCESSING
    return _details(view)


def _details(view: EnvelopeView) -> dict[str, Any]:
    return {
        "token": str(view.row["token"]),
        "customer": {"name": view.row["name"], "cpf": mask_cpf(view.row["cpf"])},
        "contracts": [
            _contract_details(contract, group_url=view.row["group_url"])
            for contract in view.contracts
        ],
    }


def to_page(view: EnvelopeView) -> dict[str, Any]:
    """The details with what only the page shows, in the shapes of ``presentation``.

    While contracts are being judged the page names them, and shows those that are ready.
    """
    answer = to_details(view)
    if answer is LINK_NOT_REQUESTED:
        return answer
    details = _details(view)
    contracts = [
        shown
        | {
            "origin": contract.origin,
            "parked": contract.row["needs_attention"],
            "asking": contract.is_being_inserted and _is_unknown(contract),
            "advice": client_advice(one["code"] for one in contract.reasons),
            "later": _later(contract),
        }
        for shown, contract in zip(details["contracts"], view.contracts, strict=True)
    ]
    return (
        answer
        | details
        | {
            "contracts": contracts,
            "asking": sum(one["asking"] for one in contracts),
            "state": view.row["state"],
            "expires_on": day_in_brazil(view.row["expires_at"]).isoformat(),
            "today": day_in_brazil(view.row["now"]).isoformat(),
            "group_url": view.row["group_url"],
        }
    )


def _contract_details(contract: Contract, *, group_url: str | None) -> dict[str, Any]:
    row = contract.row
    portability = None
    if row["portability_status"]:
        portability = _portability_details(contract, group_url=group_url)
    return {
        "id": str(row["id"]),
        "number": row["number"],
        "product": row["product"],
        "status": row["contract_status"],
        "portability": portability,
    }


def _portability_details(contract: Contract, *, group_url: str | None) -> dict[str, Any]:
    row = contract.row
    is_grouped = (
        group_url is not None
        and row["portability_status"] == PortabilityStatus.FORMALIZACAO_CLIENTE
    )
    return {
        "status": row["portability_status"],
        "is_proposal_being_inserted": contract.is_being_inserted,
        "proposal_key": _text(row["proposal_key"]),
        "proposal_number": row["proposal_number"],
        "ccb_document_key": row["ccb_document_key"],
        # A contract that was sent when its group was closed has a link of its own.
        "signature_url": row["signature_url"] or (group_url if is_grouped else None),
        # Two failed rules may read the same to a client; once is enough.
        "reasons": list(dict.fromkeys(client_words(**one) for one in contract.reasons)),
        "financial": _financial_details(contract.financial),
    }


def _financial_details(financial: dict[str, Any] | None) -> dict[str, Any] | None:
    if financial is None:
        return None
    return {name: financial[name] for name in FINANCIAL_FIELDS}


def _later(contract: Contract) -> dict[str, Any]:
    """What became known after the offer, as the page takes it."""
    row = contract.row
    return {
        "stage": row["stage"],
        "portability_number": row["portability_number"],
        "final_balance": _text(row["final_balance"]),
        "balance_due_on": _text(row["balance_due_on"]),
        "consent_status": row["consent_status"],
        "consent_expires_on": _text(row["consent_expires_on"]),
        "refinancing_status": row["refinancing_status"],
        "is_margin_registered": row["margin_registered_at"] is not None,
        "has_margin_errors": bool(row["margin_errors"]),
        "signer_progress": row["signer_progress"],
        "has_conflict": row["conflict"] is not None,
        "recalculated_from": (contract.financial or {}).get("recalculated_from"),
    }


_LINES: Final = """
    SELECT e.id, e.token, e.state, e.created_at, e.expires_at,
           ARRAY(SELECT number FROM envelope_contracts AS c
                 WHERE c.envelope_id = e.id ORDER BY position) AS numbers
    FROM envelopes AS e
"""


_WITH_CONTRACT: Final = "JOIN envelope_contracts AS c ON c.envelope_id = e.id"


async def list_envelopes(
    work: UnitOfWork,
    *,
    state: str | None,
    contract_number: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[asyncpg.Record]:
    """Envelopes of the caller, newest first, with the numbers of their contracts."""
    written = {"e.state": state} | work.bounds.asked("e")
    where, values = only_given(written, {"c.number =": contract_number, "e.id <": before}, first=2)
    return await work.fetch(
        f"{_LINES} {_WITH_CONTRACT if contract_number else ''} WHERE {where} "
        "ORDER BY e.id DESC LIMIT $1",
        limit,
        *values,
    )


async def find_envelopes(
    work: UnitOfWork, cpf: str, *, before: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Envelopes of the caller whose client has this CPF, newest first, as in the list."""
    asked = {"e.customer -> 'borrower' ->> 'cpf' =": cpf, "e.id <": before}
    where, values = only_given(work.bounds.asked("e"), asked, first=2)
    return await work.fetch(f"{_LINES} WHERE {where} ORDER BY e.id DESC LIMIT $1", limit, *values)


def to_partner_view(view: EnvelopeView, *, page: str) -> dict[str, Any]:
    """The envelope as the partner that made it sees it: codes and sentences."""
    return {
        "token": view.row["token"],
        "state": view.row["state"],
        "version": view.row["version"],
        "created_at": view.row["created_at"],
        "expires_at": view.row["expires_at"],
        "page": page,
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
    consent = None
    if row["consent_status"] is not None:
        consent = {"status": row["consent_status"], "expires_on": row["consent_expires_on"]}
    return {
        "status": row["portability_status"],
        "is_proposal_being_inserted": contract.is_being_inserted,
        "needs_attention": row["needs_attention"],
        "provider": row["provider"],
        "proposal_key": row["proposal_key"],
        "proposal_number": row["proposal_number"],
        "reasons": contract.reasons,
        "stage": row["stage"],
        "stage_said": row["stage_said"],
        "decides_by": row["decides_by"],
        "portability_number": row["portability_number"],
        "final_balance": _text(row["final_balance"]),
        "balance_due_on": row["balance_due_on"],
        "consent": consent,
        "refinancing_status": row["refinancing_status"],
        "margin": {
            "registered_at": row["margin_registered_at"],
            "errors": row["margin_errors"],
        },
        "signer_progress": row["signer_progress"],
        "conflict": row["conflict"],
        "cancelling_at_provider": row["is_cancelling_at_provider"],
    }


def _is_unknown(contract: Contract) -> bool:
    return bool(contract.row["insertion_state"] == OperationState.UNKNOWN)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
