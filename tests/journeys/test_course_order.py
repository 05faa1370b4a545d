"""A course is ordered, signed, paid and opened, over HTTP from one end to the other."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.conversation import Reader, blocks
from tests.databases import opened
from tests.journeys.school import School, running_school
from tests.jwts import bearing, token_of
from tests.orders.campus import Learner
from tests.world import until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.signatures.links import invitation_link

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_school(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[School]:
    """One school for all tests of this module."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_school(database, url, tmp_path_factory.mktemp("school")) as school,
    ):
        hook = {"url": "http://127.0.0.1:9/hook"}
        await school.campus.site.ask("POST", "/api/v1/webhooks/endpoints", json=hook)
        yield school


@pytest_asyncio.fixture(loop_scope="module")
async def school(shared_school: School) -> AsyncIterator[School]:
    """The school, with everybody well, and no promise broken when the test is over."""
    yield shared_school
    await shared_school.lyra.act(debits="as_cards")
    # What this test let fall due of others' orders is being debited.
    await shared_school.world.until_at_rest()
    assert [] == await shared_school.broken()


class TestThePage:
    async def test_is_as_it_says(self, school: School) -> None:
        """Every command of ``docs/journeys/orders.md`` gives the answer printed below it."""
        people = {name.upper(): token_of(name) for name in ("ana", "ben")}
        reader = Reader(school.world, {"TOKEN": school.world.token} | people)
        compared = 0

        for language, text in blocks("orders.md"):
            if language == "sh":
                await reader.type(text)
                continue
            expected = json.loads(text)

            assert expected == await reader.read(expected)

            compared += 1
        assert compared == 9


class TestTheConversation:
    async def test_ends_fully_paid(self, school: School) -> None:
        """Ordered, signed, a card saved: paid at once, and again a month later; all told once."""
        learner, order = await school.ordered(await school.offer(price="300.00", lasts=30))

        paid = await school.until(learner, order, "pending_payment")
        assert ["paid", "pending"] == [one["state"] for one in paid["payment_schedule"]]
        assert ["open"] == [one["state"] for one in paid["target_enrollments"]]
        assert "0014" == paid["credit_card"]["last_numbers"]
        await school.pass_days(31)
        done = await school.until(learner, order, "completed")

        assert ["paid", "paid"] == [one["state"] for one in done["payment_schedule"]]
        assert 300.0 == sum(one["amount"] for one in done["payment_schedule"])
        assert done["credit_card"] is None
        assert {1} == set(Counter(await school.movements(order)).values())
        assert {
            "order.created": 1,
            "order.changed": 5,
            "enrollment.opened": 1,
            "installment.paid": 2,
        } == Counter(await school.events(order))

    async def test_goes_on_where_the_bank_refused(self, school: School) -> None:
        """No money, no course; what its learner pays by hand opens it."""
        await school.lyra.act(debits="refuse")
        learner, order = await school.ordered(await school.offer(price="100.00", lasts=5))
        refused = await school.until(learner, order, "no_payment")
        assert [] == refused["target_enrollments"]

        form = await school.form(learner, order)
        await school.lyra.operate("pay", form_token=form["form_token"])
        done = await school.until(learner, order, "completed")

        assert (False, "lyra") == (form["is_paid"], form["provider_name"])
        assert ["open"] == [one["state"] for one in done["target_enrollments"]]

    async def test_ends_canceled_and_refunded(self, school: School) -> None:
        """What was paid goes back, what was not is wanted no more, and the course is closed."""
        learner, order = await school.ordered(await school.offer(price="300.00"))
        await school.until(learner, order, "pending_payment")

        too_early = await school.admin(order, "refund")
        await learner.ask("POST", f"/orders/{order['id']}/cancel")
        canceled = await school.look(learner, order)
        said = [await school.admin(order, "refund") for _ in range(2)]
        refunded = await school.until(learner, order, "refunded")

        assert (409, [202, 202]) == (too_early, said)
        assert ["paid", "canceled", "canceled"] == [
            one["state"] for one in canceled["payment_schedule"]
        ]
        assert ["closed"] == [one["state"] for one in canceled["target_enrollments"]]
        assert ["refunded", "canceled", "canceled"] == [
            one["state"] for one in refunded["payment_schedule"]
        ]
        listed = (await learner.ask("GET", f"/orders/{order['id']}/invoices")).body["items"]
        note = f"/orders/{order['id']}/invoice?reference={listed[-1]['reference']}"
        credited = [("credit_note", -210.0), ("credit_note", -90.0)]
        assert [("main", 300.0), ("payment", 90.0), *credited] == [
            (one["kind"], one["total"]) for one in listed
        ]
        assert (await learner.ask("GET", note)).body.startswith(b"%PDF-")
        told = Counter(await school.events(order))
        assert (1, 1, 1, 2) == (
            told["enrollment.opened"],
            told["enrollment.closed"],
            told["installment.refunded"],
            told["installment.canceled"],
        )


