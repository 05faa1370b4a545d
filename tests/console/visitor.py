"""Somebody with a browser, as far as HTTP goes: cookies, forms, no script."""

import html
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDictProxy

PASSWORD = "correct horse battery"
_CSRF = re.compile(r'name="csrf_token" value="(\w+)"')
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Seen:
    """A page as it came: ``text`` is what a person reads, ``source`` what the server sent."""

    status: int
    headers: CIMultiDictProxy[str]
    source: str

    @property
    def text(self) -> str:
        """The words of the page, spaces collapsed."""
        return " ".join(html.unescape(_TAGS.sub(" ", self.source)).split())

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["Location"]

    @property
    def csrf_token(self) -> str:
        """The token in the page's forms."""
        found = _CSRF.search(self.source)
        assert found is not None, self.text
        return found[1]


@dataclass
class Visitor:
    """One browser at one site; redirects are not followed."""

    session: aiohttp.ClientSession

    async def get(self, path: str) -> Seen:
        """Open an address."""
        async with self.session.get(path, allow_redirects=False) as answer:
            return Seen(answer.status, answer.headers, await answer.text())

    async def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Seen:
        """Send a form."""
        async with self.session.post(
            path, data=form, headers=headers, allow_redirects=False
        ) as answer:
            return Seen(answer.status, answer.headers, await answer.text())

    async def sign_in(
        self, email: str, password: str = PASSWORD, *, onward: str = "/console"
    ) -> Seen:
        """Fill in the form of the sign-in page."""
        page = await self.get("/console/login")
        form = {"csrf_token": page.csrf_token, "email": email, "password": password}
        return await self.post("/console/login", form | {"next": onward})

    def cookie(self, name: str) -> str | None:
        """The value of a cookie it holds."""
        return next((one.value for one in self.session.cookie_jar if one.key == name), None)


@asynccontextmanager
async def visiting(url: str) -> AsyncIterator[Visitor]:
    """A browser that has never been here."""
    jar = aiohttp.CookieJar(unsafe=True)  # The site has an address and no name.
    async with aiohttp.ClientSession(url, cookie_jar=jar) as session:
        yield Visitor(session)
