"""Every page of the console over everything that happens, for readers of every language."""

import html
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.looks import LOOKS, SEEN, keep, looking
from tests.browser.operators import sign_in
from tests.console.everything import Everything, everything
from tests.console.reading import english_in, untranslated
from tests.console.visitor import Seen, Visitor, visiting
from tramita.console.rooms import ROOMS
from tramita.kit.accounts.model import Role
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.web.console_roles import find_cells

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=$|/|\?)")
_LINK = re.compile(r'href="(/console[^"#]*)')
# Of pages that differ in what they are about no more than so many are looked at.
ALIKE = 2
# The form of the search stands in the head of each page; it is no link.
BEGINNINGS = ("/console", "/console/search")
# What a form, a search or an e-mail leads to.
NOT_LINKED = {
    "/console/attention/acts/{bulk_id:uuid}",
    "/console/contracts/files/{export_id:uuid}",
    "/console/login",
    "/console/search/{search:uuid}",
    "/console/second-step",
    "/console/welcome/{secret:str}",
}
# Not pages: whoever asks waits, or gets a file.
_NO_PAGE = re.compile(r"/changes$|/csv$|/download$|/invoice$")
_EVENT = re.compile(r"evt_\w+")
_UNNAMED = re.compile(r"[^a-z]+")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Everything]:
    """Everything, once for all tests here."""
    async with everything(server, tmp_path_factory.mktemp("everything")) as world:
        yield world


def kind_of(address: str) -> str:
    """An address without what it is about and what is chosen there."""
    path, _, query = address.partition("?")
    return "?".join([_ID.sub("…", path), *sorted(parse_qs(query, keep_blank_values=True))])


async def walk(visitor: Visitor) -> dict[str, Seen]:
    """Every page that links lead to from the first on, a few of each kind."""
    seen: dict[str, Seen] = {}
    alike: Counter[str] = Counter()
    waiting = [*BEGINNINGS]
    while waiting:
        address = waiting.pop()
        kind = kind_of(address)
        if address in seen or alike[kind] >= ALIKE or _NO_PAGE.search(kind.partition("?")[0]):
            continue
        alike[kind] += 1
        seen[address] = page = await visitor.get(address)
        waiting += [html.unescape(one) for one in _LINK.findall(page.source)]
        if page.status == 303:
            waiting.append(page.location)
    return seen


def patterns_of(addresses: dict[str, Seen]) -> set[str]:
    """The routes that were walked, as the table of them writes addresses."""
    routes = {
        one.path: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", one.path) + "/?")
        for one in find_cells()
        if one.method == "GET"
    }
    return {
        path
        for path, route in routes.items()
        if any(route.fullmatch(one.partition("?")[0]) for one in addresses)
    }


@pytest.mark.parametrize("language", ["pt", "ru"])
async def test_is_in_the_language_of_its_reader(world: Everything, language: str) -> None:
    """No text of ours on any page, and no label, is in English for somebody who reads another one."""
    async with visiting(world.site.url) as visitor:
        assert 303 == (await visitor.sign_in(f"{Role.ADMIN}@example.com")).status
        visitor.session.headers["Accept-Language"] = language
        seen = await walk(visitor)
    known = untranslated(language)

    english = {
        address: found
        for address, page in seen.items()
        if (found := sorted({*english_in(page.source, known)}))
    }
    assert {} == english
    pages = {one.path for one in find_cells() if one.method == "GET"} - NOT_LINKED
    assert {one for one in pages if not _NO_PAGE.search(one)} == patterns_of(seen)
    assert [] == [address for address, page in seen.items() if page.status not in (200, 303)]


def one_of_each(seen: dict[str, Seen]) -> list[str]:
    """A page of every kind, whatever is chosen there."""
    kinds: dict[str, str] = {}
    for address, page in seen.items():
        if page.status == 200:
            kind = _EVENT.sub("…", kind_of(address).partition("?")[0])
            kinds.setdefault(kind, address)
    return sorted(kinds.values())


@pytest.mark.soak
@pytest.mark.parametrize(("language", "looks"), [("en", SEEN), ("ru", sorted(LOOKS.keys() - SEEN))])
async def test_keeps_nobody_out(
    world: Everything, browser: Browser, language: str, looks: Sequence[str]
) -> None:
    """On phone and desk, in the dark and in the light no page has a barrier, and none sticks out."""
    email = f"{Role.ADMIN}@example.com"
    async with visiting(world.site.url) as visitor:
        assert 303 == (await visitor.sign_in(email)).status
        seen = await walk(visitor)
    faults = {}
    async with looking(browser, "desktop-light", locale=language) as page:
        await sign_in(page, world.site.url, "/console", email)
        for address in one_of_each(seen):
            await page.goto(world.site.url + address)
            for look in looks:
                await page.set_viewport_size(LOOKS[look]["viewport"])
                await page.emulate_media(color_scheme=LOOKS[look]["color_scheme"])
                try:
                    await keep(page, f"all-{look}{_UNNAMED.sub('-', address)}")
                except AssertionError as fault:
                    faults[f"{address} {look}"] = str(fault)

    assert {} == faults
    assert {one.address.rstrip("/") for one in ROOMS} <= {one.partition("?")[0] for one in seen}
