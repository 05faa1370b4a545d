"""What was under way before there were several lenders goes on at the one there was."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.kit.database.old import old_database
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.identifiers import new_id
from tramita.portability.journey.cancel_proposal import load_unwanted
from tramita.portability.journey.compensation import find_given_up, want_gone
from tramita.portability.ports import ProposalRef

KEY = UUID("0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a01")
DOUBLE = UUID("0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a02")

_CORE = """
    INSERT INTO contracts (id, name, backend, state, activated, created_at, external_references,
                           backend_record, version)
    VALUES ($1, 'A-1', 'qitech', 'created', false, now(), '{}', '{}', 1)
"""
_ENVELOPE = """
    INSERT INTO envelopes (id, token, state, customer, created_at, expires_at, run, run_total,
                           run_left, group_key)
    VALUES ($1, gen_random_uuid(), 'formalizing', '{}', now(), now(), 1, 1, 0, $2)
"""
_CONTRACT = """
    INSERT INTO envelope_contracts (id, envelope_id, position, number, product, contract_status,
                                    portability_status, cpf, is_proposal_being_inserted,
                                    proposal_key, reasons)
    VALUES ($1, $2, 0, 'A-1', 'PORTABILIDADE', 'AGUARDANDO_FORMALIZACAO', 'FORMALIZACAO_CLIENTE',
            '16514548091', false, $3, '[]')
"""
_CANCELLING = """
    WITH o AS (
        INSERT INTO operations (id, key, kind, provider, job, subject_id, state, attempts, epoch,
                                created_at, due_at, lease_until)
        VALUES (gen_random_uuid(), 'cancel_proposal:' || $1::text, 'portability.cancel_proposal',
                'qitech', 'portability.cancel_proposal', $1::text::uuid, 'NOT_SENT', 1, 1, now(),
                now(), now())
        RETURNING id)
    INSERT INTO unwanted_proposals SELECT $1::text::uuid, $2, 'a double', now(), id FROM o
"""


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database from before a proposal named its provider."""
    async with old_database(server, "0016") as database:
        yield database


class TestWhatWasUnderWay:
    async def test_is_qi_techs_and_keeps_its_keys(self, old: Database) -> None:
        """Its contracts, its groups, and what must not live there: cancelled once, as before."""
        contract, envelope = new_id(), new_id()
        await old.fetch(_CORE, contract)
        await old.fetch(_ENVELOPE, envelope, KEY)
        await old.fetch(_CONTRACT, contract, envelope, KEY)
        await old.fetch(_CANCELLING, str(DOUBLE), contract)

        await migrate(old)

        async with old.unit_of_work() as work:
            [row] = await work.fetch("SELECT provider, proposal_key FROM envelope_contracts")
            [core] = await work.fetch("SELECT backend FROM contracts")
            given_up = (await find_given_up(work, "qitech", [str(DOUBLE)]))[str(DOUBLE)]
            loaded = await load_unwanted(work, [DOUBLE])
            await want_gone(work, [(str(DOUBLE), contract, "again")])
            operations = await work.fetch("SELECT subject_id, key FROM operations")
        assert (("qitech", str(KEY)), "portability") == (tuple(row), core["backend"])
        assert (DOUBLE, contract) == (given_up.id, given_up.contract_id)
        assert ProposalRef("qitech", str(DOUBLE), "A-1") == loaded[DOUBLE].ref
        assert [(DOUBLE, f"cancel_proposal:qitech:{DOUBLE}")] == [tuple(one) for one in operations]
