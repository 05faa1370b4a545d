"""A learning platform for tests: what it offers, and its learners, over HTTP."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.jwts import bearing
from tests.web.conftest import Answer, Site
from tramita.kit.identifiers import new_id
from tramita.payments.accounts import find_payer
from tramita.payments.cards import list_cards, save_card
from tramita.payments.ports import SavedCard

ADDRESS = {
    "first_name": "Ana",
    "last_name": "Learner",
    "address": "1 rue des Écoles",
    "postcode": "75005",
    "city": "Paris",
    "country": "FR",
}
ADMIN = "/api/v1/admin"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Offer:
    """What may be ordered; ids are as the API gave them."""

    course: dict[str, Any]
    product: dict[str, Any]
    organizations: list[dict[str, Any]]
    offering: dict[str, Any]

    def body(self, **more: Any) -> dict[str, Any]:
        """An order of it."""
        return {
            "product_id": self.product["id"],
            "course_code": self.course["code"],
            "billing_address": ADDRESS,
        } | more


@dataclass(frozen=True)
class Learner:
    """Somebody with the platform's token."""

    site: Site
    username: str
    claims: dict[str, Any] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request of theirs."""
        headers = bearing(self.username, **self.claims) | request.pop("headers", {})
        url = f"/api/v1{path}"
        return await self.site.ask(method, url, authenticated=False, headers=headers, **request)

    async def order(self, offer: Offer, **more: Any) -> dict[str, Any]:
        """Order what is offered; answers the order."""
        said = await self.ask("POST", "/orders", json=offer.body(**more))
        assert 201 == said.status, said
        made: dict[str, Any] = said.body
        return made


@dataclass(frozen=True)
class Campus:
    """The platform's administrator, who makes what learners find."""

    site: Site

    def learner(self, **claims: Any) -> Learner:
        """Somebody who was never here."""
        return Learner(self.site, f"learner-{next(_numbers)}", claims)

    async def make(self, path: str, **body: Any) -> dict[str, Any]:
        """Make something; answers it."""
        said = await self.site.ask("POST", ADMIN + path, json=body)
        assert 201 == said.status, said
        made: dict[str, Any] = said.body
        return made

    async def course(self, **more: Any) -> dict[str, Any]:
        """A course that runs in summer."""
        dates = {"starts_on": "2030-03-01", "ends_on": "2030-09-01"}
        code = f"course-{next(_numbers)}"
        return await self.make("/courses", **({"code": code, "title": "Botany"} | dates | more))

    async def organization(self, **more: Any) -> dict[str, Any]:
        """An organization."""
        code = f"organization-{next(_numbers)}"
        return await self.make("/organizations", **({"code": code, "title": "University"} | more))

    async def definition(self, **more: Any) -> dict[str, Any]:
        """A text to sign."""
        given = {"title": "Training agreement", "body": "# Agreement"} | more
        return await self.make("/contract-definitions", **given)

    async def offer(
        self,
        *,
        price: str = "100.00",
        is_signed: bool = True,
        organizations: int = 1,
        course: dict[str, Any] | None = None,
        **product: Any,
    ) -> Offer:
        """Something to order: by contract, and not for nothing, unless said otherwise."""
        course = course or await self.course()
        definition = (await self.definition())["id"] if is_signed else None
        given = {
            "type": "credential",
            "title": "Botany for all",
            "price": {"amount": price, "currency": "EUR"},
            "contract_definition": definition,
            "target_courses": [course["id"]],
        }
        made = await self.make("/products", **(given | product))
        offerers = [await self.organization() for _ in range(organizations)]
        offering = await self.make(
            "/offerings",
            course=course["id"],
            product=made["id"],
            organizations=[one["id"] for one in offerers],
        )
        return Offer(course, made, offerers, offering)


async def save_any_card(site: Site, username: str) -> str:
    """Have a card be somebody's; answers its id."""
    async with site.runtime.database.unit_of_work() as work:
        payer = await find_payer(work, "house", username, email="somebody@example.com")
        card = SavedCard(new_id().hex, "visa", 12, 2099, "0014", "consent")
        await save_card(work, "lyra", payer, card)
        [saved] = await list_cards(work, payer, "lyra")
    return str(saved.id)
