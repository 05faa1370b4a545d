from typing import Any

import msgspec
import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, refinancing

PORTABILITY, REFINANCING = "portability_credit_operation", "refinancing_credit_operation"

# Acts and moves on the way of a good portability, by the status they lead to.
WAY: list[tuple[str, tuple[str, ...]]] = [
    ("created", ()),
    ("pending_response", ("client", "sign")),
    ("pending_acceptance", ("ctc", "accept")),
    ("accepted", ("origin_bank", "send_balance")),
    ("accepted_by_requester", ("partner", "accepted_by_requester")),
    ("pending_settlement_confirmation", ("qitech", "settle")),
    ("paid", ("origin_bank", "confirm_settlement")),
]


async def bring(partner: Partner, status: str, **changes: Any) -> str:
    """Bring a new proposal to a status of the way; its key."""
    key: str = (await partner.create(**changes))["proposal_key"]
    for reached, step in WAY:
        match step:
            case ("partner", wanted):
                assert 200 == (await partner.patch(key, wanted)).status
            case (actor, action):
                assert "error" not in await partner.act(actor, action)
        if reached == status:
            return key
    raise AssertionError(status)


class TestWay:
    async def test_leads_to_the_payment(self, partner: Partner) -> None:
        """Every step is shown by the proposal and written into the ledger."""
        key = await bring(partner, "paid")
        await partner.act("beneficiary", "confirm")
        await partner.act("dataprev", "register")

        body = await partner.read(key)

        assert [
            "proposal_created",
            "proposal_signed",
            "proposal_pending_response",
            "proposal_pending_acceptance",
            "authorization_awaiting_confirmation",
            "proposal_accepted",
            "proposal_accepted_by_requester",
            "proposal_settlement_sent",
            "proposal_pending_settlement_confirmation",
            "proposal_paid",
            "authorization_confirmed",
            "collateral_constituted",
        ] == await partner.effects("A-0001")
        assert ("paid", "disbursed", True) == (
            body["proposal_status"],
            body[PORTABILITY]["credit_operation_status"],
            body[PORTABILITY]["collateral_is_constituted"],
        )
        assert 8912.77 == body["receipt"]["amount"]

    async def test_waits_for_the_submission_when_told(self, partner: Partner) -> None:
        """With manual submission a signed proposal waits for the partner's word."""
        await partner.set(submission="manual")
        key = (await partner.create())["proposal_key"]

        signed = await partner.act("client", "sign")
        submitted = await partner.patch(key, "pending_response")

        assert "pending_submission" == signed["proposal_status"]
        assert (200, "pending_response") == (submitted.status, submitted.body["proposal_status"])

    @pytest.mark.parametrize("status", [status for status, _ in WAY])
    async def test_can_be_left_by_the_partner_until_accepted(
        self, partner: Partner, status: str
    ) -> None:
        """A cancellation works until the partner has accepted the balance, and not after."""
        key = await bring(partner, status)
        open_statuses = {"created", "pending_response", "pending_acceptance", "accepted"}

        canceled = await partner.patch(key, "canceled")

        shown = (await partner.read(key))["proposal_status"]
        expected = (200, "canceled") if status in open_statuses else (400, status)
        assert expected == (canceled.status, shown)

    @pytest.mark.parametrize(
        ("status", "possible"),
        [
            (
                "created",
                {
                    f"client {act}"
                    for act in ("open_link", "complete_step", "abandon", "sign", "refuse")
                },
            ),
            ("pending_response", {"ctc accept", "ctc refuse"}),
            (
                "pending_acceptance",
                {
                    "origin_bank send_balance",
                    "origin_bank retain",
                    "origin_bank lapse",
                    "beneficiary confirm",
                    "beneficiary deny",
                },
            ),
            ("accepted", {"qitech close_day", "beneficiary confirm", "beneficiary deny"}),
            ("accepted_by_requester", {"qitech settle", "beneficiary confirm", "beneficiary deny"}),
            (
                "pending_settlement_confirmation",
                {"origin_bank confirm_settlement", "beneficiary confirm", "beneficiary deny"},
            ),
            (
                "paid",
                {
                    "dataprev register",
                    "dataprev refuse",
                    "beneficiary confirm",
                    "beneficiary deny",
                },
            ),
        ],
    )
    async def test_names_what_is_possible(
        self, partner: Partner, status: str, possible: set[str]
    ) -> None:
        """An act out of turn changes nothing and answers with the acts that would do."""
        await bring(partner, status)
        before = await partner.effects()

        refused = await partner.act("qitech", "cancel_refinancing", contract_number="A-0001")

        acts = [msgspec.json.decode(act) for act in refused["known"]]
        assert possible == {f"{act['actor']} {act['action']}" for act in acts}
        assert {"A-0001"} == {act["contract_number"] for act in acts}
        assert before == await partner.effects()


