"""A learner in a real Chromium, with the school, the signing service and the card processor behind."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.looks import keep, looking
from tests.conftest import fresh_database
from tests.databases import opened
from tests.journeys.school import School, running_school
from tests.jwts import token_of
from tests.orders.campus import Learner, Offer
from tramita.kit.embedded.postgres import EmbeddedPostgres

_numbers = itertools.count(1)


@asynccontextmanager
async def school_apart(server: EmbeddedPostgres, folder: Path) -> AsyncIterator[School]:
    """A school on a database of its own, for fixtures that many tests share."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_school(database, url, folder) as school,
    ):
        yield school


@dataclass
class Reader:
    """Somebody in front of a screen; ``name`` is what pictures are called by."""

    school: School
    page: Page
    username: str
    language: str
    name: str

    @property
    def url(self) -> str:
        """Where Tramita is."""
        return self.school.world.url

    async def come_in(self) -> None:
        """As the platform sends somebody: by a form with its token."""
        token = token_of(self.username, language=self.language)
        await self.page.set_content(
            f'<form method="post" action="{self.url}/learn/enter">'
            f'<input name="token" value="{token}"><button>Go</button></form>'
        )
        await self.page.get_by_role("button").click()
        await self.page.wait_for_url(f"{self.url}/learn")

    @property
    def learner(self) -> Learner:
        """The same person, as the platform asks for them."""
        return Learner(self.school.campus.site, self.username, {"language": self.language})

    async def open(self, order: dict[str, Any] | str) -> None:
        """Open an order's page."""
        order_id = order if isinstance(order, str) else order["id"]
        await self.page.goto(f"{self.url}/learn/orders/{order_id}")

    async def sees(self, order: dict[str, Any] | str, state: str, stamp: str) -> None:
        """Wait until the order stands there, and then until its page, as it is open, says so."""
        order_id = order if isinstance(order, str) else order["id"]
        await self.school.until(self.learner, {"id": order_id}, state)
        await shows(self.page, stamp)

    async def back_to(self, order: dict[str, Any] | str) -> None:
        """From somebody else's page, by its own button."""
        order_id = order if isinstance(order, str) else order["id"]
        await self.page.locator("[data-back]").click()
        await self.page.wait_for_url(f"**/learn/orders/{order_id}*")

    async def order(self, offer: Offer) -> str:
        """Order what is offered by hand; answers the order's id."""
        await self.page.goto(f"{self.url}/learn/catalog/{offer.offering['id']}")
        for name, value in (
            ("address", "1 rue des Écoles"),
            ("postcode", "75005"),
            ("city", "Paris"),
        ):
            field = self.page.locator(f"#{name}")
            if await field.count():
                await field.fill(value)
        await self.press("offer")
        await self.page.wait_for_url("**/learn/orders/*")
        return self.page.url.partition("/orders/")[2].partition("?")[0]

    def button(self, form: str) -> Locator:
        """The button of the form that leads to this path."""
        wanted = "/learn/catalog/" if form == "offer" else f"/{form}"
        return self.page.locator(f'form[action*="{wanted}"] button').first

    async def press(self, form: str) -> None:
        """Press it."""
        await self.button(form).click()

    async def keep(self, what: str) -> None:
        """See that everybody can use the page, and take a picture where one is asked for."""
        await keep(self.page, f"learn-{self.name}-{what}")


@asynccontextmanager
async def reading(
    school: School, browser: Browser, look: str = "phone-light", language: str = "en", **more: Any
) -> AsyncIterator[Reader]:
    """Somebody new, in a browser of their own."""
    locale = {"en": "en-GB", "fr": "fr-FR"}[language]
    async with looking(browser, look, locale=locale, timezone_id="Europe/Paris", **more) as page:
        username = f"reader-{next(_numbers)}"
        reader = Reader(school, page, username, locale, f"{look}-{language}")
        await reader.come_in()
        yield reader


async def shows(page: Page, stamp: str) -> None:
    """Wait until the order's stamp says so, without loading the page again."""
    await expect(page.locator(".head .stamp")).to_have_text(stamp)
