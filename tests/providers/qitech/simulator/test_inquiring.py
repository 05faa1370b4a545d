import pytest

from tests.providers.qitech.simulator.partner import Partner
from tests.providers.qitech.simulator.test_people import bring

BALANCE, MOCK = "/social_security/balance_request", "/mock/credit_transfer/ctc"


class TestAskBalance:
    @pytest.mark.parametrize(
        ("digit", "margin"),
        [
            ("1", {"available_margin": 431.3}),
            ("4", {"available_margin": 431.3}),
            ("3", {"available_card_margin": 75.9}),
            ("8", {"available_card_margin": 0.0}),
        ],
    )
    async def test_answers_later(
        self, partner: Partner, digit: str, margin: dict[str, float]
    ) -> None:
        """A search begins; within seconds INSS answers by the CPF's first digit."""
        cpf = f"{digit}6514548091"

        reply = await partner.ask("POST", BALANCE, {"document_number": cpf})
        key = reply.body["balance_request_key"]
        early = await partner.effects(key)
        await partner.advance("6s")

        row = (await partner.control("GET", f"ledger?subject={key}"))["items"][-1]
        assert (200, "pending_search") == (reply.status, reply.body["status"])
        assert ["balance_pending_search"] == early
        assert ("balance_finished", {"cpf": cpf, **margin}) == (row["effect"], row["data"])

    @pytest.mark.parametrize(
        ("digit", "code"), [("2", "D1"), *((digit, "QIE") for digit in "05679")]
    )
    async def test_knows_only_the_test_set(self, partner: Partner, digit: str, code: str) -> None:
        """Other first digits are 412 with the code, also in the list of errors."""
        reply = await partner.ask("POST", BALANCE, {"document_number": f"{digit}6514548091"})

        assert (412, code, code) == (
            reply.status,
            reply.body["code"],
            reply.body["errors"][0]["code"],
        )
        assert [] == await partner.effects()


class TestMockCTC:
    @pytest.mark.parametrize(
        ("at", "event", "status"),
        [
            ("pending_response", "proposal_creation_accepted", "pending_acceptance"),
            ("pending_response", "proposal_creation_refused", "rejected"),
            ("pending_acceptance", "due_balance_sent", "accepted"),
            ("pending_acceptance", "retained", "retained"),
            ("pending_settlement_confirmation", "settled", "paid"),
        ],
    )
    async def test_moves_a_proposal(
        self, partner: Partner, at: str, event: str, status: str
    ) -> None:
        """Every event of the sandbox leads to its status, and not twice."""
        key = await bring(partner, at)
        order = {"proposal_key": key, "event_type": event}

        reply = await partner.ask("POST", MOCK, order)
        again = await partner.ask("POST", MOCK, order)

        assert (200, status) == (reply.status, reply.body["proposal_status"])
        assert (400, "SIM000400") == (again.status, again.body["code"])

    async def test_knows_its_events(self, partner: Partner) -> None:
        """Another event is 400, another proposal 404."""
        key = (await partner.create())["proposal_key"]

        event = await partner.ask("POST", MOCK, {"proposal_key": key, "event_type": "dance"})
        nobody = await partner.ask("POST", MOCK, {"proposal_key": "x", "event_type": "settled"})

        assert (400, 404) == (event.status, nobody.status)
