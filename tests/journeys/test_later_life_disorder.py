"""Webhooks that go astray, over HTTP: wherever they end up, the contract ends where it should."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tests.journeys.later import Followed, offered, pass_time, settled
from tests.world import World, envelope, until

# A life with everything in it, as it stands when every message came once and in order.
ORDERLY: Final[dict[str, Any]] = {
    "status": "FINALIZADO",
    "stage": "paid",
    "stage_said": "paid",
    "final_balance": "8800.00",
    "reasons": [],
    "conflict": None,
    "needs_attention": False,
    "refinancing_status": None,
    "cancelling_at_provider": False,
    "has_number": True,
    "consent": "confirmed",
    "is_margin_registered": True,
    "margin_errors": [],
    "core": "activated",
}


class TestWebhooks:
    @pytest.mark.parametrize(
        ("kind", "arguments"),
        [
            ("webhook_duplicate", {"times": 5.0}),
            ("webhook_reordered", {}),
            ("webhook_delayed", {"seconds": 7 * 3600.0}),
            pytest.param("webhook_delayed", {"seconds": 40 * 3600.0}, marks=pytest.mark.soak),
            ("webhook_lost", {}),
            ("webhook_unknown_key", {}),
            pytest.param("webhook_forged", {}, marks=pytest.mark.soak),
            pytest.param("webhook_replayed", {}, marks=pytest.mark.soak),
        ],
        ids=lambda one: one if isinstance(one, str) else "-".join(map(str, one.values())),
    )
    async def test_lead_to_the_orderly_end(
        self, world: World, kind: str, arguments: dict[str, float]
    ) -> None:
        """All of them astray in one way: the same end as in order, and no conflict."""
        await world.qitech.fail_webhook(kind, count=None, arguments=arguments)

        contract = await live(world)
        await until_quiet(world, contract)

        assert ORDERLY == await contract.stands()
        assert 1 == len(await world.qitech.ledger("proposal_accepted_by_requester"))
        if kind in ("webhook_lost", "webhook_forged"):
            assert [] == await world.fetch("SELECT FROM inbox")

    async def test_in_order_lead_there_too(self, world: World) -> None:
        """What the others are compared with."""
        contract = await live(world)

        assert ORDERLY == await contract.stands()

    async def test_that_met_nobody_are_posted_again(self, world: World) -> None:
        """For a moment nobody takes them, as while the database is away: then it goes on."""
        [contract] = await offered(world)
        await world.qitech.subscribe("http://127.0.0.1:9/")
        await contract.act("client", "sign")

        async def was_in_vain() -> bool:
            posted = await world.qitech.deliveries(contract.number)
            return any(one["status"] == "waiting" and one["attempts"] for one in posted)

        await until(was_in_vain)
        await world.qitech.subscribe(f"{world.url}/webhooks/qitech")

        await contract.until(status="AGUARDANDO_SALDO")

    async def test_of_nobodys_proposals_are_kept_apart(self, world: World) -> None:
        """Known to nobody even at the provider: tried for hours, then unmatched, never lost."""
        await world.qitech.fail_webhook("webhook_unknown_key", count=None)
        [contract] = await offered(world)
        await contract.act("client", "sign")
        await contract.until(stage="submitted")

        async def are_kept_apart() -> bool:
            # One that is being looked at when time passes is looked at once more.
            await pass_hours(world, 6)
            rows = await world.fetch("SELECT effect FROM proposal_events WHERE contract_id IS NULL")
            assert {"unmatched"} >= {row["effect"] for row in rows}
            return len(rows) >= 2

        await until(are_kept_apart)

    async def test_that_were_not_signed_by_the_provider_are_not_even_kept(
        self, world: World
    ) -> None:
        """Refused at the door, and nothing of them is stored."""
        await world.qitech.fail_webhook("webhook_forged", count=None)
        [contract] = await offered(world)
        await contract.act("client", "sign")

        async def was_refused() -> bool:
            posted = await world.qitech.deliveries(contract.number)
            return len(posted) >= 2 and all(one["attempts"] for one in posted)

        await until(was_refused)

        posted = await world.qitech.deliveries(contract.number)
        answers = {attempt["status"] for one in posted for attempt in one["attempts"]}
        assert {403} == answers
        assert [] == await world.fetch("SELECT FROM inbox")
        assert "FORMALIZACAO_CLIENTE" == (await contract.portability())["status"]


class TestAStrayProposal:
    async def test_is_found_by_its_webhook_alone(self, world: World) -> None:
        """The answer is lost and nobody may be asked by number: its webhook settles it."""
        await world.qitech.act(query_by_contract_number=False)
        await world.qitech.fail("lost_after")
        token = await world.make_envelope(envelope(portabilities=1))

        await world.send_link(token)
        await world.until_done(token)
        await settled(world)

        [contract] = await world.partner_view(token)
        assert ("FORMALIZACAO_CLIENTE", False) == (
            contract["portability"]["status"],
            contract["portability"]["needs_attention"],
        )
        assert {contract["number"]: 1} == await world.qitech.created()
        assert 1 == await world.qitech.asked(contract["number"])

    @pytest.mark.parametrize("is_told", [True, False], ids=["told", "asked"])
    async def test_that_shows_up_late_gives_way(self, world: World, is_told: bool) -> None:
        """Sent again because nothing was there, and then both are: exactly one is left alive."""
        if not is_told:
            await world.qitech.fail_webhook("webhook_lost", count=None)
        # It takes effect long after it was given up and "not found" was believed.
        late = await world.qitech.fail("lost_then_done", arguments={"seconds": 600.0})
        token = await world.make_envelope(envelope(portabilities=1))
        await world.send_link(token)
        await world.until_done(token)
        await world.qitech.let_go(late)

        async def are_both_there() -> bool:
            return (await world.qitech.created()).total() == 2

        await until(are_both_there)
        if is_told:
            await until_cancelled(world)
        # The first question comes within 30 hours: a day, spread by a quarter of it.
        for _ in range(3):
            await pass_hours(world, 14)

        [contract] = await world.partner_view(token)
        assert "FORMALIZACAO_CLIENTE" == contract["portability"]["status"]
        assert {contract["number"]: 1} == await world.alive()
        [cancelled] = await world.qitech.ledger("proposal_canceled")
        assert contract["portability"]["proposal_key"] != cancelled["data"]["proposal_key"]
        assert None is contract["portability"]["conflict"]


async def live(world: World) -> Followed:
    """Drive one contract to its registered margin, whether or not we are told of each step."""
    [contract] = await offered(world)
    await contract.act("client", "sign")
    await contract.act("ctc", "accept")
    await contract.act("beneficiary", "confirm")
    await settled(world)
    await contract.act("origin_bank", "send_balance", balance=8800.00)

    async def is_accepted() -> bool:
        await pass_hours(world, 3)
        return bool(await world.qitech.ledger("proposal_accepted_by_requester"))

    await until(is_accepted, deadline=60)
    await contract.act("qitech", "settle")
    await contract.act("origin_bank", "confirm_settlement")
    await contract.act("dataprev", "refuse")
    await contract.act("dataprev", "register")
    await until_quiet(world, contract)
    return contract


async def until_cancelled(world: World) -> None:
    """Wait until a proposal is cancelled at the provider, with no time passing."""

    async def is_so() -> bool:
        return len(await world.qitech.ledger("proposal_canceled")) == 1

    await until(is_so)


async def until_quiet(world: World, contract: Followed) -> None:
    """Let two days pass, so that whatever was late is there and whatever was lost is missed."""
    for _ in range(6):
        await pass_hours(world, 8)
    await contract.until(status="FINALIZADO")


async def pass_hours(world: World, hours: int) -> None:
    """Let hours pass; the provider's retries and late messages come in between."""
    await pass_time(world, timedelta(hours=hours))
