"""What a person does about a proposal that nobody could tell about."""

from typing import Any

import pytest

from tests.world import World, envelope, until
from tramita.kit.transitions import WHY, reason_of
from tramita.portability.journey import insert_proposal
from tramita.portability.ports import Proposal
from tramita.portability.rules import check_before_sending

TO_SIGN = ("AGUARDANDO_FORMALIZACAO", "FORMALIZACAO_CLIENTE")
LEASE_IS_OVER = """
    UPDATE operations SET lease_until = now() - interval '1 second', due_at = now() - interval '1 hour'
    WHERE state = 'SENT'
"""
REFUSED = ("CANCELADO", "REPROVADO")


class TestAskAgain:
    async def test_finds_what_is_there(self, world: World) -> None:
        """QI Tech can be asked again: the lost proposal is found, accepted, and not doubled."""
        token, operation = await parked(world, "lost_after")
        await world.qitech.act(query_by_contract_number=True)

        answer = await act(world, operation, "ask_again")
        await world.until_at_rest()

        assert 200 == answer["status_code"]
        assert TO_SIGN == await status(world, token)
        assert {1} == set((await world.qitech.created()).values())

    async def test_stands_in_the_history_with_who_and_why(self, world: World) -> None:
        """The move names the token and the note."""
        _, operation = await parked(world, "lost_after")
        await act(world, operation, "ask_again", note="the bank said it is there")

        rows = await world.fetch(
            f"SELECT from_state, actor, {WHY} AS why FROM history WHERE subject_id = $1 "
            "AND trigger = 'ask_again'",
            operation,
        )

        [row] = rows
        assert ("NEEDS_ATTENTION", "token:test") == (row["from_state"], row["actor"])
        assert "the bank said it is there" == reason_of(world.database.keys, row["why"])


class TestAnErrorOfOurOwn:
    async def test_holds_up_its_contract_and_nothing_else(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One held job and no second; its contract needs attention, and goes on when mended."""
        sound = check_before_sending

        body = envelope(portabilities=2)

        def check(proposal: Proposal, **more: Any) -> Any:
            if proposal.contract_number == body["contracts"][0]["contract_number"]:
                raise ValueError("a bug")
            return sound(proposal, **more)

        monkeypatch.setattr(insert_proposal, "check_before_sending", check)
        token = await world.make_envelope(body)
        await world.send_link(token)
        await until_failed(world)
        await world.fetch(LEASE_IS_OVER)

        await world.until_done(token)
        details = await world.details(token)
        contracts = await world.partner_view(token)
        await world.fetch(LEASE_IS_OVER)
        await until_swept(world)
        held = await world.fetch("SELECT FROM pgqueuer WHERE status = 'failed'")
        monkeypatch.undo()
        await world.fetch("UPDATE pgqueuer SET status = 'queued' WHERE status = 'failed'")
        await world.until_at_rest()

        assert 1 == len(held)
        assert [False, True] == sorted(one["portability"]["needs_attention"] for one in contracts)
        assert 2 == len(details["contracts"])
        assert [(2, TO_SIGN[1])] == await world.fetch(
            "SELECT count(*), portability_status FROM envelope_contracts GROUP BY 2"
        )
        assert [1] == await world.announced(token)


class TestSendAgain:
    async def test_is_refused_while_it_may_exist(self, world: World) -> None:
        """Nobody has said that there is nothing: 409, and nothing is sent."""
        token, operation = await parked(world, "lost_after")

        answer = await act(world, operation, "send_again")

        assert 409 == answer["status_code"]
        assert "has not said that nothing was created" in answer["detail"]
        assert ("DIGITACAO", "DIGITACAO") == await status(world, token)
        assert {1} == set((await world.qitech.created()).values())


class TestMarkRefused:
    async def test_refuses_the_contract(self, world: World) -> None:
        """The contract ends, and says by whose word; theirs stand in the act's history alone."""
        token, operation = await parked(world, "http_503")

        answer = await act(world, operation, "mark_refused", note="the client gave up")
        again = await act(world, operation, "mark_refused")

        [contract] = await world.partner_view(token)
        assert (200, 409) == (answer["status_code"], again["status_code"])
        assert REFUSED == await status(world, token)
        sentence = "Somebody has ended it on their own word."
        assert [{"code": "operator_refused", "sentence": sentence}] == (
            contract["portability"]["reasons"]
        )

    async def test_looks_for_what_lives_all_the_same(self, world: World) -> None:
        """It was there, and now QI Tech can be asked: nobody needs to sign to find it."""
        _, operation = await parked(world, "lost_after")
        await world.qitech.act(query_by_contract_number=True)

        await act(world, operation, "mark_refused")

        async def is_cancelled() -> bool:
            return len(await world.qitech.ledger("proposal_canceled")) == 1

        await until(is_cancelled)

    async def test_has_cancelled_what_shows_up_later(self, world: World) -> None:
        """It was there after all: once its webhook names it, it is cancelled there."""
        _, operation = await parked(world, "lost_after")
        await act(world, operation, "mark_refused")
        await world.qitech.mend()

        await world.qitech.person("client", "sign")

        async def is_cancelled() -> bool:
            return len(await world.qitech.ledger("proposal_canceled")) == 1

        await until(is_cancelled)


class TestAnAction:
    async def test_needs_the_scope_and_a_note(self, world: World) -> None:
        """Nobody decides about other people's money without saying why."""
        _, operation = await parked(world, "http_503")

        nothing = await act(world, operation, "ask_again", note="")
        unknown = await act(world, operation, "forget_it")

        assert (422, 400) == (nothing["status_code"], unknown["status_code"])
        assert [operation] == [one["id"] for one in await world.operations("needs_attention")]


async def until_failed(world: World) -> None:
    """Wait until a job is held."""

    async def is_so() -> bool:
        return bool(await world.fetch("SELECT FROM pgqueuer WHERE status = 'failed'"))

    await until(is_so)


async def until_swept(world: World) -> None:
    """Wait until the sweep has looked at what was sent."""

    async def is_so() -> bool:
        return not await world.fetch(
            "SELECT FROM operations WHERE state = 'SENT' AND due_at < now()"
        )

    await until(is_so)


async def parked(world: World, fault: str) -> tuple[str, str]:
    """An envelope whose one contract a person has to look at; its token and operation."""
    await world.qitech.act(query_by_contract_number=False)
    await world.qitech.fail(fault)
    await world.qitech.fail_webhook("webhook_lost", match={"status": "created"}, count=None)
    token = await world.make_envelope(envelope(portabilities=1))
    await world.send_link(token)
    await world.until_done(token)
    [operation] = await world.operations("needs_attention")
    return token, operation["id"]


async def act(
    world: World, operation: str, action: str, *, note: str = "as agreed on the phone"
) -> dict[str, Any]:
    """Decide over HTTP; the answer with its status code."""
    path = f"/api/v1/operations/{operation}/{action}"
    async with world.api.post(path, json={"note": note}) as answer:
        return {**await answer.json(), "status_code": answer.status}


async def status(world: World, token: str) -> tuple[str, str]:
    """Both statuses of the one contract."""
    [contract] = await world.partner_view(token)
    return contract["status"], contract["portability"]["status"]