class TestAWaivedRightToWithdraw:
    async def test_closes_that_door_and_makes_nothing_due_earlier(self, school: School) -> None:
        """The instalments are those of whoever has kept the right, and may withdraw."""
        offer = await school.offer(price="300.00", is_signed=False, starts_in=60)
        found = []
        for waived in (True, False):
            learner = school.campus.learner()
            order = await learner.order(offer, has_waived_withdrawal_right=waived)
            await school.pay_with(learner, order, await school.save_card(learner))
            schedule = (await school.until_scheduled(learner, order))["payment_schedule"]
            due = [one["due_date"] for one in schedule]
            said = await learner.ask("POST", f"/orders/{order['id']}/withdraw")
            found.append((due, said.status))

        assert found[0][0] == found[1][0]
        assert [409, 200] == [status for _, status in found]


class TestSigning:
    async def test_is_one_procedure_for_two_clicks(self, school: School) -> None:
        """And the order waits for the learner, then for a card."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer())
        path = f"/orders/{order['id']}/submit-for-signature"

        links = [await learner.ask("POST", path) for _ in range(2)]
        signing = await school.look(learner, order)
        await school.sign(learner, order)
        signed = await school.until(learner, order, "to_save_payment_method")

        assert [200, 200] == [one.status for one in links]
        assert "signing" == signing["state"]
        assert signing["contract"]["student_signed_on"] is None
        assert signed["contract"]["student_signed_on"] is not None
        procedures = await school.world.fetch(
            "SELECT FROM signing_procedures WHERE contract_id::text = $1", order["id"]
        )
        assert 1 == len(procedures)

    async def test_may_be_done_again_after_a_refusal(self, school: School) -> None:
        """The order goes back to where it was."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer())
        await school.refuse_to_sign(learner, order)
        await school.until(learner, order, "to_sign")

        await school.sign(learner, order)

        await school.until(learner, order, "to_save_payment_method")

    async def test_gives_the_learner_the_file_that_both_signed(self, school: School) -> None:
        """Not before; and nobody else."""
        learner, order = await school.ordered(await school.offer())
        path = f"/orders/contracts/{order['id']}/download"
        early = await learner.ask("GET", path)

        await school.countersign(order)
        await school.until(learner, order, "pending_payment")
        url = f"{school.world.url}/api/v1{path}"
        headers = bearing(learner.username)

        async def is_there() -> bool:
            async with school.campus.site.session.get(url, headers=headers) as answer:
                return answer.status == 200

        await until(is_there)
        stranger = await school.campus.learner().ask("GET", path)
        async with school.campus.site.session.get(url, headers=headers) as answer:
            content = await answer.read()

        assert (409, 404, 200) == (early.status, stranger.status, answer.status)
        assert content.startswith(b"%PDF-")

    async def test_needs_somebody_who_signs_for_the_organization(self, school: School) -> None:
        """Else the contract would count as signed with one signature."""
        learner = school.campus.learner()
        order = await learner.order(await school.campus.offer())

        said = await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")

        assert (409, "organization_without_owner") == (said.status, said.body["code"])


