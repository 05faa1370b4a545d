"""Envelopes end: cancelled by the partner, or because their time is over."""

import asyncio
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from tests.world import World, envelope, until
from tramita.portability.timers import expire_envelopes

CANCELLED = ("CANCELADO", "CANCELADO")


class TestCancelling:
    async def test_reaches_what_lives_at_the_provider(self, world: World) -> None:
        """Accepted contracts are cancelled here at once and there soon after."""
        token = await accepted(world, 3)

        answer = await cancel(world, token)
        await world.until_at_rest()

        assert (200, "cancelled") == (answer["status_code"], answer["state"])
        assert {CANCELLED} == await statuses(world, token)
        assert {} == await world.alive()
        assert 3 == len(await world.qitech.ledger("proposal_canceled"))

    async def test_reaches_what_is_still_on_its_way(self, world: World) -> None:
        """The answer comes after the cancellation: the proposal is cancelled where it lives."""
        held = await world.qitech.fail("answer_held", count=None, arguments={"seconds": 25.0})
        token = await world.make_envelope(envelope(portabilities=4))
        await world.send_link(token)
        await until_sent(world, 4)

        async with world.listening(token) as client:
            await cancel(world, token)
            await world.qitech.let_go(held)
            await client.until()
        await world.until_at_rest()

        assert {CANCELLED} == await statuses(world, token)
        assert {"envelope_cancelled"} == await reasons(world, token)
        assert [1] == await world.announced(token)
        assert (4, {}) == (len(await world.qitech.created()), await world.alive())

    async def test_reaches_what_nobody_knows_of(self, world: World) -> None:
        """An answer was lost; asked for after the cancellation, it is cancelled there."""
        await world.qitech.fail("lost_after", count=None)
        await world.qitech.fail("http_503", operation="find_proposals", count=None)
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)

        async def is_unknown() -> bool:
            return len(await world.operations("unknown")) == 1

        await until(is_unknown)
        await cancel(world, token)
        await world.qitech.mend()
        await world.until_at_rest()

        assert {CANCELLED} == await statuses(world, token)
        assert {"envelope_cancelled"} == await reasons(world, token)
        assert {} == await world.alive()

    async def test_withdraws_what_was_never_sent(self, world: World) -> None:
        """What waits for QI Tech to take requests again is never sent."""
        await world.qitech.fail("429", count=None, arguments={"retry_after": 30.0})
        token = await world.make_envelope(envelope(portabilities=2))
        await world.send_link(token)

        async def are_waiting() -> bool:
            return len(await world.operations("not_sent")) == 2

        await until(are_waiting)
        await cancel(world, token)
        await world.qitech.mend()
        await world.until_at_rest()

        assert {CANCELLED} == await statuses(world, token)
        assert 2 == len(await world.operations("refused"))
        assert ["withdraw"] * 2 == await world.ends()
        assert {} == await world.qitech.created()

    async def test_again_is_fine(self, world: World) -> None:
        """A second click cancels nothing twice."""
        token = await accepted(world, 1)

        answers = await asyncio.gather(*(cancel(world, token) for _ in range(5)))
        await world.until_at_rest()

        assert [200] * 5 == [one["status_code"] for one in answers]
        assert 1 == len(await world.qitech.ledger("proposal_canceled"))

    async def test_is_refused_once_money_is_on_its_way(self, world: World) -> None:
        """Nobody can take a payment back: nothing changes, and the contract is named."""
        token = await accepted(world, 2)
        [number, _] = [one["number"] for one in await world.partner_view(token)]
        await world.fetch(
            "UPDATE envelope_contracts SET portability_status = 'AGUARDANDO_PAGAMENTO', "
            "contract_status = 'FORMALIZADO' WHERE number = $1",
            number,
        )

        answer = await cancel(world, token)

        assert 409 == answer["status_code"]
        assert number in answer["detail"]
        assert {
            ("FORMALIZADO", "AGUARDANDO_PAGAMENTO"),
            ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE"),
        } == await statuses(world, token)

    @pytest.mark.parametrize(
        "seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in (1, 2))]
    )
    async def test_at_any_moment_leaves_nothing_behind(self, world: World, seed: int) -> None:
        """Twelve envelopes, each cancelled at some moment of its run; none is left half alive."""
        random = Random(seed)
        await world.qitech.delay(20, up_to=300)
        tokens = [await world.make_envelope(envelope(portabilities=4)) for _ in range(12)]

        async def click(token: str) -> None:
            link = asyncio.create_task(world.send_link(token))
            await world.hear_something(token, random.randint(1, 4))
            answer = await cancel(world, token)
            assert 200 == answer["status_code"], answer
            await asyncio.gather(link, return_exceptions=True)

        await asyncio.gather(*map(click, tokens))
        await world.qitech.delay(0)
        await world.until_at_rest()

        assert {CANCELLED} == {pair for token in tokens for pair in await statuses(world, token)}
        assert {} == await world.alive()


class TestExpiring:
    async def test_ends_what_was_not_signed(self, world: World) -> None:
        """After thirty days: cancelled here and there, the link answers 410."""
        token = await accepted(world, 2)

        await world.advance(timedelta(days=31))
        await expire_envelopes(world.runtime)
        await world.until_at_rest()

        view = await world.envelope_view(token)
        assert "expired" == view["state"]
        assert {CANCELLED} == await statuses(world, token)
        assert {} == await world.alive()
        path = "/api/contratos/formalizacao/enviar-link/"
        async with world.api.post(path, json={"token": token}) as answer:
            assert 410 == answer.status

    async def test_leaves_what_was_signed(self, world: World) -> None:
        """A signed contract goes on; the envelope is concluded, not expired."""
        token = await accepted(world, 1)
        await world.fetch(
            "UPDATE envelope_contracts SET portability_status = 'AGUARDANDO_SALDO', "
            "contract_status = 'FORMALIZADO'"
        )

        await world.advance(timedelta(days=31))
        await expire_envelopes(world.runtime)
        await expire_envelopes(world.runtime)

        assert "concluded" == (await world.envelope_view(token))["state"]
        assert {("FORMALIZADO", "AGUARDANDO_SALDO")} == await statuses(world, token)


async def accepted(world: World, portabilities: int) -> str:
    """An envelope whose contracts wait for the client."""
    token = await world.make_envelope(envelope(portabilities=portabilities))
    await world.send_link(token)
    await world.until_done(token)
    return token


async def cancel(world: World, token: str) -> dict[str, Any]:
    """Cancel over HTTP; the answer with its status code."""
    async with world.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
        return {**await answer.json(), "status_code": answer.status}


async def statuses(world: World, token: str) -> set[tuple[str, str]]:
    """The pairs of statuses in an envelope."""
    rows = await world.fetch(
        "SELECT contract_status, portability_status FROM envelope_contracts AS c "
        "JOIN envelopes AS e ON e.id = c.envelope_id WHERE e.token = $1",
        UUID(token),
    )
    return {(row["contract_status"], row["portability_status"]) for row in rows}


async def reasons(world: World, token: str) -> set[str]:
    """The codes of why contracts ended, as their partner reads them."""
    contracts = await world.partner_view(token)
    return {one["code"] for contract in contracts for one in contract["portability"]["reasons"]}


async def until_sent(world: World, count: int) -> None:
    """Wait until so many proposals are on their way."""

    async def is_so() -> bool:
        return len(await world.operations("sent")) == count

    await until(is_so)
