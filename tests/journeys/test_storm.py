"""Many envelopes at once, on a day when QI Tech refuses 5 % each way."""

import asyncio
from collections import Counter

import pytest

from tests.world import ALL_DONE, World, envelope

ENVELOPES, CONTRACTS = 50, 20
SEED = 20261122
LISTENED_TO = 30


class TestAThousandContracts:
    @pytest.mark.soak
    async def test_end_with_one_announcement_per_envelope(self, world: World) -> None:
        """Whoever listens hears one end; what lives there is what was accepted here."""
        await world.qitech.reset(seed=SEED)
        await world.qitech.play("refusals")
        await world.qitech.delay(10, up_to=1500)
        bodies = [envelope(portabilities=CONTRACTS) for _ in range(ENVELOPES)]
        tokens = [await world.make_envelope(body) for body in bodies]

        heard = await asyncio.gather(
            *(follow(world, token) for token in tokens[:LISTENED_TO]),
            *(world.send_link(token) for token in tokens[LISTENED_TO:]),
        )
        late = await asyncio.gather(*map(world.until_done, tokens))

        assert [1] * LISTENED_TO == heard[:LISTENED_TO]
        assert [[ALL_DONE]] * LISTENED_TO == late[:LISTENED_TO]
        assert [1] * ENVELOPES == [messages.count(ALL_DONE) for messages in late]
        assert [[1]] * ENVELOPES == [await world.announced(token) for token in tokens]
        places = await where_they_stand(world, tokens)
        assert {"FORMALIZACAO_CLIENTE", "REPROVADO"} == set(places)
        assert ENVELOPES * CONTRACTS == places.total()
        assert ENVELOPES * CONTRACTS * 0.15 < places["REPROVADO"] < ENVELOPES * CONTRACTS * 0.4
        created = await world.qitech.created()
        assert {1} == set(created.values())
        await world.until_at_rest()
        canceled = await world.qitech.ledger("proposal_canceled")
        assert created.total() - len(canceled) == places["FORMALIZACAO_CLIENTE"]


async def follow(world: World, token: str) -> int:
    """Listen from before the link until after the end; how often the end was told."""
    async with world.listening(token) as listener:
        await world.send_link(token)
        await listener.until(deadline=60)
        await world.hear_out(token, listener)
        return listener.times_done


async def where_they_stand(world: World, tokens: list[str]) -> Counter[str]:
    """Contracts by portability status."""
    views = [await world.partner_view(token) for token in tokens]
    return Counter(one["portability"]["status"] for view in views for one in view)
