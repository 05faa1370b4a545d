"""What an envelope as a whole promises: one run, one end, told once to everybody."""

import asyncio
from datetime import timedelta
from functools import partial

import aiohttp
import pytest

from tests.world import ALL_DONE, Listener, World, envelope, until
from tramita.kit.clock import advance_clock
from tramita.kit.http import sockets

NOT_READY = {"not_ready": True, "reason": "Ainda há contratos sendo processados"}
NOT_REQUESTED = {"not_ready": True, "reason": "Link de formalização ainda não solicitado"}


class TestTheLink:
    async def test_starts_one_run_however_often_it_is_clicked(self, world: World) -> None:
        """Ten clicks at once: the same link ten times, every contract sent once."""
        token = await world.make_envelope()
        await world.qitech.delay(100)

        answers = await asyncio.gather(*(world.send_link(token) for _ in range(10)))
        await world.until_done(token)

        assert 4 == sum(answer["being_inserted"] for answer in answers)
        assert {f"{world.runtime.settings.address}/formalizacao/{token}"} == {
            answer["link"] for answer in answers
        }
        assert [1] * 4 == list((await world.qitech.created()).values())
        assert [1] == await world.announced(token)

    async def test_changes_nothing_after_the_run(self, world: World) -> None:
        """The same link, nothing sent twice, nothing announced again."""
        token = await world.make_envelope()
        async with world.listening(token) as listener:
            first = await world.send_link(token)
            await listener.until()
            before = await world.details(token)

            second = await world.send_link(token)
            await world.hear_out(token, listener)

            assert (first["link"], 5, 0) == (
                second["link"],
                second["contracts"],
                second["being_inserted"],
            )
            assert 1 == listener.times_done
        assert before == await world.details(token)
        assert 4 == len(await world.qitech.ledger())
        assert [1] == await world.announced(token)


class TestAMixedEnvelope:
    async def test_lets_the_other_contracts_go_ahead(self, world: World) -> None:
        """What needs no proposal waits for the client at once; the page waits for all."""
        token = await world.make_envelope()
        held = await world.qitech.fail("answer_held", count=None, arguments={"seconds": 25.0})
        before = await world.details(token)

        async with world.listening(token) as listener:
            await world.send_link(token)
            during = await world.details(token)
            statuses = [one["status"] for one in await world.partner_view(token)]
            await world.qitech.let_go(held)
            await listener.until()
        after = await world.details(token)

        assert (NOT_REQUESTED, NOT_READY) == (before, during)
        assert ["DIGITACAO"] * 4 + ["AGUARDANDO_FORMALIZACAO"] == statuses
        assert [True] * 4 + [False] == [bool(one["portability"]) for one in after["contracts"]]
        assert {"AGUARDANDO_FORMALIZACAO"} == {one["status"] for one in after["contracts"]}

    async def test_without_portabilities_is_done_at_once(self, world: World) -> None:
        """Nothing to insert is ready and announced in the same breath."""
        body = envelope()
        body["contracts"] = body["contracts"][-1:]
        token = await world.make_envelope(body)

        async with world.listening(token) as listener:
            sent = await world.send_link(token)
            details = await world.details(token)
            await listener.until()

        assert (1, 0) == (sent["contracts"], sent["being_inserted"])
        assert ["AGUARDANDO_FORMALIZACAO"] == [one["status"] for one in details["contracts"]]
        assert [ALL_DONE] == listener.messages
        assert [] == await world.qitech.ledger()


