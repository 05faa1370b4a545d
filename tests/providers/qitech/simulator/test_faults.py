from collections.abc import Callable
from typing import Any

import pytest

from tests.providers.qitech.simulator.partner import FIRST_DUE, PROPOSALS, Partner, Reply, proposal
from tramita.providers.qitech.simulator.scenarios import SCENARIOS

PORTABILITY = "portability_credit_operation"


async def strike(partner: Partner, kind: str, **arguments: object) -> Reply:
    """Create a proposal whose answer suffers from one fault."""
    order = {"operation": "create_proposal", "match": {"contract_number": "A-0001"}, "kind": kind}
    await partner.control("POST", "faults", {**order, "arguments": arguments})
    return await partner.ask("POST", PROPOSALS, proposal())


def option_of(body: dict[str, Any]) -> dict[str, Any]:
    """The calculated portability."""
    option: dict[str, Any] = body[PORTABILITY]["disbursement_options"][0]
    return option


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            ("400_schema", 400, "QIT000001"),
            ("400_business", 400, "CT000118"),
            ("401_clock", 401, "GDF000014"),
            ("404_key", 404, "GDF000018"),
            ("405", 405, "SIM000405"),
            ("406", 406, "SIM000406"),
            ("412", 412, "QIE"),
            ("422", 422, "SIM000422"),
            ("429", 429, "SIM000429"),
            ("http_500", 500, "SIM000500"),
            ("502", 502, "SIM000502"),
            ("http_503", 503, "SIM000503"),
        ],
    )
    async def test_leave_nothing_behind(
        self, partner: Partner, kind: str, status: int, code: str
    ) -> None:
        """A refusal is QI Tech's envelope with its status, and no proposal exists."""
        reply = await strike(partner, kind)

        assert (status, code) == (reply.status, reply.body["code"])
        assert {"title", "description", "translation", "code"} == set(reply.body)
        assert [] == await partner.effects()

    async def test_come_after_the_effect_when_told(self, partner: Partner) -> None:
        """By switch, a 503 is answered although the proposal was created."""
        reply = await strike(partner, "http_503", after_effect=True, retry_after=30)

        assert (503, "30") == (reply.status, reply.headers["retry-after"])
        assert ["proposal_created"] == await partner.effects("A-0001")

    async def test_say_exists_while_it_does(self, partner: Partner) -> None:
        """``409_dup`` answers 409 for a proposal that is there."""
        reply = await strike(partner, "409_dup")

        assert 409 == reply.status
        assert ["proposal_created"] == await partner.effects("A-0001")


class TestWrongTerms:
    @pytest.mark.parametrize(
        ("kind", "is_wrong"),
        [
            (
                "mismatch_cpf",
                lambda body: body["borrower"]["individual_document_number"] == "14950479032",
            ),
            ("mismatch_contract", lambda body: body[PORTABILITY]["contract_number"] == "A-0001-X"),
            (
                "mismatch_origin",
                lambda body: body["origin_operation"]["contract_number"] != "998877",
            ),
            (
                "mismatch_benefit",
                lambda body: body["collaterals"][0]["collateral_data"]["benefit_number"] == 1,
            ),
            (
                "bad_schedule",
                lambda body: (
                    option_of(body)["installments"][-1]["due_date"] == FIRST_DUE.isoformat()
                ),
            ),
            (
                "higher_rate",
                lambda body: option_of(body)["prefixed_interest_rate"]["monthly_rate"] == 0.0187,
            ),
            ("higher_amount", lambda body: option_of(body)["issue_amount"] == 9091.03),
            ("nonzero_change", lambda body: body[PORTABILITY]["final_disbursement_amount"] == 150),
            ("client_fee", lambda body: option_of(body)["contract_fee_amount"] == 50),
            ("status_rejected", lambda body: body["proposal_status"] == "rejected"),
            ("missing_document", lambda body: body[PORTABILITY]["document_key"] is None),
        ],
    )
    async def test_are_well_formed_and_stay(
        self, partner: Partner, kind: str, is_wrong: Callable[[dict[str, Any]], bool]
    ) -> None:
        """One rule is broken, in the answer and in every later reading; the proposal exists."""
        reply = await strike(partner, kind)

        again = await partner.ask("GET", f"{PROPOSALS}/{reply.body['proposal_key']}")

        assert (201, True, True) == (reply.status, is_wrong(reply.body), is_wrong(again.body))
        assert ["proposal_created"] == await partner.effects("A-0001")

    @pytest.mark.parametrize("kind", ["higher_rate", "higher_amount"])
    async def test_are_calculated_correctly(self, partner: Partner, kind: str) -> None:
        """Worse terms still have a schedule that repays exactly what is lent."""
        option = option_of((await strike(partner, kind)).body)
        repaid = sum(line["principal_amortization_amount"] for line in option["installments"])

        assert option["issue_amount"] == round(repaid, 2)


