"""Two banks installed at once, each behind its own socket, and whoever posts under either's name."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.lenders.brisa.simulator import OUR_PASSWORD
from tests.world import QUICK, World, envelope, running_world, until
from tramita.kit.database.engine import Database
from tramita.testing.control import VendorControl

BRISA = "brisa"
_ENTRY_POINTS = "[tramita.providers]\nbrisa = tests.lenders.brisa.plugin:provider\n"


@dataclass
class Banks:
    """The world, and the control plane of the second bank."""

    world: World
    brisa: VendorControl

    async def sent(self, *, portabilities: int = 1, provider: str | None = None) -> str:
        """An envelope whose link was requested and whose run is over."""
        body = envelope(portabilities=portabilities)
        for contract in body["contracts"]:
            if provider is not None:
                contract["provider"] = provider
        token = await self.world.make_envelope(body)
        await self.world.send_link(token)
        await self.world.until_done(token)
        return token

    async def portabilities(self, token: str) -> list[dict[str, Any]]:
        """As their partner sees them, with our numbers."""
        contracts = await self.world.partner_view(token)
        return [one["portability"] | {"number": one["number"]} for one in contracts]

    async def post(self, sender: str, body: object, **headers: str) -> int:
        """The status that somebody gets who posts under a bank's name."""
        said = json.dumps(body)
        async with self.world.api.post(f"/webhooks/{sender}", data=said, headers=headers) as got:
            return got.status

    async def cancel(self, token: str) -> None:
        """Cancel an envelope."""
        async with self.world.api.post(f"/api/v1/envelopes/{token}/cancel") as answer:
            assert 200 == answer.status, await answer.text()

    async def in_the_book(self) -> dict[str, str]:
        """What last happened at Brisa to each of our numbers."""
        return {row["subject"]: row["effect"] for row in await self.brisa.effects()}


@pytest.fixture
async def banks(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Banks]:
    """QI Tech, and Brisa as a package that somebody has installed."""
    installed = tmp_path / "brisa-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: brisa\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(_ENTRY_POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    async with (
        running_world(database, database_url, tmp_path, dequeue_timeout=0.2) as world,
        aiohttp.ClientSession(world.simulators_url) as control,
    ):
        yield Banks(world, VendorControl(control, BRISA))
        await world.until_at_rest()
        assert [] == await world.broken()


class TestTwoBanks:
    async def test_keep_to_their_own(self, banks: Banks) -> None:
        """Named, then by the default, which is changed in the middle; each cancelled where it is."""
        named = await banks.sent(provider=BRISA)
        first = await banks.sent(portabilities=2)
        banks.world.runtime.configure(QUICK.model_copy(update={"provider": BRISA}))
        second = await banks.sent()
        whose = [[one["provider"] for one in await banks.portabilities(t)] for t in (named, first)]
        [later] = await banks.portabilities(second)

        for token in (named, first, second):
            await banks.cancel(token)
        await banks.world.until_at_rest()

        assert [[BRISA], ["qitech", "qitech"]] == whose
        assert (BRISA, "deciding") == (later["provider"], later["stage"])
        assert {} == await banks.world.alive()
        assert {"withdrawn"} == set((await banks.in_the_book()).values())
        assert 2 == len(await banks.in_the_book())
        assert 2 == len(await banks.world.qitech.created())

    async def test_do_not_speak_for_each_other(self, banks: Banks) -> None:
        """Under Brisa's password nobody moves QI Tech's contract, in whatever form it is written."""
        token, other = await banks.sent(), await banks.sent(provider=BRISA)
        [ours] = await banks.portabilities(token)
        [theirs] = await banks.portabilities(other)
        password = _basic()
        forged = [
            _application(ours["proposal_key"], ours["number"]),
            _application("bri_nobody_s", ours["number"]),
            {
                "webhook_type": "credit_transfer.proposal",
                "proposal_key": ours["proposal_key"],
                "proposal_status": "canceled",
            },
        ]

        taken = [await banks.post(BRISA, one, authorization=password) for one in forged]
        refused = await banks.post("qitech", forged[0], authorization=password)

        assert ([204] * 3, 403) == (taken, refused)

        async def are_shown() -> bool:
            rows = await banks.world.fetch("SELECT not_understood AS why FROM inbox")
            return len([row for row in rows if row["why"]]) >= 2

        await until(are_shown)
        assert [ours["stage"]] == [one["stage"] for one in await banks.portabilities(token)]
        assert "deciding" == theirs["stage"]
        assert {ours["number"]: 1} == dict(await banks.world.alive())

    async def test_a_later_no_is_told_in_the_bank_s_words(self, banks: Banks) -> None:
        """On the page and to the partner; nothing was cancelled there."""
        token = await banks.sent(provider=BRISA)
        [one] = await banks.portabilities(token)

        await banks.brisa.operate("decline", reference=one["number"], reason="A renda não basta.")

        async def is_told() -> bool:
            return bool((await banks.portabilities(token))[0]["status"] == "REPROVADO")

        await until(is_told)
        [said] = await banks.portabilities(token)
        shown = (await banks.world.details(token))["contracts"][0]["portability"]["reasons"]
        assert [("lender_credit_policy", "A renda não basta.")] == [
            (reason["code"], reason["sentence"]) for reason in said["reasons"]
        ]
        assert ["O novo banco não aprovou este pedido: “A renda não basta”."] == shown
        assert {one["number"]: "declined"} == await banks.in_the_book()


def _basic() -> str:
    return aiohttp.encode_basic_auth(BRISA, OUR_PASSWORD)


def _application(key: str, number: str) -> dict[str, object]:
    """What Brisa would post of a withdrawn application."""
    return {
        "id": f"msg-{key}-{number}",
        "application": {
            "id": key,
            "reference": number,
            "state": "withdrawn",
            "changed_at": "2026-11-29T12:00:00+00:00",
            "cpf": "16514548091",
            "benefit": "1",
            "origin_ispb": "12345678",
            "origin_contract": "1",
            "offer": None,
        },
    }
