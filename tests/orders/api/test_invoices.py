"""Invoices over HTTP: for the learner, the organization and the platform, and nobody else."""

from typing import Any

import pytest

from tests.jwts import bearing
from tests.orders.campus import ADMIN, Campus, Learner, Offer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def member_of(campus: Campus, offer: Offer, role: str) -> Learner:
    learner = campus.learner()
    [organization] = offer.organizations
    body = {"username": learner.username, "full_name": "O", "email": "o@o.example", "role": role}
    await campus.make(f"/organizations/{organization['id']}/members", **body)
    return learner


class TestTheMainInvoice:
    async def test_is_one_file_for_whoever_may_see_the_order(self, campus: Campus) -> None:
        """The learner, an administrator of the organization and one of the platform."""
        offer = await campus.offer()
        learner = campus.learner(language="fr-fr")
        order = await learner.order(offer)
        member = await member_of(campus, offer, "administrator")
        of_order = f"/orders/{order['id']}"
        doors = {
            f"/api/v1{of_order}": bearing(learner.username),
            f"{ADMIN}{of_order}": campus.site.headers,
            f"/api/v1/organizations/{order['organization']['id']}{of_order}": bearing(
                member.username
            ),
        }

        listed = (await learner.ask("GET", f"{of_order}/invoices")).body["items"]
        reference = listed[0]["reference"]
        answers = [
            await campus.site.ask(
                "GET", f"{door}/invoice?reference={reference}", authenticated=False, headers=headers
            )
            for door, headers in doors.items()
        ]

        assert [("main", 100.0, "EUR", None)] == [
            (one["kind"], one["total"], one["currency"], one["parent_reference"]) for one in listed
        ]
        assert order["main_invoice_reference"] == reference
        assert [200, 200, 200] == [one.status for one in answers]
        assert {"application/pdf"} == {one.headers["Content-Type"] for one in answers}
        [content] = {one.body for one in answers}
        assert content.startswith(b"%PDF-")

    @pytest.mark.parametrize("reference", ["", "none-2030-000001", "a b", "%00", "x" * 101])
    async def test_is_asked_for_by_a_reference_of_the_order(
        self, campus: Campus, reference: str
    ) -> None:
        """404 where there is none, 400 where it could be none."""
        learner = campus.learner()
        order = await learner.order(await campus.offer())

        said = await learner.ask("GET", f"/orders/{order['id']}/invoice?reference={reference}")

        assert (404 if reference.startswith("none") else 400) == said.status

    async def test_of_another_order_is_not_this_ones(self, campus: Campus) -> None:
        """Not even to the learner of both."""
        learner = campus.learner()
        one, other = [await learner.order(await campus.offer()) for _ in range(2)]
        reference = other["main_invoice_reference"]

        said = await learner.ask("GET", f"/orders/{one['id']}/invoice?reference={reference}")

        assert (404, "invoice_not_found") == (said.status, said.body["code"])

    async def test_of_another_organizations_order_is_not_shown_to_members(
        self, campus: Campus
    ) -> None:
        """Whoever they are in their own."""
        offer, order = await campus.offer(), await campus.learner().order(await campus.offer())
        owner = await member_of(campus, offer, "owner")

        said = await owner.ask(
            "GET", f"/organizations/{offer.organizations[0]['id']}/orders/{order['id']}/invoices"
        )

        assert (404, "order_not_found") == (said.status, said.body["code"])


class TestTheSeller:
    async def test_is_what_administrators_say(self, campus: Campus) -> None:
        """Until they do, the organization's title; and again when it is taken back."""
        made = await campus.organization(title="University", country="FR")
        path = f"{ADMIN}/organizations/{made['id']}"
        sellers: list[Any] = [made["seller"]]
        for change in (
            {"title": "University of Paris"},
            {"seller": {"name": "UP SAS", "vat_number": "FR32123456789"}},
            {"title": "Paris"},
            {"seller": None},
        ):
            said = await campus.site.ask("PATCH", path, json=change)
            assert 200 == said.status, said
            sellers.append(said.body["seller"])

        assert [
            {"name": "University", "country": "FR"},
            {"name": "University of Paris", "country": "FR"},
            {"name": "UP SAS", "vat_number": "FR32123456789"},
            {"name": "UP SAS", "vat_number": "FR32123456789"},
            {"name": "Paris", "country": "FR"},
        ] == sellers

    @pytest.mark.parametrize(
        "seller",
        [
            {},
            {"name": ""},
            {"name": "U", "vat_number": "32"},
            {"name": "U", "country": "France"},
            {"name": "U", "color": "red"},
            {"name": "\u202eU"},
        ],
    )
    async def test_is_read_strictly(self, campus: Campus, seller: dict[str, str]) -> None:
        """What could not stand on an invoice is refused."""
        body = {"code": "strict", "title": "University", "seller": seller}
        said = await campus.site.ask("POST", f"{ADMIN}/organizations", json=body)

        assert 422 == said.status


class TestVAT:
    @pytest.mark.parametrize("rate", ["20.00", "5.5", "0", "100", None])
    async def test_is_a_percentage_of_the_product(self, campus: Campus, rate: str | None) -> None:
        """Or there is none."""
        offer = await campus.offer(vat_rate=rate)

        shown = offer.product["vat_rate"]

        assert (None if rate is None else float(rate)) == (shown and float(shown))

    @pytest.mark.parametrize("rate", ["101", "-1", "20.001", "twenty", ""])
    async def test_is_none_that_could_not_be(self, campus: Campus, rate: str) -> None:
        """Below nothing, above all, or no number."""
        body = {"type": "credential", "title": "T", "vat_rate": rate}
        body |= {"price": {"amount": "1.00", "currency": "EUR"}}  # type: ignore[dict-item]  # JSON
        said = await campus.site.ask("POST", f"{ADMIN}/products", json=body)

        assert 422 == said.status
