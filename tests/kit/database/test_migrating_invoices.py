"""What was billed before invoices could be shown."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.database.old import old_database, upgrade
from tramita.kit.database.engine import Database
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres

# What hangs on an order is of no account here.
_ORDERS = """
    SET session_replication_role = replica;
    INSERT INTO orders (id, owner_id, offering_id, product_id, course_id, organization_id, state,
                        total, currency, is_one_sitting, has_waived_withdrawal_right, created_at,
                        tenant)
    SELECT contract_id, payer_id, payer_id, payer_id, gen_random_uuid(), payer_id,
           CASE WHEN organization IN ('busy', 'univ') THEN 'canceled' ELSE 'pending' END,
           100, 'EUR', false, false, now(), 'house' FROM payment_accounts;
    INSERT INTO payment_transactions (id, contract_id, installment_id, provider, reference, kind,
                                      parent_id, amount, currency, created_at)
    SELECT gen_random_uuid(), contract_id, payer_id, 'lyra', kind, kind, parent_id, amount, 'EUR', now()
    FROM payment_accounts, (VALUES ('payment', NULL, 50), ('refund', gen_random_uuid(), 20))
        AS t(kind, parent_id, amount)
    WHERE organization = 'busy'
"""
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

    async def test_of_orders_that_were_canceled_is_credited_as_far_as_nobody_has_paid(
        self, old: Database
    ) -> None:
        """With the next number of the year; of orders that go on nothing is."""
        await upgrade(old, "0047")
        connection = await old.connect()
        await connection.execute(_ORDERS)
        await connection.close()

        await migrate(old)

        rows = await old.fetch(
            """
            SELECT i.organization, i.total::text, p.kind AS parent, s.data->>'name' AS seller,
                   i.number = c.last AND c.last = p.number * (p.year = i.year)::int + 1 AS is_next,
                   i.reference = concat_ws('-', c.prefix, i.year,
                       lpad(c.last::text, greatest(6, length(c.last::text)), '0')) AS is_known
            FROM invoices AS i JOIN invoices AS p ON p.id = i.parent_id
            JOIN invoice_counters AS c ON (c.tenant, c.organization, c.year)
                = (i.tenant, i.organization, i.year)
            JOIN sellers AS s ON s.id = i.seller_id
            WHERE i.kind = 'credit_note' ORDER BY i.organization
            """
        )
        assert [
            ("busy", "-70.00", "main", "Title of busy", True, True),
            ("univ", "-100.00", "main", "Title of univ", True, True),
        ] == [tuple(row) for row in rows]
