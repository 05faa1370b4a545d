"""What was billed before invoices could be shown."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.database.old import old_database
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres

LONG = ("university-of-paris", "university-of-passau")


@pytest.fixture
async def old(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    """A database in which five organisations have billed something."""
    async with old_database(server, "0034") as database:
        for code in ("univ", "polytechnic-school", "busy", *LONG):
            await database.fetch(
                "INSERT INTO organizations (id, code, title, created_at) "
                "VALUES (gen_random_uuid(), $1, 'Title of ' || $1, now())",
                code,
            )
            await database.fetch(
                """
                WITH contract AS (
                    INSERT INTO contracts (id, name, backend, state, activated, created_at,
                                           external_references, backend_record, version, tenant)
                    VALUES (gen_random_uuid(), $1, 'orders', 'created', false, now(), '{}', '{}', 1,
                            'house') RETURNING id
                ), payer AS (
                    INSERT INTO payers VALUES (gen_random_uuid(), 'house', $1, 'p@p.example', now())
                    RETURNING id
                ), account AS (
                    INSERT INTO payment_accounts (contract_id, payer_id, provider, organization,
                                                  total, currency, created_at)
                    SELECT contract.id, payer.id, 'lyra', $1, 100, 'EUR', now() FROM contract, payer
                    RETURNING contract_id
                ), counter AS (
                    INSERT INTO invoice_counters VALUES ('house', $1, 2026, $2)
                )
                INSERT INTO invoices (id, contract_id, tenant, organization, year, number, kind,
                                      total, currency, issued_at)
                SELECT gen_random_uuid(), contract_id, 'house', $1, 2026, $2, 'main', 100, 'EUR', now()
                FROM account
                """,
                code,
                1_234_567 if code == "busy" else 7,
            )
        yield database


class TestWhatWasBilled:
    async def test_keeps_what_was_told_of_it(self, old: Database) -> None:
        """But where two organisations were told the same: there the whole code tells them apart."""
        await migrate(old)

        rows = await old.fetch(
            "SELECT i.organization, i.reference, c.prefix, s.data->>'name' AS seller "
            "FROM invoices AS i JOIN invoice_counters AS c USING (tenant, organization, year) "
            "JOIN sellers AS s ON s.id = i.seller_id"
        )
        assert {
            "univ": ("UNIV-2026-000007", "UNIV", "Title of univ"),
            "busy": ("BUSY-2026-1234567", "BUSY", "Title of busy"),
            "polytechnic-school": (
                "POLYTECHNIC--2026-000007",
                "POLYTECHNIC-",
                "Title of polytechnic-school",
            ),
            **{one: (f"{one}-2026-000007", one, f"Title of {one}") for one in LONG},
        } == {row[0]: tuple(row)[1:] for row in rows}
