from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from tests.providers.qitech.simulator.partner import (
    FIRST_DUE,
    PROPOSALS,
    Partner,
    proposal,
    refinancing,
)
from tramita.providers.qitech.simulator.business_days import is_business_day

PORTABILITY, REFINANCING = "portability_credit_operation", "refinancing_credit_operation"


def option_of(body: dict[str, Any], operation: str = PORTABILITY) -> dict[str, Any]:
    """The one calculated loan of an operation."""
    options: list[dict[str, Any]] = body[operation]["disbursement_options"]
    assert 1 == len(options)
    return options[0]


def without(name: str) -> dict[str, Any]:
    """A proposal that lacks a root field."""
    return {field: value for field, value in proposal().items() if field != name}


class TestCreateProposal:
    async def test_echoes_what_it_was_asked(self, partner: Partner) -> None:
        """Person, benefit (as a number), contract and origin come back as they were sent."""
        body = (await partner.ask("POST", PROPOSALS, proposal())).body

        assert "16514548091" == body["borrower"]["individual_document_number"]
        assert 234567890 == body["collaterals"][0]["collateral_data"]["benefit_number"]
        assert "A-0001" == body[PORTABILITY]["contract_number"]
        assert {
            "contract_number": "998877",
            "ispb_number": "12345678",
            "last_due_balance": 8912.77,
        } == body["origin_operation"]

    async def test_starts_the_proposal(self, partner: Partner) -> None:
        """A new proposal is created, waits for a signature, and has keys and a CCB."""
        body = (await partner.ask("POST", PROPOSALS, proposal())).body
        operation = body[PORTABILITY]
        keys = {body["proposal_key"], operation["credit_operation_key"], operation["document_key"]}

        assert ("created", "waiting_signature") == (
            body["proposal_status"],
            operation["credit_operation_status"],
        )
        assert 3 == len({UUID(key) for key in keys})
        assert 0.0 == operation["final_disbursement_amount"]
        assert body["signature_information"][0]["signature_url"].endswith(body["proposal_key"])

    async def test_lends_the_balance_at_the_asked_rate(self, partner: Partner) -> None:
        """Rates are fractions, CET is percent and not below the rate, no fee, no tax."""
        option = option_of((await partner.ask("POST", PROPOSALS, proposal())).body)
        rates = option["prefixed_interest_rate"]

        assert (8912.77, 80, 0.0167) == (
            option["issue_amount"],
            option["number_of_installments"],
            rates["monthly_rate"],
        )
        assert abs(rates["annual_rate"] - (1.0167**12 - 1)) < 1e-6
        assert option["cet"] >= rates["monthly_rate"] * 100
        assert option["annual_cet"] >= rates["annual_rate"] * 100
        assert (0.0, 0.0) == (option["contract_fee_amount"], option["total_iof"])

    async def test_pays_on_a_business_day_in_time(self, partner: Partner) -> None:
        """The disbursement date is a business day within the asked limit."""
        option = option_of((await partner.ask("POST", PROPOSALS, proposal())).body)
        paid_on = date.fromisoformat(option["disbursement_date"])

        assert is_business_day(paid_on)
        assert (paid_on - date.today()).days <= 7

    async def test_calculates_a_uniform_monthly_schedule(self, partner: Partner) -> None:
        """Instalments are numbered, monthly from the asked day, equal but for the last."""
        lines = option_of((await partner.ask("POST", PROPOSALS, proposal())).body)["installments"]
        dates = [date.fromisoformat(line["due_date"]) for line in lines]

        assert list(range(1, 81)) == [line["installment_number"] for line in lines]
        assert FIRST_DUE == dates[0]
        assert all(
            (later.year - day.year) * 12 + later.month - day.month == 1 and later.day == day.day
            for day, later in pairwise(dates)
        )
        assert {202.73} == {line["total_amount"] for line in lines[:-1]}
        assert abs(lines[-1]["total_amount"] - 202.73) <= 0.8

    async def test_pays_change_with_a_refinancing(self, partner: Partner) -> None:
        """The change is what the wanted instalment can repay beyond the ported loan."""
        asked = proposal(refinancing_credit_operation=refinancing(250))

        body = (await partner.ask("POST", PROPOSALS, asked)).body
        ported, refinanced = option_of(body), option_of(body, REFINANCING)
        change = body[REFINANCING]["final_disbursement_amount"]
        totals = [
            sum(Decimal(str(line["total_amount"])) for line in option["installments"])
            for option in (refinanced, ported)
        ]

        assert change == round(refinanced["issue_amount"] - ported["issue_amount"], 2)
        assert Decimal(str(change)) >= (totals[0] - totals[1]) * Decimal("0.05")
        assert 84 == refinanced["number_of_installments"]

    @pytest.mark.parametrize(("face_value", "count"), [(150, 84), (166, 140)])
    async def test_refuses_too_little_change(
        self, partner: Partner, face_value: int, count: int
    ) -> None:
        """No change, or less than 5 % of what the client pays more, is refused with amounts."""
        asked = proposal(refinancing_credit_operation=refinancing(face_value, count))

        reply = await partner.ask("POST", PROPOSALS, asked)

        assert (400, "CT000118") == (reply.status, reply.body["code"])
        assert "minimum" in reply.body["description"]
        assert [] == await partner.effects()

    @pytest.mark.parametrize(
        "asked",
        [
            without("borrower"),
            without("origin_contract"),
            without(PORTABILITY),
            proposal(collaterals=[]),
            proposal(origin_contract={"ispb": "1", "contract_number": "9", "last_due_balance": 1}),
            [],
        ],
    )
    async def test_refuses_what_breaks_the_schema(self, partner: Partner, asked: object) -> None:
        """A body of another shape is QIT000001 with the field at fault, and has no effect."""
        reply = await partner.ask("POST", PROPOSALS, asked)

        assert (400, "QIT000001") == (reply.status, reply.body["code"])
        assert [] == await partner.effects()

    async def test_tells_the_ledger(self, partner: Partner) -> None:
        """The ledger knows which proposal was created for which contract."""
        body = (await partner.ask("POST", PROPOSALS, proposal("A-7"))).body

        (row,) = (await partner.control("GET", "ledger?subject=A-7"))["items"]

        assert ("proposal_created", body["proposal_key"]) == (
            row["effect"],
            row["data"]["proposal_key"],
        )

    @pytest.mark.parametrize(
        ("mode", "status", "created"),
        [("dup_accept", 201, 2), ("dup_409", 409, 1), ("dup_400", 400, 1), ("dup_same", 200, 1)],
    )
    async def test_meets_a_second_proposal_as_told(
        self, partner: Partner, mode: str, status: int, created: int
    ) -> None:
        """The same contract number again is a second proposal, an error, or the first again."""
        act = {"actor": "operator", "action": "set", "duplicates": mode}
        await partner.control("POST", "act", act)
        first = await partner.ask("POST", PROPOSALS, proposal())

        second = await partner.ask("POST", PROPOSALS, proposal())

        assert (status, created) == (second.status, len(await partner.effects("A-0001")))
        assert (mode == "dup_same") == (first.body == second.body)


