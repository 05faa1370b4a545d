"""Two partners may have contracts of one number; at the provider each has its own."""

from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import pytest

from tests.world import Tramita, World, envelope, until
from tramita.kit.tenants import create_tenant
from tramita.kit.tokens import create_token

NUMBER: Final = "SAME-1"


@pytest.fixture
async def alfa(world: World) -> AsyncIterator[Tramita]:
    """Another partner of the world's Tramita."""
    async with world.database.unit_of_work() as work:
        await create_tenant(work, "alfa", "Alfa")
        token = await create_token(
            work, "alfa", ["envelopes:read", "envelopes:write"], tenant="alfa"
        )
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(world.url, headers=headers) as api:
        yield Tramita(world.url, api)


async def sent(partner: Tramita) -> str:
    """An envelope of one contract that has the number, on its way to the provider."""
    body = envelope(portabilities=1)
    body["contracts"][0]["contract_number"] = NUMBER
    token = await partner.make_envelope(body)
    await partner.send_link(token)
    return token


class TestOneNumber:
    @pytest.mark.parametrize("answer", ["in time", "lost"])
    async def test_is_two_contracts_of_two_partners(
        self, world: World, alfa: Tramita, answer: str
    ) -> None:
        """Each gets its own proposal, also where it has to be looked for, and cancels no other."""
        if answer == "lost":
            await world.qitech.fail("reset_after_effect", count=2)
        partners = (world, alfa)
        tokens = [await sent(partner) for partner in partners]
        for partner, token in zip(partners, tokens, strict=True):
            await partner.until_done(token)
        views = [
            (await partner.partner_view(token))[0]
            for partner, token in zip(partners, tokens, strict=True)
        ]

        created = {
            row["data"]["proposal_key"]: row["subject"] for row in await world.qitech.ledger()
        }

        assert [NUMBER, NUMBER] == [view["number"] for view in views]
        keys = [view["portability"]["proposal_key"] for view in views]
        assert [NUMBER, f"alfa:{NUMBER}"] == [created[key] for key in keys]
        assert {NUMBER: 1, f"alfa:{NUMBER}": 1} == await world.alive()

    async def test_moves_only_the_contract_that_a_message_is_about(
        self, world: World, alfa: Tramita
    ) -> None:
        """What the provider tells of one partner's changes nothing of the other's."""
        mine, theirs = await sent(world), await sent(alfa)
        await world.until_done(mine)
        await alfa.until_done(theirs)

        await world.qitech.person("client", "sign", contract_number=f"alfa:{NUMBER}")

        async def is_signed() -> bool:
            return bool((await alfa.partner_view(theirs))[0]["status"] == "FORMALIZADO")

        await until(is_signed)
        assert "AGUARDANDO_FORMALIZACAO" == (await world.partner_view(mine))[0]["status"]
