"""Who may do what with an order, and with an organization's contracts."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.jwts import bearing
from tests.orders.campus import ADMIN, Campus, Learner
from tests.web.conftest import Site
from tramita.kit.identifiers import new_id
from tramita.orders.model import Role
from tramita.orders.organizations import MAY, Action
from tramita.web.app import make_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORGANIZATION = "/api/v1/organizations/{organization_id:uuid}"
ORDER = f"{ORGANIZATION}/orders/{{order_id:uuid}}"
# By route, what opens it for a member of the order's organization, and what is said to them:
# there is nothing to sign, and no such invoice.
OF_MEMBERS = {
    f"{ORGANIZATION}/contracts": (Action.SEE_CONTRACTS, 200),
    f"{ORGANIZATION}/contracts-signature-link": (Action.SIGN, 409),
    f"{ORDER}/invoices": (Action.SEE_INVOICES, 200),
    f"{ORDER}/invoice": (Action.SEE_INVOICES, 404),
}
# What a route asks for in its query.
QUERIES = {"invoice": "?reference=none"}
BODIES: dict[str, Any] = {
    "payment-method": {"credit_card_id": str(new_id())},
    "submit-installment-payment": {},
}


def of_orders() -> list[tuple[str, str]]:
    """Method and path of every route of the platform's users that names an order or organization."""
    return sorted(
        (method, route.path)
        for route in make_app().routes
        for handler in getattr(route, "route_handlers", ())
        if "jwt" in handler.opt and ("order_id:" in route.path or "organization_id:" in route.path)
        for method in handler.http_methods
    )


async def said_to(site: Site, headers: dict[str, str], method: str, path: str) -> int:
    last = path.rpartition("/")[2]
    path, body = path + QUERIES.get(last, ""), BODIES.get(last)
    sent = {"json": body} if body is not None else {}
    said = await site.ask(method, path, authenticated=False, headers=headers, **sent)
    return said.status


class TestEveryRouteOfLearners:
    @pytest.mark.parametrize(("method", "route"), of_orders())
    async def test_is_closed_to_whoever_it_does_not_concern(
        self, campus: Campus, method: str, route: str
    ) -> None:
        """404 for another learner, 401 for whoever brings no token of the platform's."""
        made = await campus.learner().order(await campus.offer())
        path = route.replace("{order_id:uuid}", made["id"])
        path = path.replace("{organization_id:uuid}", made["organization"]["id"])

        stranger = await said_to(campus.site, bearing("stranger"), method, path)
        nobody = await said_to(campus.site, {}, method, path)
        system = await said_to(campus.site, campus.site.headers, method, path)

        assert (404, 401, 401) == (stranger, nobody, system)

    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("route", OF_MEMBERS)
    async def test_opens_to_members_by_their_role(
        self, campus: Campus, role: Role, route: str
    ) -> None:
        """As the table has it; a member of another organization is a stranger."""
        offer = await campus.offer()
        made = await campus.learner().order(offer)
        own, other = offer.organizations[0], await campus.organization()
        member: Learner = campus.learner()
        person = {"full_name": "Max Member", "email": "max@example.com", "role": role.value}
        await campus.make(f"/organizations/{own['id']}/members", username=member.username, **person)
        path = route.replace("{order_id:uuid}", made["id"])

        of_own, of_other = [
            await said_to(
                campus.site,
                bearing(member.username),
                "GET",
                path.replace("{organization_id:uuid}", one["id"]),
            )
            for one in (own, other)
        ]

        action, good = OF_MEMBERS[route]
        assert (good if role in MAY[action] else 403, 404) == (of_own, of_other)

    async def test_lists_an_organizations_contracts(self, campus: Campus) -> None:
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