class TestSimulateProposal:
    async def test_calculates_without_an_effect(self, partner: Partner) -> None:
        """A simulation answers 201 with the amounts of the proposal, and nothing happens."""
        asked = proposal()
        body = {name: asked[name] for name in (PORTABILITY, "origin_contract")}

        reply = await partner.ask("POST", "/v2/credit_transfer/proposal_simulation", body)

        assert (201, 8912.77) == (reply.status, option_of(reply.body)["issue_amount"])
        assert [] == await partner.effects()


class TestReadProposal:
    async def test_shows_the_proposal_as_it_stands(self, partner: Partner) -> None:
        """Reading by key gives the body of the creation."""
        created = (await partner.ask("POST", PROPOSALS, proposal())).body

        reply = await partner.ask("GET", f"{PROPOSALS}/{created['proposal_key']}")

        assert (200, created) == (reply.status, reply.body)

    async def test_does_not_know_other_keys(self, partner: Partner) -> None:
        """An unknown key is 404 in the error envelope."""
        reply = await partner.ask("GET", f"{PROPOSALS}/00000000-0000-4000-8000-000000000000")

        assert (404, "COP000027") == (reply.status, reply.body["code"])


class TestFindProposals:
    async def test_lists_all_of_a_contract_number(self, partner: Partner) -> None:
        """Every proposal of the number is listed, none of another."""
        for number in ("A-1", "A-2", "A-1"):
            await partner.ask("POST", PROPOSALS, proposal(number))

        found = await partner.ask("GET", PROPOSALS, query="?contract_number=A-1")
        nothing = await partner.ask("GET", PROPOSALS, query="?contract_number=A-3")

        assert (2, []) == (len(found.body), nothing.body)

    async def test_can_be_switched_off(self, partner: Partner) -> None:
        """Switched off, the search is an unknown thing, so that only webhooks help."""
        act = {"actor": "operator", "action": "set", "query_by_contract_number": False}
        await partner.control("POST", "act", act)

        reply = await partner.ask("GET", PROPOSALS, query="?contract_number=A-1")

        assert 404 == reply.status


