"""What administrators keep: courses, organizations, texts, products and offerings."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tests.orders.campus import ADMIN, Campus
from tests.web.conftest import Answer
from tramita.kit.bounds import Bounds
from tramita.kit.database.records import delete_row
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import InvalidError
from tramita.kit.identifiers import new_id
from tramita.orders.catalog import (
    change_definition,
    change_offering,
    change_organization,
    change_product,
    create_coded,
    create_definition,
    create_offering,
)
from tramita.orders.model import Course, Organization
from tramita.payments.sellers import Seller

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRICE = {"amount": "100.00", "currency": "EUR"}
DEAREST = {"amount": "9" * 15 + ".99", "currency": "EUR"}
MEMBER = {"username": "olga", "full_name": "Olga Owner", "email": "o@x.example", "role": "owner"}


async def ask(campus: Campus, method: str, path: str, **body: Any) -> Answer:
    return await campus.site.ask(method, ADMIN + path, json=body or None)


class TestEverythingOffered:
    @pytest.mark.parametrize(
        ("path", "body", "change"),
        [
            ("courses", {"code": "botany", "title": "Botany"}, {"starts_on": "2030-01-01"}),
            (
                "organizations",
                {"code": "uni", "title": "University", "seller": {"name": "University SA"}},
                {"country": "FR"},
            ),
            ("contract-definitions", {"title": "Agreement", "body": "# A"}, {"language": "fr"}),
            ("products", {"type": "credential", "title": "P", "price": PRICE}, {"price": DEAREST}),
        ],
    )
    async def test_is_made_changed_listed_and_deleted(
        self, campus: Campus, path: str, body: dict[str, Any], change: dict[str, Any]
    ) -> None:
        """As long as nothing refers to it."""
        made = await campus.make(f"/{path}", **body)
        one = f"/{path}/{made['id']}"

        changed = await ask(campus, "PATCH", one, **change)
        shown = await ask(campus, "GET", one)
        listed = await ask(campus, "GET", f"/{path}?limit=1")
        gone = [(await ask(campus, method, one)).status for method in ("DELETE", "GET", "DELETE")]

        assert made | change == changed.body == shown.body
        assert [changed.body] == listed.body["items"]
        assert [204, 404, 404] == gone

    async def test_is_sold_in_hundredths(self, campus: Campus) -> None:
        """A processor would take a hundred times as much of what has none."""
        body = {
            "type": "credential",
            "title": "P",
            "price": {"amount": "900.00", "currency": "XPF"},
        }
        made = await campus.make("/products", **{**body, "price": PRICE})

        said = [
            await ask(campus, "POST", "/products", **body),
            await ask(campus, "PATCH", f"/products/{made['id']}", price=body["price"]),
        ]

        assert [(422, "without_hundredths")] * 2 == [
            (one.status, one.body["errors"][0]["code"]) for one in said
        ]

    async def test_stays_while_something_refers_to_it(self, campus: Campus) -> None:
        """An offering with an order, and everything that it is made of."""
        offer = await campus.offer()
        await campus.learner().order(offer)
        paths = (
            f"/offerings/{offer.offering['id']}",
            f"/courses/{offer.course['id']}",
            f"/products/{offer.product['id']}",
            f"/organizations/{offer.organizations[0]['id']}",
            f"/contract-definitions/{offer.product['contract_definition']}",
        )

        said = [await ask(campus, "DELETE", path) for path in paths]

        assert [(409, "still_in_use")] * 5 == [(one.status, one.body["code"]) for one in said]

    @pytest.mark.parametrize("path", ["courses", "organizations"])
    async def test_has_a_code_of_its_own(self, campus: Campus, path: str) -> None:
        """A second one of the same code is refused."""
        body = {"code": f"twice-{path}", "title": "T"}
        await campus.make(f"/{path}", **body)

        said = await ask(campus, "POST", f"/{path}", **body)

        assert (409, "code_taken") == (said.status, said.body["code"])


class TestACourse:
    async def test_ends_after_it_starts(self, campus: Campus) -> None:
        """When it is made, and when it is changed."""
        course = await campus.course()
        bad = {"starts_on": "2030-02-01", "ends_on": "2030-01-01"}

        made = await ask(campus, "POST", "/courses", code="x", title="X", **bad)
        changed = await ask(campus, "PATCH", f"/courses/{course['id']}", ends_on="2030-01-01")

        assert [(422, "ends_on")] * 2 == [
            (one.status, one.body["errors"][0]["path"]) for one in (made, changed)
        ]
        shown = await ask(campus, "GET", f"/courses/{course['id']}")
        assert course == shown.body


class TestAnOrganization:
    async def test_keeps_its_seller_when_its_title_changes_at_that_moment(
        self, campus: Campus
    ) -> None:
        """Who has waited goes by the seller that is there now, and names none after the title."""
        made = await campus.organization()
        id_, database = UUID(made["id"]), campus.site.runtime.database
        async with database.unit_of_work() as work:
            seller = Seller("University SA", registration_number="SIRET 123 456 789 00012")
            await change_organization(work, id_, {}, seller)
            retitling = asyncio.create_task(
                ask(campus, "PATCH", f"/organizations/{id_}", title="College")
            )
            await until_waiting(database)

        changed = (await retitling).body

        assert ("College", "University SA") == (changed["title"], changed["seller"]["name"])


class TestAText:
    async def test_has_one_version_of_a_wording_that_comes_twice_at_once(
        self, campus: Campus
    ) -> None:
        """The second has waited for the first, and finds nothing to change."""
        made = await campus.definition()
        id_, database = UUID(made["id"]), campus.site.runtime.database
        async with database.unit_of_work() as work:
            await change_definition(work, id_, {}, "# Other")
            again = asyncio.create_task(
                ask(campus, "PATCH", f"/contract-definitions/{id_}", body="# Other")
            )
            await until_waiting(database)

        assert 2 == (await again).body["version"]

    async def test_has_a_version_for_each_wording(self, campus: Campus) -> None:
        """The same words again are no new version."""
        made = await campus.definition()
        path = f"/contract-definitions/{made['id']}"

        said = [
            (await ask(campus, "PATCH", path, body=body)).body
            for body in ("# Other", "# Other", "# Third")
        ]

        assert [1, 2, 2, 3] == [one["version"] for one in (made, *said)]
        assert "# Third" == said[-1]["body"]

    async def test_names_only_what_can_be_filled_in(self, campus: Campus) -> None:
        """Else a learner would sign a placeholder."""
        body = "{{ learner.full_name }} and {{ learner.shoe_size }}"

        said = await ask(campus, "POST", "/contract-definitions", title="T", body=body)

        [error] = said.body["errors"]
        assert ("body", "unknown_placeholder") == (error["path"], error["code"])
        assert "learner.shoe_size" in error["message"]


class TestAProduct:
    @pytest.mark.parametrize(
        ("change", "path", "code"),
        [
            ({"contract_definition": str(new_id())}, "contract_definition", "unknown"),
            ({"target_courses": [str(new_id())]}, "target_courses", "unknown"),
            ({"price": {"amount": "-1.00", "currency": "EUR"}}, "price.amount", "invalid"),
            ({"type": "car"}, "type", "invalid"),
        ],
    )
    async def test_is_made_of_what_there_is(
        self, campus: Campus, change: dict[str, Any], path: str, code: str
    ) -> None:
        """What is wrong is named."""
        body = {"type": "credential", "title": "P", "price": PRICE} | change

        said = await ask(campus, "POST", "/products", **body)

        assert 422 == said.status
        assert [(path, code)] == [(one["path"], one["code"]) for one in said.body["errors"]]

    async def test_is_not_made_of_what_is_being_deleted(self, campus: Campus) -> None:
        """Whoever names it then waits, and is told that it is not there."""
        course, database = await campus.course(), campus.site.runtime.database
        body = {
            "type": "credential",
            "title": "P",
            "price": PRICE,
            "target_courses": [course["id"]],
        }
        async with database.unit_of_work() as work:
            await delete_row(work, Course, UUID(course["id"]))
            making = asyncio.create_task(ask(campus, "POST", "/products", **body))
            await until_waiting(database)

        said = await making

        assert 422 == said.status
        assert [("target_courses", "unknown")] == [
            (one["path"], one["code"]) for one in said.body["errors"]
        ]

    async def test_opens_each_course_once(self, campus: Campus) -> None:
        """And in the order given."""
        first, second = (await campus.course())["id"], (await campus.course())["id"]
        body = {"type": "credential", "title": "P", "price": PRICE}

        twice = await ask(campus, "POST", "/products", **body, target_courses=[first, first])
        made = await campus.make("/products", **body, target_courses=[second, first])

        assert "named_twice" == twice.body["errors"][0]["code"]
        assert [second, first] == made["target_courses"]


class TestAnOffering:
    async def test_is_there_once(self, campus: Campus) -> None:
        """Of one product for one course."""
        offer = await campus.offer()
        body = {"course": offer.course["id"], "product": offer.product["id"], "organizations": []}

        said = await ask(campus, "POST", "/offerings", **body)

        assert (409, "offering_taken") == (said.status, said.body["code"])

    async def test_may_change_hands(self, campus: Campus) -> None:
        """Orders made stay where they are."""
        offer, learner = await campus.offer(), campus.learner()
        order = await learner.order(offer)
        other = (await campus.organization())["id"]

        path = f"/offerings/{offer.offering['id']}"
        changed = await ask(campus, "PATCH", path, organizations=[other])

        assert [other] == changed.body["organizations"]
        kept = (await learner.ask("GET", f"/orders/{order['id']}")).body["organization"]
        assert order["organization"] == kept


class TestWhatIsATenants:
    @pytest.mark.parametrize(
        "field", ["target_courses", "contract_definition", "organizations", "course"]
    )
    async def test_is_tied_to_nothing_of_another(self, campus: Campus, field: str) -> None:
        """Also by somebody who sees what belongs to every tenant, as people of the house do."""
        offer, database = await campus.offer(), campus.site.runtime.database
        product, offering = UUID(offer.product["id"]), UUID(offer.offering["id"])
        async with database.within(Bounds("elsewhere")).unit_of_work() as work:
            named = {"code": f"foreign-{field}", "title": "Foreign"}
            course = (await create_coded(work, Course, named)).id
            organization = (await create_coded(work, Organization, named)).id
            text = {"title": "Foreign", "description": "", "language": "en"}
            definition = (await create_definition(work, text, "# Foreign")).id

        async def tie(work: UnitOfWork) -> None:
            match field:
                case "target_courses":
                    await change_product(work, product, {}, [course])
                case "contract_definition":
                    await change_product(
                        work, product, {"contract_definition_id": definition}, None
                    )
                case "organizations":
                    await change_offering(work, offering, {}, [organization])
                case "course":
                    tied = {"course_id": course, "product_id": product, "is_open": True}
                    await create_offering(work, tied, [])

        with pytest.raises(InvalidError) as refused:
            async with database.unit_of_work() as work:
                await tie(work)

        assert [(field, "unknown")] == [(one.path, one.code) for one in refused.value.errors]


class TestMembers:
    async def test_come_and_go(self, campus: Campus) -> None:
        """Each once, owners first; whoever is none of it cannot go."""
        organization, other = await campus.organization(), await campus.organization()
        path = f"/organizations/{organization['id']}/members"
        member = await campus.make(path, **MEMBER | {"username": "max", "role": "member"})
        owner = await campus.make(path, **MEMBER)

        again = await ask(campus, "POST", path, **MEMBER)
        listed = await ask(campus, "GET", path)
        elsewhere = f"/organizations/{other['id']}/members/{owner['id']}"
        gone = [
            (await ask(campus, "DELETE", one)).status
            for one in (elsewhere, f"{path}/{owner['id']}", f"{path}/{owner['id']}")
        ]

        assert (409, "member_taken") == (again.status, again.body["code"])
        assert [owner, member] == listed.body["items"]
        assert [404, 204, 404] == gone
