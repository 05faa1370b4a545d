"""What a learner orders, sees and cancels."""

import asyncio
import json
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from tests.forgetting import rows_of
from tests.jwts import bearing
from tests.locks import until_waiting
from tests.orders.campus import ADDRESS, ADMIN, Campus
from tramita.kit.identifiers import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestMakingAnOrder:
    async def test_answers_the_order_as_front_ends_know_it(self, campus: Campus) -> None:
        """With everything that was offered at that moment."""
        offer, learner = await campus.offer(price="149.50"), campus.learner()

        made = await learner.order(offer)

        [university] = offer.organizations
        course = {name: offer.course[name] for name in ("id", "code", "title")}
        definition = made["contract"].pop("definition")
        assert {
            "id": made["id"],
            "state": "to_sign",
            "created_on": made["created_on"],
            "owner": learner.username,
            "product_id": offer.product["id"],
            "course": course,
            "organization": {name: university[name] for name in ("id", "code", "title")},
            "enrollment": None,
            "contract": {
                "id": made["id"],
                "submitted_for_signature_on": None,
                "student_signed_on": None,
                "organization_signed_on": None,
            },
            "total": 149.5,
            "total_currency": "EUR",
            "has_waived_withdrawal_right": False,
            "target_courses": [course],
            "target_enrollments": [],
            "credit_card": None,
            "main_invoice_reference": made["main_invoice_reference"],
            "payment_schedule": [],
        } == made
        assert made["main_invoice_reference"]
        assert (offer.product["contract_definition"], 1) == (
            definition["id"],
            definition["version"],
        )

    async def test_makes_its_contract(self, campus: Campus) -> None:
        """The core's, of a customer who is the learner, and it says where the order stands."""
        learner = campus.learner(full_name="Ana Botanist")
        made = await learner.order(await campus.offer())

        contract = (await campus.site.ask("GET", f"/api/v1/contracts/{made['id']}")).body
        customer = await campus.site.ask("GET", f"/api/v1/customers/{contract['customer']}")

        assert {"name": "orders", "status": "to_sign"} == contract["backend"]
        assert ("Ana Botanist", "fr-FR") == (customer.body["name"], customer.body["locale"])

    async def test_keeps_what_the_platform_says_of_a_learner_up_to_date(
        self, campus: Campus
    ) -> None:
        """One learner is one customer, also under another name."""
        learner = campus.learner()
        await learner.order(await campus.offer())
        learner.claims["full_name"] = "Ana Married"
        again = await learner.order(await campus.offer())

        contract = (await campus.site.ask("GET", f"/api/v1/contracts/{again['id']}")).body
        customer = await campus.site.ask("GET", f"/api/v1/customers/{contract['customer']}")

        assert "Ana Married" == customer.body["name"]

    @pytest.mark.parametrize(
        ("offered", "expected"),
        [
            ({"price": "0.00", "is_signed": False}, "completed"),
            ({"price": "0.00"}, "to_sign"),
            ({"is_signed": False}, "to_save_payment_method"),
            ({"is_one_sitting": True}, "to_sign_and_to_save_payment_method"),
        ],
    )
    async def test_begins_with_what_is_missing(
        self, campus: Campus, offered: dict[str, Any], expected: str
    ) -> None:
        """Nothing is missing of what is free and unsigned."""
        made = await campus.learner().order(await campus.offer(**offered))

        assert expected == made["state"]

    async def test_opens_at_once_what_is_free(self, campus: Campus) -> None:
        """The learner is in the course, and its contract runs."""
        learner = campus.learner()
        offer = await campus.offer(price="0.00", is_signed=False)
        made = await learner.order(offer, billing_address=None)

        [enrollment] = (await learner.ask("GET", "/enrollments")).body["items"]
        contract = (await campus.site.ask("GET", f"/api/v1/contracts/{made['id']}")).body

        assert (made["id"], offer.course["code"], "open", None) == (
            enrollment["order_id"],
            enrollment["course"]["code"],
            enrollment["state"],
            enrollment["closed_on"],
        )
        assert contract["activated"]
        assert [enrollment["id"]] == [one["id"] for one in made["target_enrollments"]]

    async def test_freezes_what_is_offered(self, campus: Campus) -> None:
        """Later changes of price, courses and text are for others."""
        learner, offer = campus.learner(), await campus.offer()
        before = await learner.order(offer)
        product, definition = offer.product["id"], offer.product["contract_definition"]
        for path, change in (
            (f"/products/{product}", {"price": {"amount": "1.00", "currency": "EUR"}}),
            (f"/products/{product}", {"target_courses": []}),
            (f"/contract-definitions/{definition}", {"body": "# Another"}),
        ):
            said = await campus.site.ask("PATCH", ADMIN + path, json=change)
            assert 200 == said.status, said

        after = await learner.ask("GET", f"/orders/{before['id']}")
        another = await campus.learner().order(offer)

        assert before == after.body
        assert (1.0, [], 2) == (
            another["total"],
            another["target_courses"],
            another["contract"]["definition"]["version"],
        )

    async def test_freezes_price_and_courses_of_one_moment(self, campus: Campus) -> None:
        """Also where both change while it waits for another order of the same."""
        offer, learner, more = await campus.offer(), campus.learner(), await campus.course()
        database = campus.site.runtime.database
        changed = {
            "price": {"amount": "300.00", "currency": "EUR"},
            "target_courses": [offer.course["id"], more["id"]],
        }
        async with database.unit_of_work() as work:
            await work.fetch(
                "SELECT FROM offerings WHERE id = $1 FOR UPDATE", UUID(offer.offering["id"])
            )
            ordering = asyncio.create_task(learner.order(offer))
            await until_waiting(database)
            path = f"{ADMIN}/products/{offer.product['id']}"
            assert 200 == (await campus.site.ask("PATCH", path, json=changed)).status

        made = await ordering

        assert (300.0, 2) == (made["total"], len(made["target_courses"]))

    async def test_is_refused_a_second_time(self, campus: Campus) -> None:
        """Until the first is over; and the first is named."""
        learner, offer = campus.learner(), await campus.offer()
        made = await learner.order(offer)

        second = await learner.ask("POST", "/orders", json=offer.body())
        await learner.ask("POST", f"/orders/{made['id']}/cancel")
        third = await learner.ask("POST", "/orders", json=offer.body())

        assert (409, "order_exists", 201) == (second.status, second.body["code"], third.status)
        assert made["id"] in second.body["detail"]

    async def test_is_done_once_under_one_key(self, campus: Campus) -> None:
        """Of one learner: another one's key is another key."""
        learner, other, offer = campus.learner(), campus.learner(), await campus.offer()
        asked = {"json": offer.body(), "headers": {"Idempotency-Key": "one"}}

        said = [await one.ask("POST", "/orders", **asked) for one in (learner, learner, other)]

        assert [201, 201, 201] == [one.status for one in said]
        assert said[0].body == said[1].body
        assert "true" == said[1].headers["Idempotency-Replayed"]
        assert said[0].body["id"] != said[2].body["id"]

    async def test_is_done_once_by_two_clicks(self, campus: Campus) -> None:
        """Of ten at once one makes an order, and nine are told of it; the learner is one."""
        learner, offer = campus.learner(), await campus.offer()

        said = await asyncio.gather(
            *(learner.ask("POST", "/orders", json=offer.body()) for _ in range(10))
        )

        assert {201: 1, 409: 9} == Counter(one.status for one in said)
        listed = (await learner.ask("GET", "/orders")).body["items"]
        assert [one.body["id"] for one in said if one.status == 201] == [
            one["id"] for one in listed
        ]

    @pytest.mark.parametrize(
        ("change", "path", "code"),
        [
            ({"billing_address": None}, "billing_address", "missing"),
            ({"course_code": None}, "course_code", "one_of_two"),
            ({"course_code": "nowhere"}, "product_id", "unknown_offering"),
            ({"product_id": str(new_id())}, "product_id", "unknown_offering"),
            ({"organization_id": str(new_id())}, "organization_id", "unknown_organization"),
            (
                {"course_code": None, "enrollment_id": str(new_id())},
                "enrollment_id",
                "unknown_enrollment",
            ),
            ({"voucher": "FREE"}, "voucher", "unknown_field"),
        ],
    )
    async def test_says_what_is_wrong(
        self, campus: Campus, change: dict[str, Any], path: str, code: str
    ) -> None:
        """By field."""
        offer = await campus.offer()

        said = await campus.learner().ask("POST", "/orders", json=offer.body(**change))

        assert 422 == said.status
        assert [(path, code)] == [(one["path"], one["code"]) for one in said.body["errors"]]

    async def test_is_refused_where_nobody_offers_it_or_its_dates_are_unknown(
        self, campus: Campus
    ) -> None:
        """With a sentence: nobody could sign it, and nothing would ever be due."""
        nobody = await campus.offer(organizations=0)
        undated = await campus.offer(course=await campus.course(starts_on=None, ends_on=None))
        closed = await campus.offer()
        path = f"{ADMIN}/offerings/{closed.offering['id']}"
        await campus.site.ask("PATCH", path, json={"is_open": False})

        said = [
            await campus.learner().ask("POST", "/orders", json=offer.body())
            for offer in (nobody, undated, closed)
        ]

        assert ["offered_by_nobody", "course_without_dates", "invalid_request"] == [
            one.body["code"] for one in said
        ]

    async def test_of_a_certificate_is_for_an_enrollment(self, campus: Campus) -> None:
        """One of the learner's own, that is open."""
        learner, course = campus.learner(), await campus.course()
        await learner.order(await campus.offer(course=course, price="0.00", is_signed=False))
        [enrollment] = (await learner.ask("GET", "/enrollments")).body["items"]
        offer = await campus.offer(
            course=course, is_signed=False, type="certificate", target_courses=[]
        )
        wanted = offer.body(course_code=None, enrollment_id=enrollment["id"])

        made = await learner.ask("POST", "/orders", json=wanted)
        stolen = await campus.learner().ask("POST", "/orders", json=wanted)
        without = await campus.learner().ask("POST", "/orders", json=offer.body())

        assert (201, enrollment["id"]) == (made.status, made.body["enrollment"])
        assert ["unknown_enrollment", "wrong_product_type"] == [
            one.body["errors"][0]["code"] for one in (stolen, without)
        ]


