"""Who may do what in the console, asked over HTTP cell by cell: the table is what is enforced."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest
import pytest_asyncio

from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.web.conftest import Site
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.web.console_roles import Cell, find_cells, render_roles

pytestmark = pytest.mark.asyncio(loop_scope="module")

CELLS = find_cells()
REFERENCE = Path(__file__).parents[2] / "docs/reference/console-roles.md"
AT_ONCE = 8
# Where pages say how long somebody who is let in waits for news.
WAITS = ("tramita.orders.console.order.WAIT", "tramita.transfers.console.applications.WAIT")
_PLACES = {"uuid": str(UUID(int=1)), "int": "1", "str": "x", "path": "x"}

Who = Role | None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitors(site: Site) -> AsyncIterator[Mapping[Who, Visitor]]:
    """A browser of each role, and one that nobody has signed in with."""
    async with AsyncExitStack() as stack:
        browsers: dict[Who, Visitor] = {
            who: await stack.enter_async_context(visiting(site.url)) for who in (None, *Role)
        }
        for role in Role:
            email = f"{role}@example.com"
            async with site.runtime.database.unit_of_work() as work:
                await create_account(work, email, PASSWORD, role)
            assert 303 == (await browsers[role].sign_in(email)).status
        yield browsers


def address_of(cell: Cell) -> str:
    """Its address, about something that there is not."""
    return re.sub(r"\{\w+:(\w+)\}", lambda found: _PLACES[found[1]], cell.path)


async def is_let_in(visitor: Visitor, cell: Cell, places: asyncio.Semaphore) -> bool:
    """Whether the guard lets them in; a form that is not ours is refused behind it."""
    async with places:
        seen = (
            await visitor.get(address_of(cell))
            if cell.method == "GET"
            else await visitor.post(address_of(cell), {})
        )
    if seen.status == 303:
        return "/console/login" not in seen.location
    return not (seen.status == 403 and "You may not do this" in seen.text)


class TestEachRoute:
    @pytest.mark.parametrize("who", [None, *Role])
    async def test_is_for_whom_the_table_says(
        self, visitors: Mapping[Who, Visitor], who: Who, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Every address of the console, for every role and for nobody."""
        for one in WAITS:
            monkeypatch.setattr(one, 0.0)
        cells = [one for one in CELLS if one.role is not None]
        places = asyncio.Semaphore(AT_ONCE)
        heard = await asyncio.gather(*(is_let_in(visitors[who], one, places) for one in cells))

        wrong = [
            f"{cell.method} {cell.path}"
            for cell, is_in in zip(cells, heard, strict=True)
            if is_in is not cell.is_for(who)
        ]
        assert [] == wrong

    async def test_takes_no_form_without_its_token(self, visitors: Mapping[Who, Visitor]) -> None:
        """Of an admin neither, whose browser another site makes send it."""
        forms = [one for one in CELLS if one.method != "GET"]
        seen = await asyncio.gather(
            *(visitors[Role.ADMIN].post(address_of(one), {"csrf_token": "0" * 64}) for one in forms)
        )

        taken = [
            f"{cell.method} {cell.path}: {page.status}"
            for cell, page in zip(forms, seen, strict=True)
            if (page.status, "Nothing was done" in page.text) != (403, True)
        ]
        # Without a sign-in under way there is nothing to show a form for.
        assert ["POST /console/second-step: 303"] == taken

    async def test_takes_no_form_with_what_no_text_can_hold(
        self, visitors: Mapping[Who, Visitor]
    ) -> None:
        """PostgreSQL has no NUL: it is refused before anybody looks for it, or keeps it."""
        forms = [one for one in CELLS if one.method != "GET"]
        seen = await asyncio.gather(
            *(visitors[Role.ADMIN].post(address_of(one), {"any": "a\x00b"}) for one in forms)
        )

        taken = [
            f"{cell.method} {cell.path}: {page.status}"
            for cell, page in zip(forms, seen, strict=True)
            if page.status != 400
        ]
        # Without a sign-in under way there is nothing to show a form for.
        assert ["POST /console/login: 403", "POST /console/second-step: 303"] == taken

    async def test_is_there_for_somebody(self) -> None:
        """What is open to anybody is a step of signing in; all else asks for a role."""
        assert {"/console/login", "/console/second-step", "/console/welcome/{secret:str}"} == {
            one.path for one in CELLS if one.role is None
        }
        assert all(one.why != "nobody" for one in CELLS)
        assert len(CELLS) > 40


class TestThePage:
    async def test_is_what_the_routes_say(self) -> None:
        """The document equals the code, line by line."""
        assert render_roles() in REFERENCE.read_text(encoding="utf-8")


class TestARoleThatIsTakenAway:
    async def test_is_felt_by_the_next_request(self, site: Site) -> None:
        """In the session that was opened with it."""
        async with visiting(site.url) as visitor:
            async with site.runtime.database.unit_of_work() as work:
                await create_account(work, "falling@example.com", PASSWORD, Role.ADMIN)
            await visitor.sign_in("falling@example.com")
            page = await visitor.get("/console/accounts")
            await site.runtime.database.fetch(
                "UPDATE accounts SET role = 'viewer' WHERE email = 'falling@example.com'"
            )

            read = await visitor.get("/console/accounts")
            sent = await visitor.post(
                "/console/accounts",
                {"csrf_token": page.csrf_token, "email": "x@example.com", "role": "admin"},
            )

        assert (200, 403, 403) == (page.status, read.status, sent.status)
        assert [] == await site.runtime.database.fetch(
            "SELECT FROM accounts WHERE email = 'x@example.com'"
        )


class TestASessionOfSomebodyElsesMaking:
    @pytest.mark.usefixtures("visitors")
    async def test_is_not_what_signing_in_opens(self, site: Site) -> None:
        """Whatever id a browser was given before, another one is its session afterwards."""
        async with visiting(site.url) as visitor:
            fixed = "f" * 43
            visitor.session.cookie_jar.update_cookies({"tramita_session": fixed})
            entered = await visitor.sign_in(f"{Role.VIEWER}@example.com")
            set_cookies = [str(one) for one in entered.headers.getall("Set-Cookie")]
            [opened] = [one for one in set_cookies if one.startswith("tramita_session=")]
            async with aiohttp.ClientSession(site.url) as thief:
                cookie = {"Cookie": f"tramita_session={fixed}"}
                async with thief.get(
                    "/console/operations", headers=cookie, allow_redirects=False
                ) as answer:
                    status = answer.status

        assert fixed not in opened
        assert 303 == status
