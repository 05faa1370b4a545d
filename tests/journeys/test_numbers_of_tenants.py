"""Two partners may have contracts of one number; what is done for one touches nothing of the other."""

import asyncio

from tests.belongings import belongings, changes
from tests.journeys.doors import offered, paid, signed, through_the_area, through_the_core, unknown
from tests.journeys.tenants import followed, partner
from tests.world import World

NUMBER = "SAME-1"


class TestOneNumber:
    async def test_is_two_contracts_of_two_partners(self, world: World) -> None:
        """Each gets its own proposal, also where it has to be looked for, and cancels no other.

        The house's own are known to the provider by their plain numbers.
        """
        await world.qitech.fail("reset_after_effect", count=2)
        async with partner(world, "alfa") as alfa:
            contracts = [await followed(alfa, "alfa", NUMBER), await followed(world, "", NUMBER)]
            await asyncio.gather(*map(offered, contracts))
            seen = [await one.view() for one in contracts]

        created = {
            row["data"]["proposal_key"]: row["subject"] for row in await world.qitech.ledger()
        }
        assert [NUMBER, NUMBER] == [one["number"] for one in seen]
        keys = [one["portability"]["proposal_key"] for one in seen]
        assert [f"alfa:{NUMBER}", NUMBER] == [created[key] for key in keys]
        assert {f"alfa:{NUMBER}": 1, NUMBER: 1} == await world.alive()


class TestWhatIsDoneForOnePartner:
    async def test_touches_nothing_of_anothers(self, world: World) -> None:
        """From the first request to the payment, a lost answer and two ways to cancel included.

        The other one's contract has the same number, stands at the provider too, and its system
        listens to events.
        """
        async with partner(world, "alfa") as alfa, partner(world, "beta") as beta:
            await world.qitech.subscribe(None)
            await offered(await followed(beta, "beta", NUMBER))
            await world.until_at_rest()
            # Nothing comes of it any more, and there is nothing to tell of it.
            await world.qitech.subscribe(f"{world.url}/webhooks/qitech")
            hook = {"url": "https://beta.example/hook"}
            async with beta.api.post("/api/v1/webhooks/endpoints", json=hook) as answer:
                assert 201 == answer.status, await answer.text()
            before = await belongings(world.database, "beta")

            mine = [await followed(alfa, "alfa", f"SAME-{place}") for place in range(1, 5)]
            moments = (paid, signed, offered)
            await asyncio.gather(*(moment(one) for moment, one in zip(moments, mine, strict=False)))
            ended = [await through_the_core(mine[1]), await through_the_area(mine[2])]
            await unknown(mine[3])
            await world.qitech.mend()
            await world.until_at_rest()
            ends = [(await one.view())["status"] for one in mine]

        assert [200, 200] == ended
        assert ["PAGO", "CANCELADO", "CANCELADO", "AGUARDANDO_FORMALIZACAO"] == ends
        assert set() == changes(before, await belongings(world.database, "beta"))
        assert {} == await belongings(world.database, "house")