class TestOddFormats:
    @pytest.mark.parametrize(
        ("kind", "arguments", "is_odd"),
        [
            ("missing_field", {}, lambda body: "disbursement_options" not in body[PORTABILITY]),
            ("missing_field", {"path": "proposal_key"}, lambda body: "proposal_key" not in body),
            (
                "wrong_type",
                {"path": "proposal_key"},
                lambda body: isinstance(body["proposal_key"], dict),
            ),
            (
                "percent_rate",
                {},
                lambda body: option_of(body)["prefixed_interest_rate"]["monthly_rate"] > 1,
            ),
            ("string_numbers", {}, lambda body: option_of(body)["issue_amount"] == "8912.77"),
            ("null_options", {}, lambda body: body[PORTABILITY]["disbursement_options"] is None),
        ],
    )
    async def test_come_with_a_living_proposal(
        self,
        partner: Partner,
        kind: str,
        arguments: dict[str, str],
        is_odd: Callable[[dict[str, Any]], bool],
    ) -> None:
        """The body is odd in one answer; the proposal exists and reads well."""
        reply = await strike(partner, kind, **arguments)

        found = await partner.ask("GET", PROPOSALS, query="?contract_number=A-0001")

        assert (201, True) == (reply.status, is_odd(reply.body))
        assert [8912.77] == [option_of(body)["issue_amount"] for body in found.body]

    async def test_calculate_later(self, partner: Partner) -> None:
        """``accepted_202`` accepts without terms; a later reading has them."""
        reply = await strike(partner, "accepted_202")

        again = await partner.ask("GET", f"{PROPOSALS}/{reply.body['proposal_key']}")

        assert (202, []) == (reply.status, reply.body[PORTABILITY]["disbursement_options"])
        assert 1 == len(again.body[PORTABILITY]["disbursement_options"])


class TestConditions:
    @pytest.mark.parametrize(
        "act",
        [
            {"actor": "operator", "action": "dance"},
            {"actor": "operator", "action": "set", "duplicates": "dup_maybe"},
            {"actor": "operator", "action": "set", "query_by_contract_number": "no"},
            {"actor": "operator", "action": "set", "duplicates": "dup_409", "mood": "bad"},
        ],
    )
    async def test_stay_when_an_act_is_not_understood(
        self, partner: Partner, act: dict[str, object]
    ) -> None:
        """An act nobody understands is refused whole."""
        answer = await partner.control("POST", "act", act)

        state = await partner.control("GET", "state")
        assert answer["error"]
        assert "dup_accept" == state["conditions"]["duplicates"]


class TestScenarios:
    @pytest.mark.parametrize("name", SCENARIOS)
    async def test_can_be_played(self, partner: Partner, name: str) -> None:
        """Every scenario names operations and kinds this vendor knows."""
        answer = await partner.control("POST", f"scenarios/{name}")

        assert len(SCENARIOS[name].faults) == len(answer["faults"])
