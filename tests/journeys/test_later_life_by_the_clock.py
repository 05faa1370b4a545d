"""Whole lives that time alone moves: days pass at the provider and here until all is final."""

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.later import Followed, offered, pass_time
from tests.world import World, envelope
from tramita.portability.lifecycle import CONTRACT_STATUS, PortabilityStatus

# An origin bank that tells the balance before 17 h leaves us until midnight to accept it.
STEP = timedelta(hours=3)
LONGEST = timedelta(days=25)
FINAL = {"FINALIZADO", "RETIDO", "CANCELADO"}
CORE = {"PAGO": "activated", "CANCELADO": "cancelled"}


class TestAnAutomaticLife:
    @pytest.mark.soak
    async def test_comes_to_an_end_for_every_contract(self, world: World) -> None:
        """Ten lives by seeded draws, good and bad ends: both sides agree about each."""
        await world.qitech.reset(seed=7)
        await world.qitech.act(
            life="automatic",
            submission="manual",
            rejected_share=0.15,
            retained_share=0.2,
            lapsed_share=0.15,
            registration_error_share=0.3,
        )
        contracts = await offered(world, envelope(portabilities=10))
        for contract in contracts:
            await contract.act("client", "sign")

        await until_final(world, contracts)

        ended = [await contract.view() for contract in contracts]
        assert {"FINALIZADO"} < {one["portability"]["status"] for one in ended} <= FINAL
        for contract, one in zip(contracts, ended, strict=True):
            seen = one["portability"]
            assert CONTRACT_STATUS[PortabilityStatus(seen["status"])] == one["status"]
            assert CORE[one["status"]] == await contract.core_state()
            assert (None, False) == (seen["conflict"], seen["needs_attention"])
            assert (seen["status"] != "FINALIZADO") == bool(seen["reasons"]), seen
            if seen["status"] == "FINALIZADO":
                assert seen["margin"]["registered_at"] is not None

    @pytest.mark.soak
    async def test_needs_no_webhook(self, world: World) -> None:
        """Every message is lost: asking in good time is enough, though the day is short."""
        await world.qitech.fail_webhook("webhook_lost", count=None)
        await world.qitech.act(life="automatic", submission="manual")
        contracts = await offered(world, envelope(portabilities=8))
        for contract in contracts:
            await contract.act("client", "sign")

        await until_final(world, contracts)

        seen = [await contract.portability() for contract in contracts]
        assert [None] * 8 == [one["conflict"] for one in seen]
        assert "FINALIZADO" in {one["status"] for one in seen}
        # Some balances are drawn too high. What was never accepted in time would read otherwise.
        ended = [one for one in seen if one["status"] != "FINALIZADO"]
        assert {"balance_too_high"} >= {code(one) for one in ended}
        assert [] == await world.fetch("SELECT FROM inbox")


def code(portability: dict[str, Any]) -> str:
    """Why a contract ended."""
    [reason] = portability["reasons"]
    return str(reason["code"])


async def until_final(world: World, contracts: list[Followed]) -> None:
    """Let time pass step by step, each step until what follows from it is done."""
    for _ in range(LONGEST // STEP):
        await pass_time(world, STEP)
        seen = [one["portability"] for one in await world.partner_view(contracts[0].token)]
        if all(map(is_final, seen)):
            return
    raise AssertionError([await contract.stands() for contract in contracts])


def is_final(portability: dict[str, object]) -> bool:
    """Ended, and paid ones with their margin registered."""
    if portability["status"] != "FINALIZADO":
        return portability["status"] in FINAL
    margin = portability["margin"]
    return isinstance(margin, dict) and margin["registered_at"] is not None