class TestTheOrganization:
    async def test_is_the_one_that_is_asked_for(self, campus: Campus) -> None:
        """If it offers this."""
        offer = await campus.offer(organizations=3)
        wanted = offer.organizations[2]["id"]

        made = [await campus.learner().order(offer, organization_id=wanted) for _ in range(3)]

        assert {wanted} == {one["organization"]["id"] for one in made}

    async def test_has_the_fewest_active_orders(self, campus: Campus) -> None:
        """What was canceled does not count."""
        offer, learner = await campus.offer(organizations=2), campus.learner()
        first = await learner.order(offer)
        second = await campus.learner().order(offer)
        await learner.ask("POST", f"/orders/{first['id']}/cancel")

        third = await campus.learner().order(offer)

        assert first["organization"] != second["organization"]
        assert first["organization"] == third["organization"]

    async def test_is_chosen_evenly_in_a_crowd(self, campus: Campus) -> None:
        """Twelve learners at once are four for each of three."""
        offer = await campus.offer(organizations=3)

        made = await asyncio.gather(*(campus.learner().order(offer) for _ in range(12)))

        assert [4, 4, 4] == [*Counter(one["organization"]["id"] for one in made).values()]


class TestAnOrder:
    async def test_is_its_learners_alone(self, campus: Campus) -> None:
        """Somebody else's is not there, for reading and for writing; a token is needed."""
        made = await campus.learner().order(await campus.offer())
        path, stranger = f"/orders/{made['id']}", campus.learner()
        before = await campus.site.ask("GET", f"{ADMIN}{path}")

        said = [
            await stranger.ask("GET", path),
            await stranger.ask("POST", f"{path}/cancel"),
            await stranger.ask("GET", f"/orders/{new_id()}"),
        ]
        anonymous = await campus.site.ask("GET", f"/api/v1{path}", authenticated=False)
        service = await campus.site.ask("GET", f"/api/v1{path}")

        assert [404] * 3 == [one.status for one in said]
        assert ["order_not_found"] * 3 == [one.body["code"] for one in said]
        assert (401, 401) == (anonymous.status, service.status)
        assert [] == (await stranger.ask("GET", "/orders")).body["items"]
        assert before.body == (await campus.site.ask("GET", f"{ADMIN}{path}")).body

    async def test_is_not_one_of_another_platforms_namesake(self, campus: Campus) -> None:
        """A learner's token opens nothing that a service token opens, nor the reverse."""
        said = await campus.site.ask(
            "GET", f"{ADMIN}/orders", authenticated=False, headers=bearing("ana")
        )

        assert 401 == said.status

    async def test_is_listed_newest_first_in_pages_and_by_state(self, campus: Campus) -> None:
        """As its learner asks for it."""
        learner = campus.learner()
        made = [await learner.order(await campus.offer()) for _ in range(3)]
        await learner.ask("POST", f"/orders/{made[1]['id']}/cancel")

        async def ids(query: str) -> list[str]:
            said = await learner.ask("GET", f"/orders?{query}")
            return [one["id"] for one in said.body["items"]]

        first = await learner.ask("GET", "/orders?limit=2")
        rest = await learner.ask("GET", f"/orders?limit=2&cursor={first.body['next_cursor']}")
        a, b, c = (one["id"] for one in made)
        assert [c, b] == [one["id"] for one in first.body["items"]]
        assert ([a], None) == (
            [one["id"] for one in rest.body["items"]],
            rest.body["next_cursor"],
        )
        assert [b] == await ids("state=canceled")
        assert [c, b, a] == await ids("state=canceled&state=to_sign")
        assert [c, a] == await ids("state_exclude=canceled")
        assert [b] == await ids(f"course_code={made[1]['course']['code']}")
        assert [a] == await ids(f"product_id={made[0]['product_id']}")


