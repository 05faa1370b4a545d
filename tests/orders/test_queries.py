"""Lists of orders cost the same however many there are."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from tests.console.visitor import visiting
from tests.databases import opened
from tests.orders.campus import Campus, Learner
from tests.orders.pages.reader import come_in
from tests.process.plans import Ran, listening
from tramita.kit.jwt_users import JWTUser
from tramita.kit.runtime import Runtime
from tramita.orders.moving import move_orders
from tramita.orders.queries import OrderFilter, list_own_contracts, list_own_orders
from tramita.orders.signing import submit_for_signature
from tramita.signatures.settings import SignatureSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestALearnersList:
    async def test_is_one_statement_for_any_number(self, campus: Campus) -> None:
        """Orders with how they are signed, and how they are paid."""
        learner = campus.learner()
        user = JWTUser("house", learner.username, "a@example.com", "Ana")
        async with opened(campus.site.runtime.database.dsn, pool_size=1) as database:
            counted = []
            for _ in range(3):
                await learner.order(await campus.offer())
                async with listening(database) as heard, database.unit_of_work() as work:
                    orders = await list_own_orders(work, user, OrderFilter(), before=None, limit=20)
                    contracts = await list_own_contracts(work, user, before=None, limit=20)
                counted.append((len(orders), len(contracts), len(heard)))

        assert [(1, 1, 2), (2, 2, 2), (3, 3, 2)] == counted

    async def test_is_one_statement_over_http(self, campus: Campus) -> None:
        """In no transaction; the signing service is asked about by two more, where that is due."""
        learner, runtime = campus.learner(), campus.site.runtime
        for _ in range(3):
            await submitted(campus, learner)
        counted = []
        for age in (0, 3600, 0):
            await runtime.database.fetch(_KNOWN, timedelta(seconds=age))
            async with heard_of(runtime) as heard:
                said = await learner.ask("GET", "/orders/contracts")
            counted.append((len(said.body["items"]), len(heard)))

        assert [(3, 1), (3, 3), (3, 1)] == counted

    async def test_asks_again_only_of_what_is_old(self, campus: Campus) -> None:
        """Also where one order is read, and on the page for people."""
        learner, runtime = campus.learner(), campus.site.runtime
        path = f"/orders/{await submitted(campus, learner)}"
        asked = []
        async with visiting(campus.site.url) as visitor:
            await come_in(visitor, learner)
            for age in (0, 3600):
                for read in (lambda: learner.ask("GET", path), lambda: visitor.get("/learn")):
                    await runtime.database.fetch(_KNOWN, timedelta(seconds=age))
                    asked.append(await _asked(runtime, read()))

        assert [0, 0, 1, 1] == asked


@asynccontextmanager
async def heard_of(runtime: Runtime) -> AsyncIterator[list[Ran]]:
    """What a runtime has its database do within the block."""
    async with opened(runtime.database.dsn, pool_size=1) as single, listening(single) as heard:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runtime, "database", single)
            yield heard


async def _asked(runtime: Runtime, reading: Awaitable[object]) -> int:
    """How often the signing service is to be asked because something is read."""
    async with heard_of(runtime) as heard:
        await reading
    return sum("UPDATE signing_procedures" in one.query for one in heard)


class TestMovingOrders:
    async def test_that_stay_costs_the_same_for_any_number(self, campus: Campus) -> None:
        """As a night does that has debited them."""
        learner = campus.learner()
        ids = [UUID((await learner.order(await campus.offer()))["id"]) for _ in range(3)]
        async with opened(campus.site.runtime.database.dsn, pool_size=1) as database:
            counted = []
            for some in (ids[:1], ids):
                async with listening(database) as heard, database.unit_of_work() as work:
                    await move_orders(work, some)
                counted.append(len(heard))

        assert counted[0] == counted[1]


_KNOWN: Final = """
    UPDATE signing_procedures SET state = 'signing', provider_reference = id::text,
        submitted_for_signature_on = tramita_now(), asked_at = NULL, known_at = tramita_now() - $1::interval
"""


async def submitted(campus: Campus, learner: Learner) -> str:
    """An order whose contract is on its way to the signing service."""
    offer = await campus.offer()
    path = f"/organizations/{offer.organizations[0]['id']}/members"
    await campus.make(
        path, username="olga", full_name="Olga Owner", email="olga@example.com", role="owner"
    )
    order = await learner.order(offer)
    runtime = campus.site.runtime
    async with runtime.database.unit_of_work() as work:
        settings = runtime.configured(SignatureSettings)
        await submit_for_signature(work, UUID(order["id"]), settings)
    answer: str = order["id"]
    return answer
