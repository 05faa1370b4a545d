"""Our words to GSIM about SIMs and lines, over real HTTP, each with the answers it can get."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.providers.gsim.operator import GSIMControl, running_gsim
from tramita.kit.attempt import Attempt
from tramita.kit.exchange import Exchange
from tramita.kit.outcome import Done, Pending, Refused
from tramita.kit.outside import NotUnderstood
from tramita.kit.provider import Connection
from tramita.kit.settings import Settings
from tramita.numbering.ports import LineNews, LineStatus
from tramita.providers.gsim.gateway_lines import GSIMLineGateway, make_line_gateway
from tramita.providers.gsim.settings import GSIMSettings

MSISDN = "5511987654321"
NO_SIM = "8955100000000000000"


@dataclass
class Lines:
    """A gateway, GSIM's control plane, and a SIM in stock."""

    gateway: GSIMLineGateway
    gsim: GSIMControl
    sim: str

    async def assign(self) -> Attempt:
        """Have the number put on the SIM; answers how it was asked for."""
        asked = attempt()
        assert isinstance(await self.gateway.assign_sim(self.sim, MSISDN, asked), Pending)
        return asked


@pytest.fixture
async def lines(tmp_path: Path) -> AsyncIterator[Lines]:
    """A fresh GSIM that lets lines wait until its operator says otherwise."""
    async with running_gsim(tmp_path) as gsim:
        await gsim.operate("set", activations="hold")
        sim = (await gsim.operate("sims"))["sims"][0]
        async with Exchange("gsim", gsim.url, deadline=timedelta(seconds=30)) as exchange:
            connection = Connection(exchange, GSIMSettings(), Settings())
            yield Lines(make_line_gateway(connection), gsim, sim)


def attempt() -> Attempt:
    """A request of its own."""
    return Attempt(uuid4(), str(uuid4()))


class TestAssigning:
    async def test_is_accepted_and_told_of_later(self, lines: Lines) -> None:
        """Pending, however one asks, until the operator lets the line go live."""
        asked = attempt()
        accepted = await lines.gateway.assign_sim(lines.sim, MSISDN, asked)

        assert isinstance(accepted, Pending)
        assert timedelta(seconds=30) == accepted.ask_again_in
        assert accepted == await lines.gateway.find_assignment(asked.key, attempt())
        assert accepted == await lines.gateway.find_line(lines.sim, MSISDN, attempt())

        await lines.gsim.operate("activate", iccid=lines.sim)
        live = Done(LineNews(LineStatus.ACTIVE, accepted.reference))
        assert live == await lines.gateway.find_assignment(asked.key, attempt())
        assert live == await lines.gateway.find_line(lines.sim, MSISDN, attempt())

    async def test_may_be_rejected_by_the_network(self, lines: Lines) -> None:
        """The request has that end, and the SIM is free."""
        asked = await lines.assign()
        await lines.gsim.operate("reject", iccid=lines.sim)

        outcome = await lines.gateway.find_assignment(asked.key, attempt())

        assert isinstance(outcome, Done)
        assert outcome.value is not None
        assert LineStatus.REJECTED is outcome.value.status
        assert Done(None) == await lines.gateway.find_line(lines.sim, MSISDN, attempt())

    @pytest.mark.parametrize(
        ("sim", "msisdn", "code"),
        [
            (NO_SIM, MSISDN, "sim_not_found"),
            (None, "5511987654322", "sim_in_use"),
            (None, "551", "bad_number"),
        ],
    )
    async def test_is_refused_with_a_reason(
        self, lines: Lines, sim: str | None, msisdn: str, code: str
    ) -> None:
        """No such SIM, a SIM that carries another number, a number that is none."""
        await lines.assign()

        outcome = await lines.gateway.assign_sim(sim or lines.sim, msisdn, attempt())

        assert isinstance(outcome, Refused)
        assert code == outcome.code

    async def test_that_was_refused_is_remembered(self, lines: Lines) -> None:
        """Asked by its request id, GSIM says why."""
        await lines.gsim.operate("set", number_not_reserved="*")
        asked = attempt()
        refused = await lines.gateway.assign_sim(lines.sim, MSISDN, asked)

        assert isinstance(refused, Refused)
        assert "number_not_reserved" == refused.code
        expected = Done(LineNews(LineStatus.REFUSED, reason="NUMBER_NOT_RESERVED"))
        assert expected == await lines.gateway.find_assignment(asked.key, attempt())


class TestAsking:
    async def test_for_what_was_never_seen_finds_nothing(self, lines: Lines) -> None:
        """Neither by request nor by SIM, nor on a SIM that nobody knows."""
        assert Done(None) == await lines.gateway.find_assignment("never", attempt())
        assert Done(None) == await lines.gateway.find_line(lines.sim, MSISDN, attempt())
        assert Done(None) == await lines.gateway.find_line(NO_SIM, MSISDN, attempt())

    async def test_for_another_number_finds_nothing(self, lines: Lines) -> None:
        """The SIM carries one number, and it is not this."""
        await lines.assign()

        assert Done(None) == await lines.gateway.find_line(lines.sim, "5511987654322", attempt())

    async def test_where_questions_are_not_answered_is_refused(self, lines: Lines) -> None:
        """A 404 for whatever one asks is no word about the line."""
        await lines.gsim.fail("query_missing", operation="read_request")
        await lines.gsim.fail("query_missing", operation="read_sim")

        by_request = await lines.gateway.find_assignment("any", attempt())
        by_sim = await lines.gateway.find_line(lines.sim, MSISDN, attempt())

        assert isinstance(by_request, Refused)
        assert isinstance(by_sim, Refused)


class TestReleasing:
    async def test_takes_the_number_off(self, lines: Lines) -> None:
        """Twice is once, and a SIM that nobody knows has no number."""
        await lines.assign()

        for sim in (lines.sim, lines.sim, NO_SIM):
            assert Done(None) == await lines.gateway.release_sim(sim, attempt())

        assert Done(None) == await lines.gateway.find_line(lines.sim, MSISDN, attempt())


class TestReadMessage:
    @pytest.mark.parametrize(
        "body", [b"", b"[", b"{}", b"\xff", b'{"type": "ACTIVATED"}', b"[" * 5000]
    )
    def test_makes_nothing_of_what_it_cannot_read(self, body: bytes) -> None:
        """A message of an unknown kind is shown until somebody decides."""
        gateway = GSIMLineGateway.__new__(GSIMLineGateway)

        assert isinstance(gateway.read_message(body), NotUnderstood)
