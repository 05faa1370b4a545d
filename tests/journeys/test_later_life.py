"""What follows the client's signature, act by act, as everybody sees it over HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.later import Followed, offered, settled
from tests.kit.webhooks.receivers import Receiver, running_receiver
from tests.world import World, envelope
from tramita.portability.words import client_words
from tramita.providers.qitech.simulator.origin_bank import REJECTIONS, RETENTIONS

FORMALIZED, CANCELLED = "FORMALIZADO", "CANCELADO"


@dataclass(frozen=True)
class Step:
    """An act of somebody there, and where it leads: stage, both statuses, the contract."""

    actor: str
    action: str
    stage: str
    portability: str
    contract: str
    core: str = "created"


WHOLE_LIFE = [
    Step("client", "sign", "submitted", "AGUARDANDO_SALDO", FORMALIZED),
    Step("ctc", "accept", "at_origin", "AGUARDANDO_SALDO", FORMALIZED),
    Step("origin_bank", "send_balance", "balance_accepted", "AGUARDANDO_PAGAMENTO", FORMALIZED),
    Step("qitech", "settle", "confirming", "AGUARDANDO_PAGAMENTO", FORMALIZED),
    Step("origin_bank", "confirm_settlement", "paid", "FINALIZADO", "PAGO", "activated"),
]


@pytest.fixture
async def partner(world: World) -> AsyncIterator[Receiver]:
    """A lender's system that is told when contracts move."""
    async with running_receiver() as receiver:
        body = {"url": receiver.url, "event_types": ["envelope.contract_changed"]}
        async with world.api.post("/api/v1/webhooks/endpoints", json=body) as answer:
            assert answer.status == 201, await answer.text()
        yield receiver


class TestAWholeLife:
    async def test_is_seen_by_everybody_at_each_step(self, world: World, partner: Receiver) -> None:
        """Partner, page, socket, core and the lender's receiver, from signature to payment."""
        await world.qitech.act(submission="manual", consent=False)
        [contract] = await offered(world)

        async with world.listening(contract.token) as client:
            for step in WHOLE_LIFE:
                await contract.act(step.actor, step.action)
                seen = await contract.until(stage=step.stage)
                await world.hear_out(contract.token, client)

                view, shown = await contract.view(), await contract.details()
                wanted = (step.contract, step.portability)
                assert wanted == (view["status"], seen["status"]), step
                assert wanted == (shown["status"], shown["portability"]["status"]), step
                assert wanted == last_change(client.messages, contract), step
                assert step.core == await contract.core_state(), step
                assert [] == seen["reasons"]
                assert None is seen["conflict"]
        await settled(world)

        moved = {"AGUARDANDO_SALDO", "AGUARDANDO_PAGAMENTO", "FINALIZADO"}
        await partner.until(lambda: moved <= set(states(partner)))
        assert "FINALIZADO" == states(partner)[-1]
        told = [json.loads(one.body)["data"] for one in partner.heard]
        versions = [one["version"] for one in told]
        assert sorted(versions) == sorted(set(versions))
        assert {"proposal_pending_response", "proposal_accepted_by_requester"} <= {
            row["effect"] for row in await every_effect(world)
        }

    async def test_ends_with_the_margin(self, world: World) -> None:
        """Consent is awaited and given; the margin is refused first and registered later."""
        [contract] = await offered(world)
        await contract.act("client", "open_link")
        opened = await contract.until(signer_progress="signer_link_clicked")
        await contract.act("client", "sign")
        await contract.act("ctc", "accept")
        await settled(world)
        awaiting = await contract.portability()
        await contract.act("beneficiary", "confirm")
        await settled(world)
        confirmed = await contract.portability()
        await contract.act("origin_bank", "send_balance")
        await contract.until(stage="balance_accepted")
        await contract.act("qitech", "settle")
        await contract.act("origin_bank", "confirm_settlement")
        await contract.until(status="FINALIZADO")
        await contract.act("dataprev", "refuse", errors=["benefit_blocked"])
        await settled(world)
        refused = await contract.portability()
        await contract.act("dataprev", "register")
        await settled(world)
        registered = await contract.portability()

        assert "FORMALIZACAO_CLIENTE" == opened["status"]
        assert ("awaiting", "confirmed") == (
            awaiting["consent"]["status"],
            confirmed["consent"]["status"],
        )
        assert awaiting["portability_number"] == registered["portability_number"] is not None
        assert {"registered_at": None, "errors": ["benefit_blocked"]} == refused["margin"]
        assert [] == registered["margin"]["errors"]
        assert registered["margin"]["registered_at"] is not None
        assert ("FINALIZADO", None) == (registered["status"], registered["conflict"])

    async def test_of_a_refinancing_goes_on_after_the_payment(self, world: World) -> None:
        """Its own consent, margin and payout follow; the portability stays paid."""
        contract = (await offered(world, envelope()))[3]
        await contract.to_origin()
        await contract.act("beneficiary", "reservation", status="pending_confirmation")
        await contract.act("origin_bank", "send_balance")
        await contract.until(stage="balance_accepted")
        await contract.act("qitech", "settle")
        await contract.act("origin_bank", "confirm_settlement")
        await contract.act("dataprev", "register")
        await contract.act("dataprev", "register", operation="refinancing")
        await contract.act("qitech", "disburse_refinancing")

        seen = await contract.until(refinancing_status="disbursed")
        await settled(world)

        assert ("FINALIZADO", None) == (seen["status"], (await contract.portability())["conflict"])
        assert "activated" == await contract.core_state()


