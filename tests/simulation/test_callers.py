"""Who may order a simulator about."""

import pytest

from tests.simulation.conftest import Street


class TestForeignPages:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
            {"Host": "rebound.example:8100"},
            {"Host": "127.0.0.1.rebound.example"},
            {"Host": "["},
        ],
    )
    async def test_give_no_orders(self, street: Street, headers: dict[str, str]) -> None:
        """A browser on this machine would carry them here: a clock moved, a fault set."""
        url = f"{street.url}/bakery/__sim/clock"
        async with street.session.post(url, json={"advance": "5d"}, headers=headers) as answer:
            status = answer.status

        _, clock = await street.control("GET", "clock")
        assert (403, 0) == (status, clock["offset_seconds"])

    async def test_are_told_from_our_own(self, street: Street) -> None:
        """The simulators' page posts with its own address as origin."""
        url = f"{street.url}/bakery/__sim/clock"
        headers = {"Origin": street.url}
        async with street.session.post(url, json={"advance": "5d"}, headers=headers) as answer:
            assert answer.status < 300