class TestTheContractsOfALearner:
    async def test_are_those_of_orders_that_are_signed(self, campus: Campus) -> None:
        """None of an order without a contract, and none of one that is canceled."""
        learner = campus.learner()
        signed = await learner.order(await campus.offer())
        unsigned = await learner.order(await campus.offer(is_signed=False))
        canceled = await learner.order(await campus.offer())
        await learner.ask("POST", f"/orders/{canceled['id']}/cancel")

        listed = await learner.ask("GET", "/orders/contracts")
        shown = [
            await learner.ask("GET", f"/orders/contracts/{one['id']}") for one in (signed, unsigned)
        ]

        assert [signed["id"]] == [one["id"] for one in listed.body["items"]]
        assert [200, 404] == [one.status for one in shown]


class TestCancelling:
    async def test_ends_the_order_and_its_contract(self, campus: Campus) -> None:
        """Again is fine, and changes nothing."""
        learner = campus.learner()
        made = await learner.order(await campus.offer())

        said = [await learner.ask("POST", f"/orders/{made['id']}/cancel") for _ in range(2)]

        contract = (await campus.site.ask("GET", f"/api/v1/contracts/{made['id']}")).body
        assert [(200, "canceled")] * 2 == [(one.status, one.body["state"]) for one in said]
        assert ("cancelled", False) == (contract["state"], contract["active"])

    async def test_of_a_completed_order_is_an_administrators(self, campus: Campus) -> None:
        """And closes the learner's courses."""
        learner = campus.learner()
        made = await learner.order(await campus.offer(price="0.00", is_signed=False))

        own = await learner.ask("POST", f"/orders/{made['id']}/cancel")
        path = f"{ADMIN}/orders/{made['id']}/cancel"
        admins = await campus.site.ask("POST", path, json={"reason": "a mistake"})

        [enrollment] = (await learner.ask("GET", "/enrollments")).body["items"]
        assert (409, "order_completed") == (own.status, own.body["code"])
        assert (200, "canceled") == (admins.status, admins.body["state"])
        assert "closed" == enrollment["state"]
        assert enrollment["closed_on"] is not None

    async def test_of_the_contract_is_that_of_the_order(self, campus: Campus) -> None:
        """By whichever door."""
        learner = campus.learner()
        made = await learner.order(await campus.offer())
        path = f"/api/v1/contracts/{made['id']}/cancel"

        said = await campus.site.ask("POST", path, json={"reason": "a mistake"})

        assert 200 == said.status
        assert "canceled" == (await learner.ask("GET", f"/orders/{made['id']}")).body["state"]


