"""Read models: the details the client's page lives on, and the partner's view.

Each costs the same two statements however many contracts an envelope has.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from tramita.kit.bounds import within
from tramita.kit.database.conditions import only_given
from tramita.kit.database.work import UnitOfWork, to_dicts
from tramita.kit.encryption.keys import DOCUMENT
from tramita.kit.errors import GoneError
from tramita.kit.jobs.rows import HELD_PAYLOADS, payload_of
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.standing import in_states
from tramita.portability.lifecycle import PortabilityStatus
from tramita.portability.model import named
from tramita.portability.service import EnvelopeNotFound
from tramita.portability.views import EnvelopeSummary, EnvelopeView

# A lease that has just run out still counts for this long: the sweep, which looks
# every two seconds, renews it or ends the insertion meanwhile.
LEASE_MARGIN = "interval '30 seconds'"


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
    is_erased = view.erased_at is not None
    if is_erased or view.expires_at + timedelta(days=link_days) <= view.now:
        raise LinkEnded
    return view


async def get_envelope_view(work: UnitOfWork, token: UUID) -> EnvelopeView:
    """An envelope with its contracts; raises ``EnvelopeNotFound``."""
    envelopes = await work.fetch(
        "SELECT id, token, state, version, created_at, expires_at, erased_at, "  # noqa: S608 - a constant
        "tramita_now() AS now, run, run_total, run_left, group_url, customer::text "
        "FROM envelopes AS e "
        f"WHERE token = $1 AND {within('e', 2)}",
        token,
        *work.bounds.limits,
    )
    if not envelopes:
        raise EnvelopeNotFound
    [envelope] = envelopes
    rows = await work.fetch(_CONTRACTS, envelope["id"], envelope["group_url"])
    contracts = to_dicts(rows)
    for one in contracts:
        # Both are read from one row, each by the names of its own columns.
        one["portability"] = one.copy() if one["portability_status"] else None
    client = named(work.keys, envelope["customer"])
    named_by = {"name": client.name, "cpf": client.cpf}
    return msgspec.convert({**envelope, **named_by, "contracts": contracts}, EnvelopeView)


_CONTRACTS: Final = f"""
    SELECT c.id, c.number, c.product, c.contract_status, c.origin, c.portability_status,
           c.provider, c.proposal_key, c.proposal_number, c.ccb_document_key, c.reasons,
           c.financial, c.financial ->> 'recalculated_from' AS recalculated_from, c.stage,
           c.stage_said, c.decides_by, c.portability_number,
           c.final_balance::text AS final_balance, c.balance_due_on, c.consent_status,
           c.consent_expires_on, c.refinancing_status, c.margin_registered_at,
           c.margin_errors, c.signer_progress, c.conflict,
           -- A contract that was sent when its group was closed has a link of its own.
           coalesce(nullif(c.signature_url, ''), CASE c.portability_status
               WHEN '{PortabilityStatus.FORMALIZACAO_CLIENTE}' THEN $2 END) AS signature_url,
           i.is_proposal_being_inserted, i.is_proposal_being_inserted
               AND {in_states("o", OperationState.UNKNOWN)} AS is_asked_about,
           {payload_of("contract_id", "c.id")} IN ({HELD_PAYLOADS})
               OR EXISTS (SELECT FROM operations AS p WHERE p.subject_id = c.id
                          AND ({in_states("p", OperationState.NEEDS_ATTENTION)} OR
                               {payload_of("operation_id", "p.id")} IN ({HELD_PAYLOADS})))
               AS needs_attention,
           EXISTS (SELECT FROM unwanted_proposals AS u
                   LEFT JOIN operations AS k ON k.id = u.operation_id
                   WHERE u.contract_id = c.id AND {in_states("k", OperationState.SUCCEEDED)} IS NOT TRUE)
               AS cancelling_at_provider
    FROM envelope_contracts AS c LEFT JOIN operations AS o ON o.id = c.insertion_id
    CROSS JOIN LATERAL (SELECT (c.is_proposal_being_inserted AND
        o.lease_until + {LEASE_MARGIN} > now()) IS TRUE AS is_proposal_being_inserted) AS i
    WHERE c.envelope_id = $1 ORDER BY c.position
"""  # noqa: S608 - constants


_LINES: Final = """
    SELECT e.id, e.token, e.state, e.created_at, e.expires_at,
           ARRAY(SELECT number FROM envelope_contracts AS c
                 WHERE c.envelope_id = e.id ORDER BY position) AS contract_numbers
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
) -> list[EnvelopeSummary]:
    """Envelopes of the caller, newest first, with the numbers of their contracts."""
    written = {"e.state": state} | work.bounds.asked("e")
    where, values = only_given(written, {"c.number =": contract_number, "e.id <": before}, first=2)
    return await work.read(
        EnvelopeSummary,
        f"{_LINES} {_WITH_CONTRACT if contract_number is not None else ''} WHERE {where} "
        "ORDER BY e.id DESC LIMIT $1",
        limit,
        *values,
    )


async def find_envelopes(
    work: UnitOfWork, cpf: str, *, before: UUID | None, limit: int
) -> list[EnvelopeSummary]:
    """Envelopes of the caller whose client has this CPF, newest first, as in the list."""
    asked = {"e.cpf_hash =": work.keys.hash(DOCUMENT, cpf), "e.id <": before}
    where, values = only_given(work.bounds.asked("e"), asked, first=2)
    statement = f"{_LINES} WHERE {where} ORDER BY e.id DESC LIMIT $1"
    return await work.read(EnvelopeSummary, statement, limit, *values)
