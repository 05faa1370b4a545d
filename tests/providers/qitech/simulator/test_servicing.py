from typing import Any

import pytest

from tests.providers.qitech.simulator.partner import PROPOSALS, Partner, Reply, refinancing
from tests.providers.qitech.simulator.test_people import bring

PORTABILITY, REFINANCING = "portability_credit_operation", "refinancing_credit_operation"


async def recalculate(partner: Partner, operation: dict[str, Any], **order: float) -> Reply:
    """Ask for other terms of a credit operation."""
    path = f"/v2/credit_operation/{operation['credit_operation_key']}/recalculate_portability"
    return await partner.ask("POST", path, order)


class TestRecalculate:
    async def test_lowers_instalment_and_principal(self, partner: Partner) -> None:
        """The principal is what the new instalments repay, the CCB stays; readings show it."""
        key = await bring(partner, "accepted")
        before = (await partner.read(key))[PORTABILITY]

        reply = await recalculate(partner, before, new_installment_amount=200.0)
        after = (await partner.read(key))[PORTABILITY]

        (option,) = reply.body["disbursement_options"]
        (old,) = before["disbursement_options"]
        rate = 0.0167
        worth = 200.0 * (1 - (1 + rate) ** -80) / rate
        assert (200, option) == (reply.status, after["disbursement_options"][0])
        assert 200.0 == option["installments"][0]["total_amount"]
        assert abs(option["issue_amount"] - worth) < 0.01
        assert option["issue_amount"] < old["issue_amount"]
        assert before["document_key"] == after["document_key"]
        assert "portability_recalculated" in await partner.effects()

    async def test_takes_another_rate(self, partner: Partner) -> None:
        """With a lower rate the same money is repaid by smaller instalments."""
        key = await bring(partner, "accepted")
        operation = (await partner.read(key))[PORTABILITY]

        reply = await recalculate(
            partner, operation, new_installment_amount=195.0, new_monthly_interest_rate=0.0155
        )

        (option,) = reply.body["disbursement_options"]
        assert 0.0155 == option["prefixed_interest_rate"]["monthly_rate"]

    @pytest.mark.parametrize(
        ("order", "code"),
        [
            ({"new_installment_amount": 202.73}, "COP000490"),
            ({"new_installment_amount": 9.99}, "COP000490"),
            (
                {"new_installment_amount": 200.0, "new_monthly_interest_rate": 0.005},
                "COP000335",
            ),
            ({}, "QIT000001"),
        ],
    )
    async def test_refuses_other_instalments(
        self, partner: Partner, order: dict[str, float], code: str
    ) -> None:
        """Not lower, below the minimum, or worth more than the balance: 400, nothing changes."""
        key = await bring(partner, "accepted")
        before = await partner.read(key)

        reply = await recalculate(partner, before[PORTABILITY], **order)

        assert (400, code) == (reply.status, reply.body["code"])
        assert before == await partner.read(key)

    @pytest.mark.parametrize("status", ["created", "pending_acceptance", "accepted_by_requester"])
    async def test_is_only_for_an_accepted_proposal(self, partner: Partner, status: str) -> None:
        """Before the balance and after its acceptance the terms stand."""
        key = await bring(partner, status)
        operation = (await partner.read(key))[PORTABILITY]

        reply = await recalculate(partner, operation, new_installment_amount=200.0)

        assert (400, "COP000489") == (reply.status, reply.body["code"])

    async def test_is_only_for_a_portability(self, partner: Partner) -> None:
        """A refinancing is of another kind; an unknown operation is 404."""
        body = await partner.create(refinancing_credit_operation=refinancing(250))

        other = await recalculate(partner, body[REFINANCING], new_installment_amount=200.0)
        nothing = await recalculate(
            partner, {"credit_operation_key": "x"}, new_installment_amount=200.0
        )

        assert (400, "COP000276") == (other.status, other.body["code"])
        assert (404, "COP000027") == (nothing.status, nothing.body["code"])


class TestCorrectRefinancing:
    async def test_gives_other_terms_and_a_new_ccb(self, partner: Partner) -> None:
        """The refinancing is calculated anew and its document is another."""
        body = await partner.create(refinancing_credit_operation=refinancing(250))
        path = f"{PROPOSALS}/{body['proposal_key']}/{REFINANCING}"

        reply = await partner.ask("PUT", path, refinancing(300))

        option = reply.body[REFINANCING]["disbursement_options"][0]
        assert (200, 300.0) == (reply.status, option["installments"][0]["total_amount"])
        assert body[REFINANCING]["document_key"] != reply.body[REFINANCING]["document_key"]

    async def test_comes_too_late_for_a_dead_one(self, partner: Partner) -> None:
        """A canceled refinancing is not corrected; a missing one is 404."""
        body = await partner.create("A-1", refinancing_credit_operation=refinancing(250))
        alone = await partner.create("A-2")
        await partner.patch(body["proposal_key"], "canceled")

        late, missing = [
            await partner.ask(
                "PUT", f"{PROPOSALS}/{found['proposal_key']}/{REFINANCING}", refinancing(300)
            )
            for found in (body, alone)
        ]

        assert (400, "COP000489") == (late.status, late.body["code"])
        assert 404 == missing.status


class TestReadCollateral:
    async def test_is_of_either_operation(self, partner: Partner) -> None:
        """Both operations show their margin, a missing refinancing is 404."""
        body = await partner.create("A-1", refinancing_credit_operation=refinancing(250))
        alone = await partner.create("A-2")

        found = [
            (await partner.ask("GET", f"{PROPOSALS}/{body['proposal_key']}/{name}/collateral")).body
            for name in (PORTABILITY, REFINANCING)
        ]
        missing = await partner.ask(
            "GET", f"{PROPOSALS}/{alone['proposal_key']}/{REFINANCING}/collateral"
        )

        assert ["portability", "refinancing"] == [one["credit_operation_type"] for one in found]
        assert {False} == {one["collateral_constituted"] for one in found}
        assert 404 == missing.status
