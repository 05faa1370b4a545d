"""What people can be told to do, and what they cannot."""

from typing import Any

import pytest

from tests.providers.qitech.simulator.partner import Partner


class TestDo:
    @pytest.mark.parametrize(
        "order",
        [
            {"actor": "client", "action": "dance"},
            {"actor": "client", "action": "sign", "colour": "red"},
            {"actor": "client", "action": "sign", "contract_number": "Z-9"},
            {"actor": "client", "action": "sign", "proposal_key": "nothing"},
            {"actor": "origin_bank", "action": "send_balance", "balance": -1},
        ],
    )
    async def test_refuses_what_nobody_does(self, partner: Partner, order: dict[str, Any]) -> None:
        """An unknown act, field, value or proposal is refused, and nothing happens."""
        await partner.create()

        refused = await partner.control("POST", "act", order)

        assert refused["error"]
        assert ["proposal_created"] == await partner.effects()

    async def test_finds_the_proposal_it_is_about(self, partner: Partner) -> None:
        """By key, by contract number, or else the latest."""
        keys = [(await partner.create(number))["proposal_key"] for number in ("A-1", "A-2", "A-3")]

        done = [
            await partner.act("client", "sign", proposal_key=keys[0]),
            await partner.act("client", "sign", contract_number="A-2"),
            await partner.act("client", "sign"),
        ]

        assert keys == [act["proposal_key"] for act in done]
