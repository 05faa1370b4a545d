"""Two banks installed at once, each behind its own socket, and whoever posts under either's name."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.journeys.later import Followed
from tests.kit.webhooks.receivers import Receiver, running_receiver
from tests.lenders.brisa.simulator import OUR_PASSWORD
from tests.lenders.installed import KEY as BRISA
from tests.lenders.installed import install_brisa
from tests.portability.pictures import jpeg
from tests.world import QUICK, World, envelope, running_world, until
from tramita.kit.database.engine import Database
from tramita.portability.settings import Signing
from tramita.testing.control import VendorControl


@dataclass
class Banks:
    """The world, and the control plane of the second bank."""

    world: World
    brisa: VendorControl

    async def made(
        self, *, portabilities: int = 1, provider: str | None = None, providers: Sequence[str] = ()
    ) -> str:
        """An envelope; its contracts go to one provider, or each to its own."""
        named: Sequence[str | None] = providers or [provider] * portabilities
        body = envelope(portabilities=len(named))
        for contract, one in zip(body["contracts"], named, strict=True):
            if one is not None:
                contract["provider"] = one
        return await self.world.make_envelope(body)

    async def sent(self, *, portabilities: int = 1, provider: str | None = None) -> str:
        """An envelope whose link was requested and whose run is over."""
        token = await self.made(portabilities=portabilities, provider=provider)
        await self.world.send_link(token)
        await self.world.until_done(token)
        return token

    async def approved(self) -> Followed:
        """A contract that Brisa has approved and our rules have accepted."""
        return await self.brought_to("approved")

    async def brought_to(self, moment: str) -> Followed:
        """A contract that is being decided about, approved or signed."""
        token = await self.sent(provider=BRISA)
        [one] = await self.world.partner_view(token)
        contract = Followed(self.world, token, one["number"], one["id"])
        if moment != "deciding":
            await self.brisa.operate("approve", reference=contract.number)
            await contract.until(status="FORMALIZACAO_CLIENTE")
        if moment == "signed":
            await self.brisa.operate("sign", reference=contract.number)
            await contract.until(stage="submitted")
        return contract

    async def tell(self, url: str) -> None:
        """Have the partner told of every change."""
        body = {"url": url, "event_types": ["envelope.contract_changed"]}
        async with self.world.api.post("/api/v1/webhooks/endpoints", json=body) as answer:
            assert 201 == answer.status, await answer.text()

    async def page(self, token: str) -> str:
        """The client's page."""
        async with self.world.api.get(f"/formalizacao/{token}") as answer:
            return await answer.text()

    async def portabilities(self, token: str) -> list[dict[str, Any]]:
        """As their partner sees them, with our numbers."""
        contracts = await self.world.partner_view(token)
        return [one["portability"] | {"number": one["number"]} for one in contracts]

    async def put_picture(self, token: str) -> dict[str, Any]:
        """Give an envelope a picture of its client; what is said of it."""
        path = f"/api/v1/envelopes/{token}/documents/selfie"
        headers = {"content-type": "image/jpeg"}
        async with self.world.api.put(path, data=jpeg(), headers=headers) as answer:
            assert 200 == answer.status, await answer.text()
            kept: dict[str, Any] = await answer.json()
            return kept

    async def pictures(self, token: str) -> list[dict[str, Any]]:
        """The pictures of an envelope."""
        async with self.world.api.get(f"/api/v1/envelopes/{token}/documents") as answer:
            items: list[dict[str, Any]] = (await answer.json())["items"]
            return items

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
    install_brisa(tmp_path, monkeypatch)
    async with (
        running_world(database, database_url, tmp_path) as world,
        aiohttp.ClientSession(world.simulators_url) as control,
    ):
        yield Banks(world, VendorControl(control, BRISA))
        await world.end_well()


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

    async def test_are_asked_for_what_they_have(self, banks: Banks) -> None:
        """A picture and a common link where there are such things; elsewhere nothing waits for them."""
        banks.world.runtime.configure(QUICK.model_copy(update={"signing": Signing.GROUP}))
        token = await banks.made(portabilities=2, provider=BRISA)
        mixed = await banks.made(providers=["qitech", BRISA])

        kept = [await banks.put_picture(one) for one in (token, mixed)]
        for one in (token, mixed):
            await banks.world.send_link(one)
            await banks.world.until_done(one)

        assert ["not_taken", "uploading"] == [one["state"] for one in kept]
        assert [] == await banks.pictures(token)
        assert ["uploaded"] == [one["state"] for one in await banks.pictures(mixed)]
        acts = await banks.world.fetch("SELECT kind, provider FROM operations")
        assert {
            ("portability.insert_proposal", BRISA): 3,
            ("portability.insert_proposal", "qitech"): 1,
            ("portability.upload_picture", "qitech"): 1,
        } == Counter((row["kind"], row["provider"]) for row in acts)
        stages = [one["stage"] for one in await banks.portabilities(token)]
        assert ["deciding", "deciding"] == stages

    async def test_judge_by_their_own_policy(self, banks: Banks) -> None:
        """QI Tech takes no loan over from itself, and another bank may."""
        body = envelope(portabilities=2)
        for contract, provider in zip(body["contracts"], ["qitech", BRISA], strict=True):
            contract["provider"] = provider
            contract["origin"]["ispb"] = "32402502"
        token = await banks.world.make_envelope(body)

        await banks.world.send_link(token)
        await banks.world.until_done(token)

        ours, theirs = await banks.portabilities(token)
        assert ["origin_bank_is_ours"] == [one["code"] for one in ours["reasons"]]
        assert "deciding" == theirs["stage"]

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


