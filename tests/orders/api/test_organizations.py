"""What an organization sees of its contracts, and what anybody sees of prices."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.locks import count_waiting
from tests.orders.campus import ADMIN, Campus, Learner, Offer, save_any_card
from tests.orders.signed import sign
from tests.world import until
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.database.rows import lock_rows
from tramita.kit.identifiers import new_id
from tramita.kit.jwt_users import JWTUser
from tramita.orders.catalog import remove_member
from tramita.orders.making import Wanted
from tramita.orders.service import create_order
from tramita.orders.signing import submit_for_signature
from tramita.payments.settings import PaymentSettings
from tramita.signatures.queries import parts_of
from tramita.signatures.rows import find_signatories
from tramita.signatures.service import Party
from tramita.signatures.settings import SignatureSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestAnOrganizationsContracts:
    async def test_are_listed(self, campus: Campus) -> None:
        """Its own, and none that is canceled."""
        offer, owner = await campus.offer(organizations=1), campus.learner()
        [organization] = offer.organizations
        person = {"full_name": "Olga Owner", "email": "olga@example.com", "role": "owner"}
        path = f"/organizations/{organization['id']}"
        await campus.make(f"{path}/members", username=owner.username, **person)
        kept = await campus.learner().order(offer)
        learner = campus.learner()
        canceled = await learner.order(offer)
        await learner.ask("POST", f"/orders/{canceled['id']}/cancel")

        listed = await owner.ask("GET", f"{path}/contracts")

        assert [kept["id"]] == [one["id"] for one in listed.body["items"]]

    async def test_are_listed_without_the_card_that_pays(self, campus: Campus) -> None:
        """Which one that is, is the learner's own business."""
        offer, owner, learner = await campus.offer(), campus.learner(), campus.learner()
        path = f"/organizations/{offer.organizations[0]['id']}"
        person = {"full_name": "Olga Owner", "email": "olga@example.com", "role": "owner"}
        await campus.make(f"{path}/members", username=owner.username, **person)
        order = await learner.order(offer)
        body = {"credit_card_id": await save_any_card(campus.site, learner.username)}
        paid = await learner.ask("POST", f"/orders/{order['id']}/payment-method", json=body)

        listed = await owner.ask("GET", f"{path}/contracts")

        assert "0014" == paid.body["credit_card"]["last_numbers"]
        assert [None] == [one["credit_card"] for one in listed.body["items"]]


class TestAnOwnerWhoLeaves:
    async def test_signs_nothing_that_is_ordered_and_submitted_at_that_moment(
        self, campus: Campus
    ) -> None:
        """Who takes them off the list finds every order, or has whoever makes one wait."""
        offer, database = await campus.offer(price="0.00"), campus.site.runtime.database
        organization = offer.organizations[0]["id"]
        path = f"/organizations/{organization}/members"
        stays, leaves = [
            await campus.make(
                path,
                username=f"{name}-{organization}",
                full_name=name,
                email=f"{name}@example.com",
                role="owner",
            )
            for name in ("stays", "leaves")
        ]
        async with database.unit_of_work() as work:
            await remove_member(work, UUID(organization), UUID(leaves["id"]))
            submitting = asyncio.create_task(_submit(campus, campus.learner(), offer))
            await until(lambda: _is_met(campus, submitting))

        [procedure] = await submitting

        async with database.unit_of_work() as work:
            signatories = (await find_signatories(work, [procedure]))[procedure]
        assert [stays["email"]] == [
            one.email for one in signatories if one.party is Party.ORGANIZATION
        ]


class TestALearnerWhoOrders:
    async def test_waits_for_nobody_who_orders_something_else_there(self, campus: Campus) -> None:
        """However many an organization has at once: only who signs for it stays the same meanwhile."""
        first, second = [await campus.offer(price="0.00") for _ in range(2)]
        organization = first.organizations[0]["id"]
        path = f"{ADMIN}/offerings/{second.offering['id']}"
        await campus.site.ask("PATCH", path, json={"organizations": [organization]})
        other = JWTUser(HOUSE, f"other-{organization}", "other@example.com", "Other Learner")
        wanted = Wanted(UUID(first.product["id"]), first.course["code"])

        within = campus.site.runtime.within(Bounds(HOUSE)).database
        async with within.unit_of_work() as work, asyncio.timeout(60):
            await create_order(work, other, wanted, PaymentSettings())
            made = await campus.learner().order(second)

        assert organization == made["organization"]["id"]


class TestAnOwnerWhoComes:
    async def test_waits_for_nobody_who_has_a_signed_contract_in_hand(self, campus: Campus) -> None:
        """There is nothing to be signed; an organization has more of those each year."""
        offer, database = await campus.offer(), campus.site.runtime.database
        order = await campus.learner().order(offer)
        await sign(campus, order, b"%PDF-1.7")
        path = f"/organizations/{offer.organizations[0]['id']}/members"
        owner = {"full_name": "Olga", "email": "olga@example.com", "role": "owner"}

        async with database.unit_of_work() as work, asyncio.timeout(60):
            await lock_rows(work, "contracts", [UUID(order["id"])])
            made = await campus.make(path, username=f"olga-{order['id']}", **owner)

        assert "Olga" == made["full_name"]


async def _submit(campus: Campus, learner: Learner, offer: Offer) -> list[UUID]:
    """Order and have it signed; answers the procedure."""
    order = UUID((await learner.order(offer))["id"])
    async with campus.site.runtime.database.unit_of_work() as work:
        await submit_for_signature(work, order, SignatureSettings())
        return list(await parts_of(work, order))


async def _is_met(campus: Campus, doing: "asyncio.Task[list[UUID]]") -> bool:
    return doing.done() or await count_waiting(campus.site.runtime.database) > 0


class TestThePreview:
    async def test_says_what_would_be_due_to_whoever_asks(self, campus: Campus) -> None:
        """By the rules of instalments, of an order that is signed today."""
        [row] = await campus.site.runtime.database.fetch("SELECT tramita_now()::date AS today")
        today: date = row["today"]
        dates = {"starts_on": str(today), "ends_on": str(today + timedelta(days=300))}
        offer = await campus.offer(price="300.00", course=await campus.course(**dates))
        path = f"/api/v1/offerings/{offer.offering['id']}/payment-schedule"

        said = await campus.site.ask("GET", path, authenticated=False)

        assert [90.0, 105.0, 105.0] == [one["amount"] for one in said.body["items"]]
        assert {("EUR", "pending")} == {
            (one["currency"], one["state"]) for one in said.body["items"]
        }

    async def test_is_refused_with_a_sentence_without_dates(self, campus: Campus) -> None:
        """And is not there for what is not offered."""
        offer = await campus.offer(course=await campus.course(starts_on=None, ends_on=None))
        closed = await campus.offer()
        path = f"{ADMIN}/offerings/{closed.offering['id']}"
        await campus.site.ask("PATCH", path, json={"is_open": False})

        said = [
            await campus.site.ask(
                "GET", f"/api/v1/offerings/{id_}/payment-schedule", authenticated=False
            )
            for id_ in (offer.offering["id"], closed.offering["id"], new_id())
        ]

        assert [
            (409, "course_without_dates"),
            (404, "offering_not_found"),
            (404, "offering_not_found"),
        ] == [(one.status, one.body["code"]) for one in said]