class TestTheTrueBalance:
    @pytest.mark.parametrize(
        ("balance", "is_lowered"),
        [(None, False), (8890.00, False), (8950.00, False), (8000.00, True)],
        ids=["equal", "a_little_lower", "a_little_higher", "much_lower"],
    )
    async def test_is_accepted_up_to_what_was_agreed(
        self, world: World, balance: float | None, is_lowered: bool
    ) -> None:
        """Within the tolerance as it is; much lower, the instalment falls with it first."""
        [contract] = await offered(world)
        before = (await contract.details())["portability"]["financial"]
        await contract.to_origin()
        more = {} if balance is None else {"balance": balance}

        await contract.act("origin_bank", "send_balance", **more)
        await contract.until(stage="balance_accepted")
        await settled(world)

        after = (await contract.details())["portability"]["financial"]
        seen = await contract.portability()
        assert Decimal(str(balance or 8912.77)) == Decimal(seen["final_balance"])
        lowered = Decimal(after["installment_amount"]) < Decimal(before["installment_amount"])
        assert is_lowered == lowered
        recalculated = await world.qitech.ledger("portability_recalculated")
        assert is_lowered == bool(recalculated)
        assert ("AGUARDANDO_PAGAMENTO", []) == (seen["status"], seen["reasons"])

    async def test_ends_it_when_it_is_higher(self, world: World) -> None:
        """The client agreed to less: cancelled here and there, and the page says why."""
        [contract] = await offered(world)
        await contract.to_origin()

        await contract.act("origin_bank", "send_balance", balance=9999.00)
        seen = await contract.until(status=CANCELLED)
        await settled(world)

        assert ["balance_too_high"] == [one["code"] for one in seen["reasons"]]
        await assert_ended(contract, "balance_too_high")
        assert 1 == len(await world.qitech.ledger("proposal_canceled"))
        assert {} == await world.alive()