class TestTheContract:
    async def test_is_made_with_an_order_or_not_at_all(self, campus: Campus) -> None:
        """One alone could never be signed or paid."""
        body = {"name": "alone", "backend": "orders"}

        said = await campus.site.ask("POST", "/api/v1/contracts", json=body)

        assert (409, "backend_refused") == (said.status, said.body["code"])

    async def test_tells_the_orders_story(self, campus: Campus) -> None:
        """Its timeline has every move."""
        learner = campus.learner()
        made = await learner.order(await campus.offer())
        await learner.ask("POST", f"/orders/{made['id']}/cancel")

        told = (await campus.site.ask("GET", f"/api/v1/contracts/{made['id']}/timeline")).body

        moves = [
            one["what"]
            for one in told["items"]
            if one["kind"] == "transition" and one["details"]["of"] == "orders"
        ]
        assert ["assign", "need_signature", "cancel"] == moves
        assert learner.username not in str(told)


class TestEvents:
    async def test_tell_of_each_thing_once(self, campus: Campus) -> None:
        """An order that is made, what it opens and closes, and its end."""
        body = {"url": "https://campus.example/hook"}
        await campus.site.ask("POST", "/api/v1/webhooks/endpoints", json=body)
        learner = campus.learner()
        made = await learner.order(await campus.offer(price="0.00", is_signed=False))
        path = f"{ADMIN}/orders/{made['id']}/cancel"
        for _ in range(2):
            await campus.site.ask("POST", path, json={"reason": "a mistake"})

        database, columns = campus.site.runtime.database, "subject_id, type, body"
        rows = [
            (type_, json.loads(body)["data"])
            for subject, type_, body in await rows_of(database, "webhook_events", columns)
            if subject == UUID(made["id"])
        ]

        assert {
            "enrollment.opened": 1,
            "order.created": 1,
            "enrollment.closed": 1,
            "order.changed": 1,
        } == Counter(type_ for type_, _ in rows)
        changed = next(data for type_, data in rows if type_ == "order.changed")
        assert ("canceled", "completed", learner.username) == (
            changed["state"],
            changed["previous_state"],
            changed["owner"],
        )


class TestAddresses:
    async def test_are_read_strictly(self, campus: Campus) -> None:
        """What is missing of one is named."""
        offer = await campus.offer()
        address = {name: value for name, value in ADDRESS.items() if name != "city"}

        said = await campus.learner().ask(
            "POST", "/orders", json=offer.body(billing_address=address | {"country": "France"})
        )

        assert {"billing_address.city", "billing_address.country"} == {
            one["path"] for one in said.body["errors"]
        }