class TestClient:
    async def test_shows_how_far_the_signing_is(self, partner: Partner) -> None:
        """Opening and abandoning the link is known, and leaves the proposal created."""
        key = (await partner.create())["proposal_key"]

        for action in ("open_link", "complete_step", "abandon"):
            await partner.act("client", action)

        assert "created" == (await partner.read(key))["proposal_status"]
        assert [
            "proposal_created",
            "signer_link_clicked",
            "signer_step_completed",
            "signer_step_abandoned",
        ] == await partner.effects()

    async def test_signs_once(self, partner: Partner) -> None:
        """A second signature is refused."""
        await partner.create()

        first = await partner.act("client", "sign")
        second = await partner.act("client", "sign")

        assert "pending_response" == first["proposal_status"]
        assert "cannot happen" in second["error"]


class TestClearingHouse:
    async def test_gives_a_number_and_asks_the_beneficiary(self, partner: Partner) -> None:
        """The number has 21 digits; the consent is awaited for five calendar days."""
        key = await bring(partner, "pending_acceptance")

        body = await partner.read(key)

        asked = body["authorization"]
        assert (21, True) == (len(body["portability_number"]), body["portability_number"].isdigit())
        assert "awaiting_confirmation" == asked["portability_authorization_status"]
        assert body["portability_number"] == asked["portability_number"]

    async def test_asks_nobody_when_told(self, partner: Partner) -> None:
        """Without the condition, and for other types of proposals, there is no consent."""
        key = await bring(partner, "pending_acceptance", proposal_type="private_company")
        await partner.set(consent=False)
        other = await bring(partner, "pending_acceptance", contract_number="A-2")

        assert "authorization" not in await partner.read(key)
        assert "authorization" not in await partner.read(other)

    @pytest.mark.parametrize(
        ("reason", "code"),
        [(None, "ECTC0023"), ("portability_finished", "ECTC0028")],
    )
    async def test_refuses_with_code_and_reason(
        self, partner: Partner, reason: str | None, code: str
    ) -> None:
        """A rejected proposal says why, and its operation is over."""
        key = await bring(partner, "pending_response")

        await partner.act("ctc", "refuse", reason=reason)

        body = await partner.read(key)
        assert "rejected" == body["proposal_status"]
        assert {"code": code, "reason": reason or "portability_in_progress"} == body["error"]
        assert "canceled" == body[PORTABILITY]["credit_operation_status"]

    async def test_knows_its_reasons(self, partner: Partner) -> None:
        """A reason nobody gives is refused and nothing happens."""
        key = await bring(partner, "pending_response")

        refused = await partner.act("ctc", "refuse", reason="bad mood")

        assert "portability_in_progress" in refused["error"]
        assert "pending_response" == (await partner.read(key))["proposal_status"]


class TestOriginBank:
    async def test_sends_the_balance(self, partner: Partner) -> None:
        """The balance given, else the expected one, comes with the original contract."""
        key = await bring(partner, "pending_acceptance")

        await partner.act("origin_bank", "send_balance", balance=5000.0)

        body = await partner.read(key)
        original = body["original_contract"]
        assert ("accepted", 5000.0, 5000.0) == (
            body["proposal_status"],
            body["final_due_balance"],
            original["final_due_balance"],
        )
        assert ("998877", "12345678", 80, 2.21) == (
            original["origin_contract_number"],
            original["origin_ispb_number"],
            original["opened_installment_number"],
            original["interest"],
        )

    async def test_retains_with_a_reason(self, partner: Partner) -> None:
        """A retained proposal says why."""
        key = await bring(partner, "pending_acceptance")

        await partner.act("origin_bank", "retain", reason="contract_not_found")

        body = await partner.read(key)
        assert ("retained", "contract_not_found", "Contract not found") == (
            body["proposal_status"],
            *body["retained_reason"].values(),
        )

    async def test_lets_time_lapse(self, partner: Partner) -> None:
        """Without an answer the proposal is canceled, with a reason."""
        key = await bring(partner, "pending_acceptance")

        await partner.act("origin_bank", "lapse")

        body = await partner.read(key)
        assert ("canceled", "origin_bank_did_not_answer") == (
            body["proposal_status"],
            body["cancel_reason"],
        )


