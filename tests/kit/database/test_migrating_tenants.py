"""What there was before there were tenants keeps working for whom it worked."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.kit.database.old import old_database, upgrade
from tests.portability.stored import CLIENT, sold
from tramita.kit.bounds import Bounds
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.tokens import list_tokens
from tramita.portability.journey.strays import find_owner
from tramita.portability.service import ContractNumberTaken, create_envelope


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database from before there were tenants."""
    async with old_database(server, "0012") as database:
        yield database


class TestWhatThereWas:
    async def test_is_the_houses_and_its_carriers(self, old: Database) -> None:
        """Tokens are the house's; a contract stays with the carrier of the token that made it."""
        await old.fetch(
            "INSERT INTO service_tokens (id, name, hash, scopes, carrier, created_at) VALUES "
            "(gen_random_uuid(), 'site', 'a', '{contracts:read}', NULL, now()), "
            "(gen_random_uuid(), 'shop', 'b', '{contracts:read}', 'acme', now())"
        )
        for maker in ("site", "shop"):
            await old.fetch(
                """
                WITH made AS (
                    INSERT INTO contracts (id, name, backend, state, activated, created_at,
                                           external_references, backend_record, version)
                    VALUES (gen_random_uuid(), $1, 'smt', 'created', false, now(), '{}', '{}', 1)
                    RETURNING id)
                INSERT INTO contract_events (contract_id, event, handled_by, actor, details, at)
                SELECT id, 'on_contract_create', '{}', 'token:' || $1, '{}', now() FROM made
                """,
                maker,
            )

        await migrate(old)

        async with old.session() as session:
            tokens = {one.name: one.bounds for one in await list_tokens(session)}
        assert {"site": Bounds("house"), "shop": Bounds("house", "acme")} == tokens
        rows = await old.fetch(
            "SELECT name, tenant, carrier, all_carriers, created_by FROM contracts ORDER BY name"
        )
        assert [
            ("shop", "house", "acme", False, "token:shop"),
            ("site", "house", None, True, "token:site"),
        ] == [tuple(row) for row in rows]

    async def test_is_known_to_the_provider_by_the_number_it_was_sent_under(
        self, old: Database
    ) -> None:
        """Also a partner's; and it stays the partner's number that nobody there uses again."""
        await upgrade(old, "0013")
        await old.fetch("INSERT INTO tenants VALUES ('alfa', 'Alfa', now())")
        await old.fetch(
            """
            WITH k AS (
                INSERT INTO contracts (id, name, backend, state, activated, created_at, tenant,
                                       external_references, backend_record, version)
                VALUES (gen_random_uuid(), 'A-1', 'qitech', 'created', false, now(), 'alfa',
                        '{}', '{}', 1) RETURNING id
            ), e AS (
                INSERT INTO envelopes (id, token, state, customer, created_at, expires_at, run,
                                       run_total, run_left, tenant)
                SELECT id, id, 'draft', '{}', now(), now(), 0, 0, 0, 'alfa' FROM k RETURNING id
            )
            INSERT INTO envelope_contracts
                (id, envelope_id, position, number, product, contract_status, portability_status,
                 cpf, is_proposal_being_inserted, reasons)
            SELECT k.id, e.id, 0, 'A-1', 'PORTABILIDADE', 'DIGITACAO', 'DIGITACAO', '1', false,
                   '[]' FROM k CROSS JOIN e
            """
        )

        await migrate(old)

        async with old.within(Bounds("alfa")).unit_of_work() as work:
            owner = await find_owner(work, "qitech", "A-1")
            with pytest.raises(ContractNumberTaken):
                await create_envelope(work, CLIENT, [replace(sold(), number="A-1")])
        assert owner is not None