class TestTheCheck:
    async def test_believes_no_signature_that_the_service_does_not_know(
        self, school: School
    ) -> None:
        """One that is recorded here alone is found."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer())
        await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")
        id_ = UUID(order["id"])
        forge = (
            "UPDATE signing_procedures SET state = 'signed', student_signed_on = now(), "
            "organization_signed_on = now() WHERE contract_id = $1"
        )
        mend = (
            "UPDATE signing_procedures SET state = 'signing', student_signed_on = NULL, "
            "organization_signed_on = NULL WHERE contract_id = $1"
        )
        await school.world.fetch(forge, id_)
        forged = await school.broken()
        await school.world.fetch(mend, id_)
        assert [] == await school.broken()

        assert [f"O3 {order['id']}"] == [
            one.partition(":")[0] for one in forged if one.startswith("O3")
        ]


class TestTwoAtOnce:
    async def test_leave_an_order_whole(self, school: School) -> None:
        """Signed, paid with and canceled in the same moment: whoever is first, nothing is halved."""
        offer = await school.offer()
        trials = []
        for _ in range(4):
            learner = school.campus.learner()
            order = await learner.order(offer)
            await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")
            trials.append((learner, order, await school.save_card(learner)))

        async def at_once(learner: Learner, order: dict[str, Any], card: str) -> None:
            path = f"/orders/{order['id']}"
            said = await asyncio.gather(
                learner.ask("POST", f"{path}/cancel"),
                learner.ask("POST", f"{path}/payment-method", json={"credit_card_id": card}),
                learner.ask("POST", f"{path}/submit-for-signature"),
                learner.ask("POST", f"{path}/cancel"),
            )
            assert {200, 409} >= {one.status for one in said}, said

        await asyncio.gather(*(at_once(*one) for one in trials))
        await school.world.until_at_rest()

        states = [(await school.look(learner, order))["state"] for learner, order, _ in trials]
        assert ["canceled"] * 4 == states


class TestWithdrawing:
    async def test_is_possible_until_the_first_day_of_payment(self, school: School) -> None:
        """Of a course that begins later; nothing was debited, and nothing will be."""
        learner, order = await school.ordered(await school.offer(starts_in=60))
        await school.until_scheduled(learner, order)

        said = await learner.ask("POST", f"/orders/{order['id']}/withdraw")

        assert (200, "canceled") == (said.status, said.body.get("state")), said
        assert {"canceled"} == {one["state"] for one in said.body["payment_schedule"]}
        assert [] == await school.movements(order)

    async def test_is_too_late_then(self, school: School) -> None:
        """Whoever got the course at once has paid at once."""
        learner, order = await school.ordered(await school.offer())
        await school.until(learner, order, "pending_payment")

        said = await learner.ask("POST", f"/orders/{order['id']}/withdraw")

        assert (409, "withdrawal_not_possible") == (said.status, said.body["code"])


class TestACard:
    async def test_of_somebody_else_cannot_be_bound(self, school: School) -> None:
        """It is not there."""
        owner, thief = school.campus.learner(), school.campus.learner()
        offer = await school.offer(is_signed=False)
        order = await thief.order(offer)
        card = await school.save_card(owner)

        path = f"/orders/{order['id']}/payment-method"
        said = await thief.ask("POST", path, json={"credit_card_id": card})

        assert (404, "credit_card_not_found") == (said.status, said.body["code"])
        assert "to_save_payment_method" == (await school.look(thief, order))["state"]

    async def test_that_is_known_is_debited_as_soon_as_the_contract_is_signed(
        self, school: School
    ) -> None:
        """In one sitting, the card first: no night is waited for."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer(is_one_sitting=True))
        await school.pay_with(learner, order, await school.save_card(learner))
        assert "to_sign" == (await school.look(learner, order))["state"]

        await school.sign(learner, order)

        await school.until(learner, order, "pending_payment")
        assert 1 == len(await school.movements(order))


async def with_open_form(school: School) -> tuple[Learner, dict[str, Any], dict[str, Any]]:
    """An order with one instalment paid and the next refused, for which a form is open."""
    learner, order = await school.ordered(await school.offer(price="150.00"))
    await school.until(learner, order, "pending_payment")
    await school.lyra.act(debits="refuse")
    await school.pass_days(35)
    await school.until(learner, order, "failed_payment")
    return learner, order, await school.form(learner, order)