class TestWhatBrisaSays:
    async def test_is_followed_to_the_end(self, banks: Banks) -> None:
        """Approved, accepted by our rules, signed and settled by itself: nothing is asked of us."""
        contract = await banks.approved()
        told = await contract.portability()
        link = (await contract.details())["portability"]["signature_url"]

        await banks.brisa.operate("sign", reference=contract.number)
        signed = await contract.until(stage="submitted")
        await banks.brisa.operate("tell_balance", reference=contract.number)
        balance = await contract.until(stage="balance_returned")
        await banks.brisa.operate("pay", reference=contract.number)
        paid = await contract.until(stage="paid")

        assert ("FORMALIZACAO_CLIENTE", []) == (told["status"], told["reasons"])
        assert link.startswith("https://brisa.example/sign/")
        statuses = [one["status"] for one in (signed, balance, paid)]
        assert ["AGUARDANDO_SALDO", "SALDO_RETORNADO", "FINALIZADO"] == statuses
        assert "activated" == await contract.core_state()
        acts = await banks.world.fetch("SELECT kind FROM operations")
        assert ["portability.insert_proposal"] == [row["kind"] for row in acts]

    @pytest.mark.parametrize(
        ("moment", "status"),
        [("deciding", "REPROVADO"), ("approved", "CANCELADO"), ("signed", "CANCELADO")],
    )
    async def test_is_told_in_its_own_words_when_it_is_no(
        self, banks: Banks, moment: str, status: str
    ) -> None:
        """On the page, to the partner who asks, and in what the partner is sent."""
        async with running_receiver() as partner:
            await banks.tell(partner.url)
            contract = await banks.brought_to(moment)
            said = {"code": "credit_policy", "reason": "A renda não basta."}
            await banks.brisa.operate("decline", reference=contract.number, **said)
            seen = await contract.until(status=status)
            await partner.until(lambda: _reasons_sent(partner) != [])

        reasons = [{"code": "lender_credit_policy", "sentence": "A renda não basta."}]
        shown = (await contract.details())["portability"]["reasons"]
        assert ["O novo banco não aprovou este pedido: “A renda não basta”."] == shown
        assert shown[0] in await banks.page(contract.token)
        assert reasons == _codes(seen["reasons"])
        assert reasons == _reasons_sent(partner)
        assert {contract.number: "declined"} == await banks.in_the_book()


def _codes(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in ("code", "sentence")} for one in reasons]


def _reasons_sent(partner: Receiver) -> list[dict[str, Any]]:
    """Why the contract has ended, by the events that say so."""
    told = [json.loads(one.body)["data"]["contracts"][0]["reasons"] for one in partner.heard]
    return _codes(max(told, key=len, default=[]))


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
