"""Envelopes in the database, and outcomes for their contracts, without any provider."""

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from tests.portability.examples import ANSWER, PROPOSAL, TERMS
from tramita.kit.database.engine import Database
from tramita.kit.operations.desk import Desk
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.portability.journey.decisions import (
    Accepted,
    Candidate,
    Decision,
    Rejected,
    Withdrawn,
)
from tramita.portability.journey.insert_proposal import INSERTION
from tramita.portability.model import Client, EnvelopeContract
from tramita.portability.provider import PROVIDER
from tramita.portability.reasons import Reason
from tramita.portability.service import create_envelope, send_formalization_link
from tramita.portability.sold import Sold

CLIENT = Client(PROPOSAL.borrower, PROPOSAL.benefit, PROPOSAL.bank_account)
LEASES = {PROVIDER: timedelta(minutes=5)}

Work = Result[Candidate, Decision]

# Not what the database computes.
_MAPPED = EnvelopeContract.__table__.columns.keys()
_COPY = f"""
    WITH copy AS MATERIALIZED (
        SELECT gen_random_uuid() AS id, gen_random_uuid() AS token FROM generate_series(1, $1)
    ), line AS MATERIALIZED (
        SELECT c.id AS source, copy.id AS envelope, gen_random_uuid() AS id,
               gen_random_uuid() AS operation
        FROM envelope_contracts AS c CROSS JOIN copy
    ), e AS (
        INSERT INTO envelopes SELECT (jsonb_populate_record(NULL::envelopes,
            to_jsonb(o) || jsonb_build_object('id', copy.id, 'token', copy.token))).*
        FROM envelopes AS o CROSS JOIN copy
    ), k AS (
        INSERT INTO contracts (id, name, backend, state, activated, created_at, envelope_token,
                               external_references, backend_record, version)
        SELECT line.id, line.id, backend, state, activated, created_at, envelope_token,
               external_references, backend_record, version
        FROM contracts AS o JOIN line ON line.source = o.id
    ), a AS (
        INSERT INTO operations SELECT (jsonb_populate_record(NULL::operations,
            to_jsonb(o) || jsonb_build_object(
                'id', line.operation, 'key', line.operation, 'subject_id', line.id))).*
        FROM operations AS o JOIN line ON line.source = o.subject_id
    )
    INSERT INTO envelope_contracts ({", ".join(_MAPPED)})
    SELECT {", ".join(f"made.{name}" for name in _MAPPED)}
    FROM envelope_contracts AS o JOIN line ON line.source = o.id
    CROSS JOIN LATERAL jsonb_populate_record(NULL::envelope_contracts,
        to_jsonb(o) || jsonb_build_object('id', line.id, 'envelope_id', line.envelope,
            'number', line.id, 'insertion_id', line.operation)) AS made
"""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Running:
    """An envelope whose run has begun; ``operations`` in order of their contracts."""

    id: UUID
    token: UUID
    operations: tuple[UUID, ...]


def desk(database: Database, provider: str = PROVIDER) -> Desk[Candidate, Decision]:
    """The desk of one process."""
    return Desk(database, INSERTION, LEASES | {provider: LEASES[PROVIDER]})


def sold() -> Sold:
    """One more portability contract."""
    number = next(_numbers)
    origin = replace(PROPOSAL.origin, contract_number=f"O-{number:06}")
    return Sold("PORTABILIDADE", f"S-{number:06}", origin, TERMS, None)


async def start(
    database: Database, *, envelopes: int, contracts: int = 2, provider: str = PROVIDER
) -> list[Running]:
    """Envelopes whose link was requested, all of whose contracts wait to be sent.

    The first is made by the services, the others are copies of its rows.
    """
    async with database.unit_of_work(actor="test") as work:
        lots = [sold() for _ in range(contracts)]
        made = await create_envelope(work, CLIENT, lots, provider=provider)
        await work.session.flush()
        await send_formalization_link(work, made.token)
        await work.fetch(_COPY, envelopes - 1)
        rows = await work.fetch(
            """
            SELECT e.id, e.token, array_agg(c.insertion_id ORDER BY c.position) AS operations
            FROM envelopes AS e JOIN envelope_contracts AS c ON c.envelope_id = e.id
            GROUP BY e.id ORDER BY e.created_at, e.id
            """
        )
    return [Running(row["id"], row["token"], tuple(row["operations"])) for row in rows]


def outcome(task: Task[Candidate], random: Random) -> Work:
    """Accepted, rejected or withdrawn, as the dice fall."""
    choices: list[tuple[Decision, OperationTrigger]] = [
        (accepted(), OperationTrigger.DONE),
        (Rejected((Reason("wrong_client", "Another one."),)), OperationTrigger.REFUSED),
        (Withdrawn(), OperationTrigger.REFUSED),
    ]
    decision, trigger = random.choice(choices)
    return Result(task, decision, trigger)


def accepted() -> Accepted:
    """A flawless answer with keys of its own."""
    portability = replace(ANSWER.portability, key=str(uuid4()))
    return Accepted(replace(ANSWER, proposal_key=str(uuid4()), portability=portability))
