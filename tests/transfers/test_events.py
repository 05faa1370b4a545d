"""Who is told of an offer: whose application it is, and whose agent makes it."""

import pytest

from tests.transfers.house import MASTER, OTHER, House
from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.money import Money
from tramita.kit.webhooks.endpoints import Rules, create_endpoint
from tramita.kit.webhooks.reach import Reach
from tramita.transfers.lifecycle import ApplicationTrigger
from tramita.transfers.offers import Terms, decline_offer, make_offer
from tramita.transfers.rules.roles import Role
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

TERMS = Terms(Money.parse("160000.00", "RUB"), Money.parse("12500.00", "CNY"))
OWNER = Who(Role.MANAGER, "token:northway")


async def test_of_anothers_application_both_tenants_are_told(house: House) -> None:
    """Each once, as whoever hears of all tenants; what is one tenant's own is told it alone."""
    rules = Rules(frozenset({"offer.submitted", "offer.changed"}), Reach(is_demo=True))
    values = {"url": "http://127.0.0.1:9/hook", "description": "", "event_types": None}
    endpoints = []
    for bounds in (Bounds(MASTER), Bounds(OTHER), EVERYTHING):
        async with house.database.within(bounds).unit_of_work(actor="test") as work:
            endpoints.append((await create_endpoint(work, values, rules=rules)).id)
    made = await house.ordinary()
    await house.move(made.id, ApplicationTrigger.CHECK, OWNER)
    async with house.database.unit_of_work(actor="test") as work:
        offer = await make_offer(
            work, made.id, house.agent, TERMS, Who(Role.OTHER_AGENT, "token:paybridge")
        )
    async with house.acting(OWNER) as work:
        await decline_offer(work, made.id, offer.id)

    async with house.database.reading() as work:
        rows = await work.fetch(
            "SELECT e.type, e.tenant, array_agg(d.endpoint_id) AS heard FROM webhook_events AS e "
            "JOIN webhook_deliveries AS d ON d.event_id = e.id WHERE e.type LIKE 'offer.%' "
            "GROUP BY e.id ORDER BY e.type, e.tenant"
        )
    master, other, everybody = endpoints
    assert [
        (kind, tenant, heard)
        for kind in ("offer.changed", "offer.submitted")
        for tenant, heard in ((OTHER, {other, everybody}), (MASTER, {master}))
    ] == [(row["type"], row["tenant"], set(row["heard"])) for row in rows]
