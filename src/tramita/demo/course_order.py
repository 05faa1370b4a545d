"""One order of the courses' scene: what its learner does about it, and how the world fails at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tramita.demo.learning import PAYS, Person
from tramita.demo.partner import View, read_answer
from tramita.demo.stage import Stage
from tramita.demo.vendor import Vendor

# Which notice of several goes astray: the first. Of the organization's there are two at once.
_STUDENT, _ORGANIZATION = 1, 2


@dataclass(frozen=True)
class Campus:
    """What all orders share: products by key, and who signs for the organizations, by their ids.

    ``pen``: one signs at a time, so that a fault of notices befalls the one it is meant for.
    """

    stage: Stage
    products: dict[str, str]
    owners: dict[str, Person]
    pen: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def lexpersona(self) -> Vendor:
        """The signing service."""
        return Vendor(self.stage.simulators, "lexpersona")

    @property
    def lyra(self) -> Vendor:
        """The card processor."""
        return Vendor(self.stage.simulators, "lyra")


@dataclass
class Ordering:
    """``learner`` orders ``product`` for the course of the same name."""

    campus: Campus
    learner: Person
    product: str
    id: str = ""

    async def order(self) -> None:
        """Order it."""
        self.id = await self.learner.order(self.campus.products[self.product], self.product)

    async def look(self) -> View:
        """How it stands."""
        return await self.learner.look(self.id)

    async def until(self, *states: str) -> View:
        """Wait until it stands there."""
        return await self.learner.until(self.id, *states)

    async def click_twice(self) -> None:
        """Ask for the page to sign on, twice at once."""
        await asyncio.gather(*(self.learner.signing_link(self.id) for _ in range(2)))

    async def sign(self, notices: str = "") -> None:
        """The learner signs, and Tramita learns of it; ``notices`` is how that goes wrong."""
        link = await self.learner.signing_link(self.id)
        async with self._notices(notices, _STUDENT):
            await self.learner.press(link, "sign")
        await self.until("to_save_payment_method", "pending", "pending_payment", "completed")

    async def refuse(self) -> None:
        """The learner does not want to sign."""
        await self.learner.press(await self.learner.signing_link(self.id), "refuse")

    async def countersign(self, notices: str = "") -> None:
        """An owner of the organization signs."""
        organization = (await self.look())["organization"]["id"]
        owner = self.campus.owners[organization]
        link = await owner.organizations_link(organization, [self.id])
        async with self._notices(notices, _ORGANIZATION):
            await owner.press(link["invitation_link"], "sign")

    async def save_card(self, number: str = PAYS, *, is_running_out: bool = False) -> None:
        """The learner saves a card, and pays with it; one that ``is_running_out`` this month."""
        expiry = "12/99"
        if is_running_out:
            now = datetime.fromisoformat((await self.look())["created_on"])
            expiry = f"{now.month}/{now.year}"
        card = await self.learner.save_card(number, expiry)
        await self.learner.pay_with(self.id, card)

    async def pay_by_hand(self) -> None:
        """The learner pays the refused instalment in a form, with the card of the order."""
        card = (await self.look())["credit_card"]["id"]
        path = f"/orders/{self.id}/submit-installment-payment"
        form = await self.learner.ask("POST", path, {"credit_card_id": card})
        await self.learner.pay(form["url"])

    async def cancel(self) -> None:
        """The learner cancels it."""
        await self.learner.ask("POST", f"/orders/{self.id}/cancel")

    async def withdraw(self) -> None:
        """The learner withdraws from it."""
        await self.learner.ask("POST", f"/orders/{self.id}/withdraw")

    async def refund(self) -> None:
        """An administrator gives back what was paid."""
        path = f"/api/v1/admin/orders/{self.id}/refund"
        async with self.campus.stage.api.post(path) as answer:
            await read_answer(answer)

    async def fail_debit(self, kind: str) -> None:
        """Have its next debit go wrong."""
        match = {"order_id": self.id, "form_action": "SILENT"}
        await self.campus.lyra.fail("create_payment", kind, match=match, count=1)

    @asynccontextmanager
    async def _notices(self, kind: str, count: int) -> AsyncIterator[None]:
        """Let the next ``count`` notices of signatures go wrong; nobody else signs meanwhile."""
        async with self.campus.pen:
            if kind:
                await self.campus.lexpersona.fail("webhook", kind, count=count)
            yield