class TestASocket:
    async def test_hears_the_end_once_whenever_it_came(self, world: World) -> None:
        """Before, during and after the run: progress that only grows, then one end."""
        token = await world.make_envelope()
        held = await world.qitech.fail("answer_held", count=None, arguments={"seconds": 25.0})

        async with world.listening(token) as early:
            await world.send_link(token)
            async with world.listening(token) as middle:
                await middle.until("CONTRACT_PROGRESS")
                await world.qitech.let_go(held)
                await asyncio.gather(early.until(), middle.until())
                async with world.listening(token) as late:
                    for one in (early, middle, late):
                        await world.hear_out(token, one)

        assert [1, 1, 1] == [one.times_done for one in (early, middle, late)]
        assert ALL_DONE == late.messages[0]
        assert {"type": "CONTRACT_PROGRESS", "done": 0, "total": 4} == middle.messages[0]
        for one in (early, middle):
            assert steps(one) == sorted(set(steps(one)))

    @pytest.mark.parametrize("token", ["0194a5c0-0000-4000-8000-000000000000", "no-uuid"])
    async def test_of_an_unknown_token_is_closed(self, world: World, token: str) -> None:
        """Nobody learns anything by guessing; the code says why."""
        async with world.api.ws_connect(f"/ws/{token}") as connection:
            message = await connection.receive(timeout=10)

        assert (aiohttp.WSMsgType.CLOSE, 4404) == (message.type, connection.close_code)

    async def test_is_kept_alive(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Silence is filled with pings, so that no proxy on the way takes it for dead."""
        monkeypatch.setattr(sockets, "HEARTBEAT_SECONDS", 0.05)
        token = await world.make_envelope()

        async with world.listening(token) as listener:
            await listener.until("PING")
            await listener.until("PING")

        assert [{"type": "PING"}] * 2 == listener.messages


class TestAContractThatCouldNotBeSent:
    """Where it is certain that nothing happened, sending again is safe."""

    @pytest.mark.parametrize("arguments", [{"retry_after": 1.0}, {}], ids=["told_when", "not_told"])
    async def test_waits_when_there_were_too_many(
        self, world: World, arguments: dict[str, float]
    ) -> None:
        """429 is no verdict: it is sent again when QI Tech asks, or after a while."""
        body = envelope(portabilities=2)
        number = body["contracts"][0]["contract_number"]
        await world.qitech.fail("429", match={"contract_number": number}, arguments=arguments)
        token = await world.make_envelope(body)

        await world.send_link(token)
        await world.until_done(token)

        assert {"FORMALIZACAO_CLIENTE"} == await statuses(world, token)
        assert 2 == await world.qitech.asked(number)
        assert [2, 1] == [one["attempts"] for one in await world.operations("succeeded")]

    @pytest.mark.parametrize(
        ("kind", "code"), [("401_clock", "GDF000014"), ("404_key", "GDF000018")]
    )
    async def test_waits_for_our_credentials_to_be_mended(
        self, world: World, kind: str, code: str
    ) -> None:
        """A skewed clock or a wrong key refuses nobody: no verdict, no storm, sent later."""
        await world.qitech.fail(kind, count=2)
        token = await world.make_envelope(envelope(portabilities=2))

        async with world.listening(token) as listener:
            await world.send_link(token)
            await until_operations(world, "not_sent", 2)
            waiting = await world.operations("not_sent")
            details = await world.details(token)
            await until(partial(is_sent_again, world))
            await listener.until()

        assert NOT_READY == details
        assert {f"QI Tech rejects our credentials: {code}"} == {one["reason"] for one in waiting}
        assert {"FORMALIZACAO_CLIENTE"} == await statuses(world, token)

    async def test_waits_for_a_port_to_open(self, world: World) -> None:
        """No connection, nothing sent: it goes again. The call that was cut is asked about."""
        unlucky, patient = envelope(portabilities=1), envelope(portabilities=3)
        cut = await world.make_envelope(unlucky)
        token = await world.make_envelope(patient)
        await world.qitech.fail("connect_refused", arguments={"seconds": 1.5})
        await world.send_link(cut)
        await until_operations(world, "unknown", 1)

        await world.send_link(token)
        await world.until_done(token)
        await world.until_done(cut)

        assert [{"FORMALIZACAO_CLIENTE"}] * 2 == [
            await statuses(world, one) for one in (token, cut)
        ]
        assert {2} <= {one["attempts"] for one in await world.operations("succeeded")}
        assert {1} == set((await world.qitech.created()).values())


async def is_sent_again(world: World) -> bool:
    """Whether nothing waits to be sent any more; what somebody has in hand is not hastened."""
    await world.hasten()
    return not await world.operations("not_sent")


async def until_operations(world: World, state: str, count: int) -> None:
    """Wait until so many operations stand in ``state``."""

    async def are_there() -> bool:
        return len(await world.operations(state)) == count

    await until(are_there)


async def statuses(world: World, token: str) -> set[str]:
    """The portability statuses of an envelope."""
    return {one["portability"]["status"] for one in await world.partner_view(token)}


def steps(listener: Listener) -> list[int]:
    """The progress a listener was told."""
    return [one["done"] for one in listener.messages if one["type"] == "CONTRACT_PROGRESS"]


class TestAnOldEnvelope:
    """An envelope whose time has passed."""

    async def test_sends_nobody_to_the_bank(self, world: World) -> None:
        """A link requested after the expiry is gone, and says so."""
        token = await world.make_envelope(envelope())
        async with world.database.unit_of_work() as work:
            await advance_clock(work, world.runtime.settings, timedelta(days=31))

        path = "/api/contratos/formalizacao/enviar-link/"
        async with world.api.post(path, json={"token": token}) as answer:
            problem = await answer.json()

        assert (410, "envelope_expired") == (answer.status, problem["code"])
        assert [] == await world.qitech.ledger()