class TestUpdateProposal:
    async def test_cancels(self, partner: Partner) -> None:
        """A cancellation shows in the proposal, its operation and the ledger, once."""
        key = (await partner.ask("POST", PROPOSALS, proposal())).body["proposal_key"]

        canceled = await partner.ask("PATCH", f"{PROPOSALS}/{key}", {"status": "canceled"})
        again = await partner.ask("PATCH", f"{PROPOSALS}/{key}", {"status": "canceled"})

        assert ("canceled", "canceled") == (
            canceled.body["proposal_status"],
            canceled.body[PORTABILITY]["credit_operation_status"],
        )
        assert (200, 400) == (canceled.status, again.status)
        assert ["proposal_created", "proposal_canceled"] == await partner.effects("A-0001")

    @pytest.mark.parametrize("status", ["pending_response", "accepted_by_requester", "paid"])
    async def test_refuses_moves_out_of_turn(self, partner: Partner, status: str) -> None:
        """A status that does not follow the present one is 400, and nothing changes."""
        key = (await partner.ask("POST", PROPOSALS, proposal())).body["proposal_key"]

        reply = await partner.ask("PATCH", f"{PROPOSALS}/{key}", {"status": status})

        assert 400 == reply.status
        assert ["proposal_created"] == await partner.effects("A-0001")

    async def test_fails_as_often_as_told(self, partner: Partner) -> None:
        """The fault ``cancel_fails`` refuses N cancellations, then lets one through."""
        key = (await partner.ask("POST", PROPOSALS, proposal())).body["proposal_key"]
        fault = {"kind": "cancel_fails", "operation": "update_proposal", "count": 2}
        await partner.control("POST", "faults", fault)

        replies = [
            await partner.ask("PATCH", f"{PROPOSALS}/{key}", {"status": "canceled"})
            for _ in range(3)
        ]

        assert [500, 500, 200] == [reply.status for reply in replies]


class TestDocuments:
    async def test_have_an_address_that_ends_after_ten_minutes(self, partner: Partner) -> None:
        """The CCB can be fetched at its address until ten virtual minutes have passed."""
        created = (await partner.ask("POST", PROPOSALS, proposal())).body
        key = created[PORTABILITY]["document_key"]

        url = (await partner.ask("GET", f"/document/{key}/url")).body["document_url"]
        async with partner.session.get(url) as fresh:
            first = await fresh.read()
        await partner.control("POST", "clock", {"advance": "11m"})
        async with partner.session.get(url) as late:
            status = late.status

        assert first.startswith(b"%PDF-")
        assert 403 == status

    async def test_do_not_exist_without_a_proposal(self, partner: Partner) -> None:
        """An unknown document is 404 in the error envelope."""
        reply = await partner.ask("GET", "/document/nothing/url")

        assert 404 == reply.status
        assert {"title", "description", "translation", "code"} == set(reply.body)

    async def test_can_be_signed_somewhere(self, partner: Partner) -> None:
        """The signing link leads to a page with the person's name, escaped."""
        asked = proposal()
        asked["borrower"]["name"] = "Maria <b>Souza"
        created = (await partner.ask("POST", PROPOSALS, asked)).body

        async with partner.session.get(created["signature_information"][0]["signature_url"]) as at:
            page = await at.text()

        assert "Maria &lt;b&gt;Souza" in page


class TestParticipants:
    async def test_are_twelve_invented_banks(self, partner: Partner) -> None:
        """The list has twelve banks of different ISPB, Banco Aurora among them."""
        banks = (await partner.ask("GET", "/v2/credit_transfer/participants")).body

        assert 12 == len({bank["ispb"] for bank in banks})
        assert {"name": "Banco Aurora", "bank_code": "901", "ispb": "12345678"} in banks
