"""What admins keep of what is offered, in the console."""

from typing import Any
from uuid import uuid4

import pytest

from tests.console.test_operations import statements_of
from tests.console.visitor import Seen, Visitor
from tests.orders.campus import Campus
from tests.orders.standing import order_of
from tests.web.conftest import Site
from tramita.kit.jwt_users import JWTSettings
from tramita.kit.tenants import create_tenant
from tramita.orders.console import catalogue

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/console/catalogue"
COURSE = {"code": "x", "title": "Moss", "starts_on": "2030-03-01", "ends_on": "2030-09-01"}


async def keep(admin: Visitor, path: str, **form: Any) -> Seen:
    """Fill in the form of a page and send it; answers what is seen then."""
    page = await admin.get(f"{PAGE}/{path}")
    sent = {"csrf_token": page.csrf_token, "press": "save"} | form
    answer = await admin.post(f"{PAGE}/{path}", sent)
    return await admin.get(answer.location) if answer.status == 303 else answer


async def kept(campus: Campus, what: str) -> list[dict[str, Any]]:
    """What the API has of it."""
    return list((await campus.site.ask("GET", f"/api/v1/admin/{what}")).body["items"])


async def acts_on(campus: Campus, row_id: str) -> list[str]:
    """What people of the house did to it."""
    rows = await campus.site.runtime.database.fetch(
        "SELECT action FROM audit WHERE subject_id = $1 AND starts_with(actor, 'user:') ORDER BY id",
        row_id,
    )
    return [row["action"] for row in rows]


class TestACourse:
    async def test_is_added_and_changed(self, campus: Campus, admin: Visitor) -> None:
        """As the API would have it; the code stays."""
        code = f"moss-{uuid4().hex[:6]}"
        added = await keep(admin, "courses/new", **COURSE | {"code": code})
        [course] = [one for one in await kept(campus, "courses") if one["code"] == code]
        changed = await keep(
            admin, f"courses/{course['id']}", title="Mosses", starts_on="", ends_on=""
        )

        [after] = [one for one in await kept(campus, "courses") if one["code"] == code]
        assert "It is kept." in added.text
        assert "It is kept." in changed.text
        assert ("Mosses", None, None) == (after["title"], after["starts_on"], after["ends_on"])
        assert ["catalogue.added", "catalogue.changed"] == await acts_on(campus, course["id"])

    async def test_belongs_to_the_platform_whose_learners_order_it(
        self, site: Site, admin: Visitor
    ) -> None:
        """Not to the house, where these would never find it."""
        code, before = f"moss-{uuid4().hex[:6]}", site.runtime.configured(JWTSettings)
        async with site.runtime.database.unit_of_work() as work:
            await create_tenant(work, "campus", "The campus")
        site.runtime.configure(JWTSettings(tenant="campus"))
        try:
            await keep(admin, "courses/new", **COURSE | {"code": code})
        finally:
            site.runtime.configure(before)

        rows = await site.runtime.database.fetch("SELECT tenant FROM courses WHERE code = $1", code)
        assert ["campus"] == [row["tenant"] for row in rows]

    async def test_that_is_wrong_is_told_at_its_fields(self, admin: Visitor) -> None:
        """All of them at once, and what was typed stays."""
        wrong = await keep(admin, "courses/new", **COURSE | {"code": "", "starts_on": "soon"})
        backwards = await keep(
            admin, "courses/new", **COURSE | {"code": "back", "ends_on": "2029-01-01"}
        )

        assert 422 == wrong.status
        assert 'id="code-wrong"' in wrong.source
        assert 'id="starts_on-wrong"' in wrong.source
        assert 'value="Moss"' in wrong.source
        assert "A course ends after it starts." in backwards.text
        assert 'value="2029-01-01"' in backwards.source

    async def test_keeps_its_code_on_the_page_that_says_what_is_wrong(
        self, campus: Campus, admin: Visitor
    ) -> None:
        """Though the form does not send what never changes."""
        course = await campus.course()

        wrong = await keep(admin, f"courses/{course['id']}", title="", starts_on="", ends_on="")

        assert 422 == wrong.status
        assert f'value="{course["code"]}"' in wrong.source

    async def test_of_a_code_that_is_taken_is_none(self, campus: Campus, admin: Visitor) -> None:
        """The sentence is the API's."""
        course = await campus.course()

        refused = await keep(admin, "courses/new", **COURSE | {"code": course["code"]})

        assert 422 == refused.status
        assert "There is already a course with code" in refused.text

    async def test_that_is_in_use_stays(self, campus: Campus, admin: Visitor) -> None:
        """One that nothing refers to goes, once somebody has said so twice."""
        used, unused = (await campus.offer()).course, await campus.course()

        refused = await keep(admin, f"courses/{used['id']}", press="delete", confirmed="yes")
        asked = await keep(admin, f"courses/{unused['id']}", press="delete")
        before = {one["id"] for one in await kept(campus, "courses")}
        await keep(admin, f"courses/{unused['id']}", press="delete", confirmed="yes")

        ids = {one["id"] for one in await kept(campus, "courses")}
        assert "is still in use" in refused.text
        assert f"Delete this? Course Botany Code {unused['code']}" in asked.text
        assert unused["id"] in before
        assert used["id"] in ids
        assert unused["id"] not in ids
        assert ["catalogue.deleted"] == await acts_on(campus, unused["id"])
        assert [] == await acts_on(campus, used["id"])