class TestBeneficiary:
    async def test_denies(self, partner: Partner) -> None:
        """Without consent the proposal is canceled."""
        key = await bring(partner, "accepted")

        await partner.act("beneficiary", "deny")

        body = await partner.read(key)
        assert ("canceled", "denied", "social_security_confirmation_denied_by_beneficiary") == (
            body["proposal_status"],
            body["authorization"]["portability_authorization_status"],
            body["cancel_reason"],
        )

    async def test_loses_the_consent_by_time(self, partner: Partner) -> None:
        """After five calendar days, weekends and all, the consent has expired."""
        key = await bring(partner, "pending_acceptance")

        await partner.advance("4d23h")
        waiting = (await partner.read(key))["proposal_status"]
        await partner.advance("1h1m")
        body = await partner.read(key)

        assert "pending_acceptance" == waiting
        assert ("canceled", "expired") == (
            body["proposal_status"],
            body["authorization"]["portability_authorization_status"],
        )

    async def test_keeps_a_consent_once_given(self, partner: Partner) -> None:
        """A confirmed consent does not expire and cannot be denied."""
        key = await bring(partner, "pending_acceptance")
        await partner.act("beneficiary", "confirm")

        denied = await partner.act("beneficiary", "deny")
        await partner.advance("6d")

        assert "cannot happen" in denied["error"]
        assert "pending_acceptance" == (await partner.read(key))["proposal_status"]


class TestRefinancing:
    async def test_is_paid_after_the_portability(self, partner: Partner) -> None:
        """The change goes to the client once the portability is paid, and only once."""
        key = await bring(
            partner, "pending_response", refinancing_credit_operation=refinancing(250)
        )

        early = await partner.act("qitech", "disburse_refinancing")
        for actor, action in (
            ("ctc", "accept"),
            ("origin_bank", "send_balance"),
            ("beneficiary", "reservation"),
        ):
            await partner.act(actor, action)
        await partner.patch(key, "accepted_by_requester")
        for actor, action in (
            ("qitech", "settle"),
            ("origin_bank", "confirm_settlement"),
            ("qitech", "disburse_refinancing"),
        ):
            await partner.act(actor, action)
        again = await partner.act("qitech", "disburse_refinancing")

        operation = (await partner.read(key))[REFINANCING]
        assert ("disbursed", "pending_confirmation") == (
            operation["credit_operation_status"],
            operation["reservation_status"],
        )
        assert "cannot happen" in early["error"]
        assert "cannot happen" in again["error"]
        assert 1 == (await partner.effects()).count("refinancing_disbursed")

    async def test_can_be_canceled_alone(self, partner: Partner) -> None:
        """The portability goes on without it."""
        key = await bring(
            partner, "pending_response", refinancing_credit_operation=refinancing(250)
        )

        await partner.act("qitech", "cancel_refinancing")

        body = await partner.read(key)
        assert ("pending_response", "canceled", "signed") == (
            body["proposal_status"],
            body[REFINANCING]["credit_operation_status"],
            body[PORTABILITY]["credit_operation_status"],
        )


class TestDataprev:
    async def test_refuses_for_the_time_being(self, partner: Partner) -> None:
        """The errors are shown until the margin is registered; that happens once."""
        key = await bring(partner, "paid")
        path = f"{PROPOSALS}/{key}/{PORTABILITY}/collateral"

        await partner.act("dataprev", "refuse")
        refused = (await partner.ask("GET", path)).body
        await partner.act("dataprev", "register")
        registered = (await partner.ask("GET", path)).body
        again = await partner.act("dataprev", "register")

        assert (False, [{"enumerator": "consignable_margin_excceded"}]) == (
            refused["collateral_constituted"],
            refused["collateral_data"]["last_response"]["errors"],
        )
        assert (True, []) == (
            registered["collateral_constituted"],
            registered["collateral_data"]["last_response"]["errors"],
        )
        assert "error" in again
