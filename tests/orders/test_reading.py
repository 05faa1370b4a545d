"""What is read of orders and signatures is found by an index, whatever else there is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.databases import opened
from tests.orders.campus import Campus
from tests.process.plans import Ran, listening, literal
from tramita.kit.jwt_users import JWTUser
from tramita.orders.queries import (
    OrderFilter,
    list_organization_contracts,
    list_own_contracts,
    list_own_orders,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


# Which index is taken of a table of a few rows says nothing: all are read as quickly.
_OTHERS = """
    INSERT INTO orders SELECT other.* FROM orders AS o, generate_series(1, 3000) AS n,
        LATERAL jsonb_populate_record(o, jsonb_build_object('id', md5('id' || n),
            'owner_id', md5('owner' || n), 'organization_id', md5('organization' || n))) AS other
    WHERE o.id = (SELECT max(id::text)::uuid FROM orders)
"""


async def conditions(connection: asyncpg.Connection, ran: Sequence[Ran]) -> list[str]:
    """By which index and what in it orders are found among those of thousands of others."""
    found = []
    others = connection.transaction()
    await others.start()
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute(_OTHERS)
    await connection.execute("ANALYZE orders")
    for one in ran:
        given = ", ".join(literal(value) for value in one.arguments)
        await connection.execute(f"PREPARE asked AS {one.query}")
        [explained] = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked({given})")
        await connection.execute("DEALLOCATE asked")
        found += [
            f"{node.get('Index Name')} {node.get('Index Cond')}"
            for node in _nodes(explained["Plan"])
            if node.get("Relation Name") == "orders"
        ]
    await others.rollback()
    return found


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in _nodes(part))]


class TestReading:
    async def test_looks_at_nobody_elses_rows(self, campus: Campus) -> None:
        """A learner's orders and contracts begin at the learner, an organization's at it."""
        offer, learner = await campus.offer(), campus.learner()
        order = await learner.order(offer)
        user = JWTUser("house", learner.username, "a@example.com", "Ana")
        organization = UUID(order["organization"]["id"])
        async with opened(campus.site.runtime.database.dsn, pool_size=1) as database:
            async with listening(database) as heard, database.unit_of_work() as work:
                await list_own_orders(work, user, OrderFilter(), before=None, limit=20)
                await list_own_contracts(work, user, before=None, limit=20)
                await list_organization_contracts(work, organization, before=None, limit=20)
            async with database.pool.connection() as pooled:
                lists = [one for one in heard if "FROM orders" in one.query]
                found = await conditions(pooled.driver, lists)

        assert ["orders_of_owner (owner_id"] * 2 + ["orders_of_organization (organization_id"] == [
            one.partition(" =")[0] for one in found
        ]

    async def test_finds_a_procedure_by_its_reference(self, campus: Campus) -> None:
        """Which only one can have; that this needs no look at the others is measured elsewhere."""
        [row] = await campus.site.runtime.database.fetch(
            "SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint "
            "WHERE conname = 'signing_procedures_reference'"
        )

        assert "UNIQUE (provider, provider_reference)" == row["said"]
