"""A contract's story: what each side may read of it."""

from uuid import UUID

from tramita.contracts.service import NewContract, create_contract
from tramita.contracts.story import get_timeline
from tramita.kit.bounds import EVERYTHING, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.tenants import create_tenant
from tramita.kit.webhooks.emission import NewEvent, emit_many
from tramita.kit.webhooks.endpoints import Rules, create_endpoint
from tramita.kit.webhooks.reach import Reach
from tramita.kit.webhooks.types import TEST

HEARS = Rules(frozenset({TEST.name}), Reach())


async def listen(database: Database) -> str:
    """An endpoint of whoever works with this."""
    async with database.unit_of_work(actor="test") as work:
        endpoint = await create_endpoint(
            work, {"url": "https://hook.example/", "description": ""}, rules=HEARS
        )
    return str(endpoint.id)


async def receivers_of(database: Database, contract: UUID) -> list[str]:
    """Who was told of it, as whoever works with this reads it."""
    async with database.unit_of_work() as work:
        told = await get_timeline(work, contract)
    return sorted(str(one.details["endpoint"]) for one in told if one.kind == "webhook")


class TestATimeline:
    async def test_names_to_a_partner_no_receiver_but_their_own(self, database: Database) -> None:
        """Neither the house's, nor another partner who has a part in it; the house reads of all."""
        async with database.unit_of_work() as work:
            for key in ("alfa", "beta"):
                await create_tenant(work, key, "A partner")
        alfas, betas, ours = (
            database.within(one) for one in (Bounds("alfa"), Bounds("beta"), EVERYTHING)
        )
        hears = [await listen(one) for one in (alfas, betas, ours)]
        async with alfas.unit_of_work(actor="test") as work:
            contract = (await create_contract(work, NewContract("A-1", "telmex"))).id
        async with database.unit_of_work() as work:
            about = [NewEvent(TEST, contract, {}), NewEvent(TEST, contract, {}, "beta")]
            await emit_many(work, about)

        assert hears[:1] == await receivers_of(alfas, contract)
        assert sorted(hears) == await receivers_of(ours, contract)
