"""A school whose courses are ordered, signed at Lex Persona and paid at Lyra, all over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from tests.orders.campus import ADMIN, Campus, Learner, Offer
from tests.web.conftest import Site
from tests.world import World, running_world, until
from tramita.kit.database.engine import Database
from tramita.orders.check import check_orders
from tramita.payments.check import check_payments
from tramita.payments.journey.debit_due import debit_due_installments
from tramita.payments.settings import PaymentSettings
from tramita.signatures.settings import SignatureSettings
from tramita.testing.control import VendorControl

# What takes minutes or hours elsewhere is a matter of moments here; any hour is right.
PAYING = PaymentSettings(ask_after=0.05, debit_grace=0.3, outage_wait=5.0, debit_hour=0)
SIGNING = SignatureSettings(
    ask_after=0.05,
    submit_grace=0.3,
    outage_wait=5.0,
    stale_seconds=0.0,
    # However long a busy machine takes to make a document.
    link_seconds=60.0,
)


@dataclass
class School:
    """The platform's administrator with everything around: workers, signing service, card processor."""

    world: World
    campus: Campus
    lyra: VendorControl
    lexpersona: VendorControl

    @classmethod
    def of_world(cls, world: World) -> Self:
        """A school in a world."""
        headers = {"Authorization": f"Bearer {world.token}"}
        campus = Campus(Site(world.url, world.runtime, world.api, headers))
        control = world.qitech.session
        return cls(world, campus, *(VendorControl(control, key) for key in ("lyra", "lexpersona")))

    async def offer(self, *, starts_in: int = -10, lasts: int = 300, **offered: Any) -> Offer:
        """Something to order that begins in so many days, and somebody who signs for the school."""
        [row] = await self.world.fetch("SELECT tramita_now()::date AS today")
        starts_on = row["today"] + timedelta(days=starts_in)
        course = await self.campus.course(
            starts_on=str(starts_on), ends_on=str(starts_on + timedelta(days=lasts))
        )
        offer = await self.campus.offer(course=course, **offered)
        for organization in offer.organizations:
            path = f"/organizations/{organization['id']}/members"
            await self.campus.make(
                path,
                username=f"owner-of-{organization['code']}",
                full_name="Olga Owner",
                email=f"owner@{organization['code']}.example",
                role="owner",
            )
        return offer

    async def sign(self, learner: Learner, order: dict[str, Any]) -> None:
        """The learner asks for the link, follows it and signs."""
        said = await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")
        assert 200 == said.status, said
        await self.press(said.body["invitation_link"], "sign")

    async def countersign(self, order: dict[str, Any]) -> None:
        """An owner of the organization asks for the link of what waits, and signs."""
        organization = order["organization"]
        owner = Learner(self.campus.site, f"owner-of-{organization['code']}")
        said = await owner.ask(
            "GET",
            f"/organizations/{organization['id']}/contracts-signature-link"
            f"?contract_ids={order['id']}",
        )
        assert (200, [order["id"]]) == (said.status, said.body["contract_ids"])
        await self.press(said.body["invitation_link"], "sign")

    async def refuse_to_sign(self, learner: Learner, order: dict[str, Any]) -> None:
        """The learner follows the link and says no."""
        said = await learner.ask("POST", f"/orders/{order['id']}/submit-for-signature")
        await self.press(said.body["invitation_link"], "refuse")

    async def press(self, link: str, button: str) -> None:
        """Press a button on a page of the signing service."""
        page = link.partition("#")[0]
        token = page.rpartition("requestToken=")[2]
        action = page.partition("?")[0] + f"/{button}"
        session = self.lexpersona.session
        async with session.post(action, data={"requestToken": token}) as answer:
            assert 200 == answer.status, await answer.text()

    async def save_card(self, learner: Learner) -> str:
        """The learner writes a card into the processor's form; answers the card's id."""
        form = (await learner.ask("POST", "/credit-cards/tokenize-card")).body
        await self.lyra.operate("pay", form_token=form["form_token"])
        saved: list[str] = []

        async def is_known() -> bool:
            listed = (await learner.ask("GET", "/credit-cards")).body["items"]
            saved.extend(one["id"] for one in listed)
            return bool(saved)

        await until(is_known)
        return saved[0]

    async def pay_with(self, learner: Learner, order: dict[str, Any], card: str) -> None:
        """The learner has the order paid with a card."""
        path = f"/orders/{order['id']}/payment-method"
        said = await learner.ask("POST", path, json={"credit_card_id": card})
        assert 200 == said.status, said

    async def ordered(self, offer: Offer, **claims: Any) -> tuple[Learner, dict[str, Any]]:
        """Somebody new who has ordered, signed, and saved a card for it."""
        learner = self.campus.learner(**claims)
        order = await learner.order(offer)
        if order["contract"] is not None:
            await self.sign(learner, order)
            await self.until(learner, order, "to_save_payment_method")
        await self.pay_with(learner, order, await self.save_card(learner))
        return learner, order

    async def look(self, learner: Learner, order: dict[str, Any]) -> dict[str, Any]:
        """The order as its learner sees it now."""
        said = await learner.ask("GET", f"/orders/{order['id']}")
        assert 200 == said.status, said
        found: dict[str, Any] = said.body
        return found

    async def until(
        self, learner: Learner, order: dict[str, Any], state: str, *, deadline: float = 60
    ) -> dict[str, Any]:
        """Wait until the order stands there; answers it."""

        async def is_so() -> bool:
            return bool((await self.look(learner, order))["state"] == state)

        await until(is_so, deadline=deadline)
        return await self.look(learner, order)

    async def until_scheduled(self, learner: Learner, order: dict[str, Any]) -> dict[str, Any]:
        """Wait until an order's instalments are written, a moment after it is pending; answers it."""

        async def is_so() -> bool:
            return bool((await self.look(learner, order))["payment_schedule"])

        await until(is_so)
        return await self.look(learner, order)

    async def form(self, learner: Learner, order: dict[str, Any]) -> dict[str, Any]:
        """A form by which the learner pays what was refused."""
        path = f"/orders/{order['id']}/submit-installment-payment"
        said = await learner.ask("POST", path, json={})
        assert (200, True) == (said.status, "form_token" in said.body), said
        form: dict[str, Any] = said.body
        return form

    async def admin(self, order: dict[str, Any], action: str, **body: Any) -> int:
        """An administrator acts on an order; answers the status."""
        path = f"{ADMIN}/orders/{order['id']}/{action}"
        said = await self.campus.site.ask("POST", path, json=body or None)
        return said.status

    async def pass_days(self, days: int) -> None:
        """Let days pass, and the night's debits be made."""
        for vendor in (self.lexpersona, self.lyra):
            await vendor.advance(f"{days}d")
        await self.world.advance(timedelta(days=days))
        await debit_due_installments(self.world.runtime)

    async def movements(self, order: dict[str, Any], effect: str = "payment_paid") -> list[str]:
        """What the processor's ledger has of an order's instalments, by instalment."""
        shown = await self.campus.site.ask("GET", f"{ADMIN}/orders/{order['id']}")
        own = {one["id"] for one in shown.body["payment_schedule"]}
        return [row["subject"] for row in await self.lyra.ledger(effect) if row["subject"] in own]

    async def events(self, order: dict[str, Any]) -> list[str]:
        """What subscribers were told of an order, in order."""
        rows = await self.world.fetch(
            "SELECT type FROM webhook_events WHERE subject_id = $1 ORDER BY occurred_at, id",
            UUID(order["id"]),
        )
        return [row["type"] for row in rows]

    async def broken(self) -> list[str]:
        """Whatever breaks a promise about orders or payments."""
        return [
            f"{one.invariant} {difference.subject}: {difference.sentence}"
            for check in (check_orders, check_payments)
            for one in await check(self.world.runtime)
            for difference in one.differences
        ]


@asynccontextmanager
async def running_school(database: Database, url: str, folder: Path) -> AsyncIterator[School]:
    """A school in a world of its own."""
    async with running_world(database, url, folder) as world:
        world.runtime.configure(PAYING)
        world.runtime.configure(SIGNING)
        yield School.of_world(world)
