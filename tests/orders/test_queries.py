"""Lists of orders cost the same however many there are."""

import pytest

from tests.orders.campus import Campus
from tests.process.plans import listening
from tramita.kit.database.engine import Database
from tramita.kit.jwt_users import JWTUser
from tramita.orders.queries import OrderFilter, list_own_contracts, list_own_orders

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestALearnersList:
    async def test_is_three_statements_for_any_number(self, campus: Campus) -> None:
        """Orders, how they are signed, and how they are paid."""
        learner = campus.learner()
        user = JWTUser("house", learner.username, "a@example.com", "Ana")
        database = Database.open(campus.site.runtime.database.dsn, pool_size=1)
        counted = []
        for _ in range(3):
            await learner.order(await campus.offer())
            async with listening(database) as heard, database.unit_of_work() as work:
                orders = await list_own_orders(work, user, OrderFilter(), before=None, limit=20)
                contracts = await list_own_contracts(work, user, before=None, limit=20)
            counted.append((len(orders), len(contracts), len(heard)))
        await database.close()

        assert [(1, 1, 6), (2, 2, 6), (3, 3, 6)] == counted