class TestMoneyThatComesLate:
    async def test_goes_back_to_whoever_has_canceled(self, school: School) -> None:
        """A form was open when the order was canceled, and is paid after that."""
        await school.lyra.act(debits="refuse")
        learner, order = await school.ordered(await school.offer(price="100.00", lasts=5))
        await school.until(learner, order, "no_payment")
        path = f"/orders/{order['id']}/submit-installment-payment"
        form = (await learner.ask("POST", path, json={})).body
        await learner.ask("POST", f"/orders/{order['id']}/cancel")

        await school.lyra.operate("pay", form_token=form["form_token"])
        refunded = await school.until(learner, order, "refunded")

        assert ["refunded"] == [one["state"] for one in refunded["payment_schedule"]]
        assert [] == refunded["target_enrollments"]

    async def test_goes_back_alone_where_nobody_has_asked_for_the_rest(
        self, school: School
    ) -> None:
        """What was paid before the cancellation is given back by a person, or by nobody."""
        learner, order, form = await with_open_form(school)
        assert 200 == await school.admin(order, "cancel", reason="moved")

        await school.lyra.operate("pay", form_token=form["form_token"])

        async def has_gone_back() -> bool:
            return bool(await school.movements(order, "payment_refunded"))

        await until(has_gone_back)
        await school.world.until_at_rest()
        shown = await school.look(learner, order)
        assert "canceled" == shown["state"]
        assert ["paid", "refunded"] == [one["state"] for one in shown["payment_schedule"]]

    async def test_goes_back_when_all_the_rest_has_gone_back_already(self, school: School) -> None:
        """A form was open when the order was canceled and refunded, and is paid after that."""
        learner, order, form = await with_open_form(school)
        assert [200, 202] == [
            await school.admin(order, "cancel", reason="moved"),
            await school.admin(order, "refund"),
        ]
        await school.until(learner, order, "refunded")

        await school.lyra.operate("pay", form_token=form["form_token"])

        async def has_gone_back() -> bool:
            return 2 == len(await school.movements(order, "payment_refunded"))

        await until(has_gone_back)
        await school.world.until_at_rest()
        shown = await school.look(learner, order)
        assert ["refunded"] * 2 == [one["state"] for one in shown["payment_schedule"]]


class TestOwners:
    async def test_who_come_later_may_sign_too(self, school: School) -> None:
        """Running procedures follow the organization."""
        offer = await school.offer()
        learner, order = await school.ordered(offer)
        await school.until(learner, order, "pending_payment")
        organization = order["organization"]
        await school.campus.make(
            f"/organizations/{organization['id']}/members",
            username="otto",
            full_name="Otto Owner",
            email="otto@school.example",
            role="owner",
        )
        await school.world.until_at_rest()

        link = await invitation_link(
            school.world.runtime, [UUID(order["id"])], "otto@school.example"
        )
        await school.press(link.invitation_link, "sign")

        async def is_signed() -> bool:
            seen = await school.look(learner, order)
            return seen["contract"]["organization_signed_on"] is not None

        await until(is_signed)
        assert "pending_payment" == (await school.look(learner, order))["state"]


class TestAFreeCourse:
    async def test_is_open_as_soon_as_it_is_signed(self, school: School) -> None:
        """Nothing is to be paid, so no card is asked for."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer(price="0.00"))

        await school.sign(learner, order)
        done = await school.until(learner, order, "completed")

        assert (["open"], []) == (
            [one["state"] for one in done["target_enrollments"]],
            done["payment_schedule"],
        )
        card = await learner.ask(
            "POST", f"/orders/{order['id']}/payment-method", json={"credit_card_id": order["id"]}
        )
        assert (409, "order_not_payable") == (card.status, card.body["code"])


class TestALateNotice:
    async def test_is_not_waited_for_by_whoever_looks(self, school: School) -> None:
        """The signing service tells nothing; the learner looks at the list, and it is asked."""
        learner = school.campus.learner()
        order = await learner.order(await school.offer())
        await school.lexpersona.fail_webhook("webhook_lost")
        await school.sign(learner, order)

        async def is_known() -> bool:
            listed = (await learner.ask("GET", "/orders/contracts")).body["items"]
            return [one["state"] for one in listed] == ["to_save_payment_method"]

        await until(is_known)
        await school.lexpersona.mend()
        assert "to_save_payment_method" == (await school.look(learner, order))["state"]
