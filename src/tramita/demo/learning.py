"""The people of a learning platform, as their browsers talk.

To Tramita with the platform's token, to the signing service and the card processor on the pages
that these show to everybody.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import aiohttp
from joserfc import jwt
from joserfc.jwk import OctKey

from tramita.demo.partner import DEADLINE_SECONDS, PAUSE_SECONDS, View, read_answer
from tramita.demo.stage import Stage
from tramita.kit.credentials import read_credential
from tramita.kit.jwt_users import JWTSettings, JWTUser
from tramita.kit.settings import Settings

_HOURS: Final = 12
_ON_ITS_WAY: Final = 409
PAYS: Final = "4970100000000014"
ASKS: Final = "4970100000000048"
"""The card of a bank that wants its owner to prove who they are (3-D Secure)."""
HAS_NO_MONEY: Final = "4970100000000063"
"""A card that can be saved, and of which nothing can be debited."""
MISSES_SECOND: Final = "4970100000000089"
"""A card that has no money when it is debited for the second time."""


def sign_in(settings: Settings, user: JWTUser) -> str:
    """The token that the platform gives one of its users, for a day in front of the demo."""
    secret = read_credential(JWTSettings(), "secret", settings)
    claims = {
        "username": user.username,
        "email": user.email,
        "full_name": user.full_name,
        "language": user.language,
        "exp": int(time.time()) + _HOURS * 3600,
    }
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(secret))


@dataclass
class Person:
    """Somebody with the platform's token; ``session`` is their browser, ``url`` Tramita's."""

    url: str
    user: JWTUser
    session: aiohttp.ClientSession
    headers: dict[str, str]
    card: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, method: str, path: str, body: object = None) -> View:
        """One request to Tramita."""
        url = f"{self.url}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=self.headers) as answer:
            return await read_answer(answer)

    async def order(self, product: str, course: str) -> str:
        """Order a product for a course; answers the order's id."""
        first, _, last = self.user.full_name.partition(" ")
        made = await self.ask(
            "POST",
            "/orders",
            {
                "product_id": product,
                "course_code": course,
                "billing_address": {
                    "first_name": first,
                    "last_name": last,
                    "address": "1 rue des Écoles",
                    "postcode": "75005",
                    "city": "Paris",
                    "country": "FR",
                },
            },
        )
        order: str = made["id"]
        return order

    async def look(self, order: str) -> View:
        """The order as it stands."""
        return await self.ask("GET", f"/orders/{order}")

    async def until(self, order: str, *states: str) -> View:
        """Look at the order again and again until it stands in one of these states."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            seen = await self.look(order)
            while seen["state"] not in states:
                await asyncio.sleep(PAUSE_SECONDS)
                seen = await self.look(order)
        return seen

    async def signing_link(self, order: str) -> str:
        """Where the learner signs; the contract is submitted for that, if it was not.

        While it is on its way for longer than one waits, it is asked for again.
        """
        path = f"{self.url}/api/v1/orders/{order}/submit-for-signature"
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                async with self.session.post(path, headers=self.headers) as answer:
                    if answer.status != _ON_ITS_WAY:
                        link: str = (await read_answer(answer))["invitation_link"]
                        return link

    async def organizations_link(self, organization: str, orders: Sequence[str] = ()) -> View:
        """Where an owner signs what waits for the organization, or some of it."""
        asked = "&".join(f"contract_ids={one}" for one in orders)
        path = f"/organizations/{organization}/contracts-signature-link?{asked}"
        return await self.ask("GET", path)

    async def organizations_signed(self, organization: str) -> set[str]:
        """Which of the organization's contracts are signed by it."""
        page = await self.ask("GET", f"/organizations/{organization}/contracts?limit=100")
        return {one["id"] for one in page["items"] if one["contract"]["organization_signed_on"]}

    async def press(self, link: str, button: str) -> None:
        """Press ``sign`` or ``refuse`` on the page of the signing service."""
        page = urlsplit(link)
        [token] = parse_qs(page.query)["requestToken"]
        url = page._replace(path=f"{page.path}/{button}", query="", fragment="").geturl()
        async with self.session.post(url, data={"requestToken": token}) as answer:
            answer.raise_for_status()

    async def save_card(self, number: str, expiry: str = "12/99") -> str:
        """Write a card into the processor's form, prove who one is where the bank asks; its id."""
        async with self.card:
            known = await self._cards()
            form = await self.ask("POST", "/credit-cards/tokenize-card")
            await self.pay(form["url"], number, expiry)
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not (new := await self._cards() - known):  # noqa: ASYNC110 - over HTTP
                    await asyncio.sleep(PAUSE_SECONDS)
        [card] = new
        return card

    async def pay(self, form: str, number: str = "", expiry: str = "12/99") -> None:
        """Fill in a form of the processor; without ``number`` with the card it is for."""
        filled = {"number": number, "expiry": expiry, "cvv": "123"} if number else {}
        async with self.session.post(form, data=filled) as answer:
            answer.raise_for_status()
            is_asked = "Your bank asks" in await answer.text()
        if is_asked:
            async with self.session.post(f"{form}/prove", data={"code": "1234"}) as answer:
                answer.raise_for_status()

    async def pay_with(self, order: str, card: str) -> None:
        """Have an order paid with a card."""
        await self.ask("POST", f"/orders/{order}/payment-method", {"credit_card_id": card})

    async def _cards(self) -> set[str]:
        listed = (await self.ask("GET", "/credit-cards"))["items"]
        return {one["id"] for one in listed}


@asynccontextmanager
async def browsing(stage: Stage, users: Collection[JWTUser]) -> AsyncIterator[dict[str, Person]]:
    """Everybody with their browser, by user name."""
    async with aiohttp.ClientSession() as session:
        tokens = {one.username: f"Bearer {sign_in(stage.runtime.settings, one)}" for one in users}
        yield {
            one.username: Person(stage.url, one, session, {"Authorization": tokens[one.username]})
            for one in users
        }