class TestAProductAndItsOffering:
    async def test_are_made_out_of_what_there_is(self, campus: Campus, admin: Visitor) -> None:
        """Price, contract, courses; then who sells it for which course, until it is closed."""
        course, contract = await campus.course(), await campus.definition()
        seller, title = await campus.organization(), f"Product {uuid4().hex[:6]}"
        await keep(
            admin,
            "products/new",
            type="credential",
            title=title,
            price="150.00",
            price_currency="EUR",
            vat_rate="20.00",
            contract_definition=contract["id"],
            target_courses=course["id"],
            is_one_sitting="yes",
        )
        [product] = [one for one in await kept(campus, "products") if one["title"] == title]
        await keep(
            admin,
            "offerings/new",
            product=product["id"],
            course=course["id"],
            organizations=seller["id"],
            is_open="yes",
        )
        [offering] = [
            one for one in await kept(campus, "offerings") if one["product"] == product["id"]
        ]
        closed = await keep(admin, f"offerings/{offering['id']}", organizations=seller["id"])

        assert {"amount": "150.00", "currency": "EUR"} == product["price"]
        assert ([course["id"]], True) == (product["target_courses"], product["is_one_sitting"])
        assert ([seller["id"]], True) == (offering["organizations"], offering["is_open"])
        assert "It is kept." in closed.text
        listed = await admin.get(f"{PAGE}/offerings")
        assert f"{title} For the course: Botany Sold by: University May be ordered: no" in (
            listed.text
        )

    async def test_keeps_what_is_too_old_to_be_offered_for_choice(
        self, campus: Campus, admin: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its form shows its own contract and courses, however many are newer."""
        offer = await campus.offer()
        contract, course = offer.product["contract_definition"], offer.product["target_courses"][0]
        await campus.definition(), await campus.course()
        monkeypatch.setattr(catalogue, "_CHOICES", 1)

        page = await admin.get(f"{PAGE}/products/{offer.product['id']}")
        offering = await admin.get(f"{PAGE}/offerings/{offer.offering['id']}")

        assert f'value="{contract}" selected' in page.source
        assert f'value="{course}" checked' in page.source
        assert f'value="{offer.course["id"]}" selected' in offering.source

    async def test_of_a_price_that_is_none_is_told_at_the_price(self, admin: Visitor) -> None:
        """As it was typed."""
        wrong = await keep(
            admin,
            "products/new",
            type="credential",
            title="Moss",
            price="a lot",
            price_currency="E",
        )

        assert 'id="price-wrong"' in wrong.source
        assert 'value="a lot"' in wrong.source


class TestAnOrganization:
    async def test_has_people_who_act_for_it(self, campus: Campus, admin: Visitor) -> None:
        """Added with their role, told what is wrong at their fields, removed again."""
        made = await campus.organization()
        path = f"organizations/{made['id']}"
        member = {"username": "olga", "full_name": "Olga Owner", "email": "olga@univ.example"}
        member |= {"language": "fr", "role": "owner", "press": "add_member"}

        wrong = await keep(admin, path, **member | {"email": "nowhere"})
        added = await keep(admin, path, **member)
        twice = await keep(admin, path, **member)
        listed = (await campus.site.ask("GET", f"/api/v1/admin/{path}/members")).body["items"]
        removed = await keep(admin, path, press=f"remove:{listed[0]['id']}")

        assert 'id="member_email-wrong"' in wrong.source
        assert 'value="Olga Owner"' in wrong.source
        assert "Olga Owner Owner o••• · o•••@univ.example" in added.text
        assert "is a member of this organization already" in twice.text
        assert [("olga", "owner")] == [(one["username"], one["role"]) for one in listed]
        assert "Nobody yet." in removed.text
        said = ["catalogue.member_added", "catalogue.member_removed"]
        assert said == await acts_on(campus, made["id"])

    async def test_says_who_it_is_on_invoices(self, campus: Campus, admin: Visitor) -> None:
        """As the law wants it; what is wrong is told at its field, and without any its title counts."""
        made = await campus.organization()
        path, form = f"organizations/{made['id']}", {"title": "University", "country": "FR"}
        legal = {"seller.name": "University SA", "seller.city": "Lyon"}

        wrong = await keep(admin, path, **form, **legal, **{"seller.vat_number": "none"})
        nameless = await keep(admin, path, **form, **{"seller.city": "Lyon"})
        told = await keep(admin, path, **form, **legal)
        named = (await campus.site.ask("GET", f"/api/v1/admin/{path}")).body["seller"]
        await keep(admin, path, **form)
        plain = (await campus.site.ask("GET", f"/api/v1/admin/{path}")).body["seller"]

        assert 'id="seller.vat_number-wrong"' in wrong.source
        assert 'value="Lyon"' in wrong.source
        assert 422 == nameless.status
        assert 'value="University SA"' in told.source
        assert {"name": "University SA", "city": "Lyon"} == named
        assert {"name": "University", "country": "FR"} == plain


class TestAContract:
    async def test_becomes_a_version_more_and_orders_keep_theirs(
        self, campus: Campus, admin: Visitor
    ) -> None:
        """With placeholders filled in before anybody signs it."""
        one = await order_of(campus)
        definition = one.order["contract"]["definition"]["id"]
        form = {"title": "Agreement", "description": "", "language": "en"}

        changed = await keep(
            admin, f"contracts/{definition}", **form, body="# For {{ learner.full_name }}"
        )
        order = await admin.get(f"/console/orders/{one.id}")

        [after] = [
            one for one in await kept(campus, "contract-definitions") if one["id"] == definition
        ]
        assert 2 == after["version"]
        assert "# For Ana Learner" in changed.text
        assert "Agreement, version 1" in order.text

    async def test_of_unknown_names_is_told_at_its_text(self, admin: Visitor) -> None:
        """With the names that there are."""
        wrong = await keep(
            admin, "contracts/new", title="A", description="", language="en", body="{{ nobody }}"
        )

        assert "Nothing is called nobody. There are: contract.version" in wrong.text
        assert "{{ nobody }}</textarea>" in wrong.source

    @pytest.mark.parametrize("language", ["", "fr", "pt-BR", "x"])
    async def test_is_seen_as_a_pdf_before_it_is_kept(self, admin: Visitor, language: str) -> None:
        """What is typed, filled in, also before it has a language that there is."""
        page = await admin.get(f"{PAGE}/contracts/new")
        form = {"csrf_token": page.csrf_token, "title": "A", "body": "# {{ course.title }}"}
        form["language"] = language

        async with admin.session.post(f"{PAGE}/contracts/preview", data=form) as answer:
            made = await answer.read()

        assert (200, b"%PDF") == (answer.status, made[:4])


class TestWhoMay:
    @pytest.mark.parametrize("who", ["viewer", "ana"])
    async def test_look_and_not_change(
        self, campus: Campus, viewer: Visitor, ana: Visitor, who: str
    ) -> None:
        """Viewers and operators see what admins keep."""
        visitor = {"viewer": viewer, "ana": ana}[who]
        course = await campus.course(title="Ferns")
        page = await visitor.get(f"{PAGE}/courses/{course['id']}")

        refused = await visitor.post(
            f"{PAGE}/courses/{course['id']}", {"csrf_token": page.csrf_token, "press": "delete"}
        )

        assert 200 == page.status
        assert "<fieldset disabled>" in page.source
        assert 'value="delete"' not in page.source
        assert 403 == refused.status
        assert 403 == (await visitor.get(f"{PAGE}/courses/new")).status

    async def test_change_by_our_own_form_only(self, campus: Campus, admin: Visitor) -> None:
        """Without its token nothing is done."""
        course = await campus.course()

        refused = await admin.post(f"{PAGE}/courses/{course['id']}", {"press": "delete"})

        assert 403 == refused.status


class TestLists:
    @pytest.mark.parametrize(
        "shelf", ["courses", "products", "offerings", "organizations", "contracts"]
    )
    async def test_cost_the_same_however_many(
        self, site: Site, campus: Campus, admin: Visitor, shelf: str
    ) -> None:
        """A constant number of statements."""
        await campus.offer()
        few = await statements_of(site, admin, f"{PAGE}/{shelf}")
        for _ in range(3):
            await campus.offer()

        assert few == await statements_of(site, admin, f"{PAGE}/{shelf}") <= 10

    async def test_of_what_there_is_not_are_no_pages(self, admin: Visitor) -> None:
        """Neither a kind nor a thing."""
        for path in ("nonsense", f"courses/{uuid4()}"):
            assert 404 == (await admin.get(f"{PAGE}/{path}")).status