class TestAnEndWithoutPayment:
    async def test_is_explained_whatever_the_origin_bank_says(self, world: World) -> None:
        """Every public reason to retain a client ends its contract, in words of the client."""
        contracts = await offered(world, envelope(portabilities=len(RETENTIONS)))

        for contract, reason in zip(contracts, RETENTIONS, strict=True):
            await contract.to_origin()
            await contract.act("origin_bank", "retain", reason=reason)

        for contract, reason in zip(contracts, RETENTIONS, strict=True):
            await contract.until(status="RETIDO", stage="retained")
            await assert_ended(contract, f"retained_{reason}", status="RETIDO")

    async def test_is_explained_whatever_the_clearing_house_says(self, world: World) -> None:
        """Every public rejection too."""
        contracts = await offered(world, envelope(portabilities=len(REJECTIONS)))

        for contract, reason in zip(contracts, REJECTIONS, strict=True):
            await contract.act("client", "sign")
            await contract.act("ctc", "refuse", reason=reason)

        for contract, code in zip(contracts, REJECTIONS.values(), strict=True):
            await contract.until(status=CANCELLED, stage="rejected")
            await assert_ended(contract, f"rejected_{code}")

    async def test_comes_when_the_origin_bank_never_answers(self, world: World) -> None:
        """The clearing house lets it lapse: nobody is to blame, and nothing is paid."""
        [contract] = await offered(world)
        await contract.to_origin()

        await contract.act("origin_bank", "lapse")
        await contract.until(status=CANCELLED, stage="canceled")

        await assert_ended(contract, "canceled_by_provider")

    async def test_comes_when_the_beneficiary_says_no(self, world: World) -> None:
        """Denied at the social security: cancelled here, whatever the provider does next."""
        [contract] = await offered(world)
        await contract.act("client", "sign")
        await contract.act("ctc", "accept")

        await contract.act("beneficiary", "deny")
        await contract.until(status=CANCELLED)
        await settled(world)

        seen = await contract.portability()
        assert ("denied", None) == (seen["consent"]["status"], seen["conflict"])
        await assert_ended(contract, "consent_denied")


async def assert_ended(contract: Followed, code: str, *, status: str = CANCELLED) -> None:
    """It is over without payment, for this one reason, everywhere."""
    view, shown = await contract.view(), await contract.details()
    assert (CANCELLED, status) == (view["status"], view["portability"]["status"])
    assert [code] == [one["code"] for one in view["portability"]["reasons"]]
    assert [client_words(code)] == shown["portability"]["reasons"]
    assert "_" not in client_words(code)
    assert "cancelled" == await contract.core_state()


async def every_effect(world: World) -> list[dict[str, Any]]:
    """The whole ledger of the provider."""
    async with world.qitech.session.get("/qitech/__sim/ledger") as answer:
        items: list[dict[str, Any]] = (await answer.json())["items"]
        return items


class TestAClientWhoRefusesToSign:
    async def test_is_told_so_and_so_is_everybody(self, world: World, partner: Receiver) -> None:
        """One reason, on the page, in the API and in the event; the bank is not to blame."""
        [contract] = await offered(world)

        await contract.act("client", "refuse")
        seen = await contract.until(status=CANCELLED)

        reason = {"code": "declined_by_client", "sentence": "The client refused to sign."}
        assert [reason] == seen["reasons"]
        assert CANCELLED == (await contract.view())["status"]
        assert "cancelled" == await contract.core_state()
        shown = (await contract.details())["portability"]
        assert ["Você recusou a assinatura."] == shown["reasons"]
        async with world.api.get(f"/formalizacao/{contract.token}") as answer:
            page = await answer.text()
        assert "Você recusou a assinatura." in page
        assert "peça um novo pedido" in page
        await partner.until(lambda: states(partner)[-1:] == [CANCELLED])
        [told] = snapshots(partner)[-1]["contracts"]
        assert [reason] == told["reasons"]


def last_change(messages: list[dict[str, Any]], contract: Followed) -> tuple[str, str]:
    """What a socket heard last of a contract."""
    found = [
        (one["status"], one["portability_status"])
        for one in messages
        if one["type"] == "CONTRACT_CHANGED" and one["id"] == contract.id
    ]
    return found[-1]


def states(partner: Receiver) -> list[str]:
    """Where the lender was told that the contract stands, in order of versions."""
    return [one["contracts"][0]["portability_status"] for one in snapshots(partner)]


def snapshots(partner: Receiver) -> list[dict[str, Any]]:
    """What the lender was told, in order of versions: it may be heard in another."""
    return sorted((json.loads(one.body)["data"] for one in partner.heard), key=version_of)


def version_of(snapshot: dict[str, Any]) -> int:
    """Which of two snapshots is the later one."""
    version: int = snapshot["version"]
    return version
