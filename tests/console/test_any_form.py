"""Whatever is sent by a form of the console: it is done or refused, and no fault of ours.

Forms are found by looking at the routes, the names that they may have by looking at the templates.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import strategies as st

from tests.conftest import fresh_database, hashing_quickly
from tests.console.visitor import PASSWORD, Visitor, visiting
from tests.trying import FEW, many, try_with
from tests.web.callers import furnish
from tests.web.conftest import running_site
from tests.web.strange import STRANGE, fill
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.web.console_roles import find_cells

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOSS: Final = "boss@example.com"
CODE: Final = Path(__file__).parents[2] / "src/tramita"
_NAME: Final = re.compile(r'name="([a-z_]+)"|form\.get(?:all)?\("([a-z_]+)"')
_CHOICE: Final = re.compile(r'value="([a-z_]+)"')
# Whoever is not signed in yet has forms of their own, of which others tell.
FORMS: Final = [one.path for one in find_cells() if one.method == "POST" and one.role]


def _found(pattern: re.Pattern[str]) -> list[str]:
    sources = [*CODE.glob("**/templates/console/*.html"), *CODE.glob("**/console/**/*.py")]
    found = (
        name
        for one in sources
        for match in pattern.finditer(one.read_text(encoding="utf-8"))
        for name in match.groups()
        if name
    )
    return sorted({*found} - {"csrf_token"})


NAMES: Final = _found(_NAME)
CHOICES: Final = sorted(
    {*_found(_CHOICE), "yes"}
    | {
        value
        for kind in StrEnum.__subclasses__()
        if kind.__module__.startswith("tramita.") and kind.__name__.endswith("Action")
        for value in kind
    }
)
Fields = Sequence[tuple[str, str]]


@dataclass
class Sending:
    """Somebody who may do everything, and the ids of things that there are."""

    visitor: Visitor
    ids: Mapping[str, str]

    async def send(self, path: str, fields: Fields) -> None:
        """Raise ``AssertionError`` where it is a fault of ours."""
        page = await self.visitor.get("/console/me")
        if page.status != 200:  # What was sent before has signed us out.
            assert 303 == (await self.visitor.sign_in(BOSS)).status
            page = await self.visitor.get("/console/me")
        ours = [("csrf_token", page.csrf_token), ("confirmed", "yes"), ("note", "because of it")]
        body = urlencode([*ours, *fields], errors="surrogatepass")
        async with self.visitor.session.post(
            fill(path, self.ids),
            data=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
        ) as answer:
            said = await answer.read()
        assert answer.status < 500, (fields, said)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sending(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sending]:
    """An installation with one of everything, and an admin's browser."""
    folder = tmp_path_factory.mktemp("forms")
    with hashing_quickly():
        async with fresh_database(server) as url, running_site(url, folder) as site:
            alfa = await furnish(site)
            async with site.runtime.database.unit_of_work() as work:
                await create_account(work, BOSS, PASSWORD, Role.ADMIN)
            async with visiting(site.url) as visitor:
                yield Sending(visitor, alfa.ids)


def fields(ids: Mapping[str, str]) -> st.SearchStrategy[Fields]:
    """Any fields of our forms, each any number of times, with anything in them."""
    texts = st.text(st.characters(exclude_categories=()), max_size=30)
    sensible = st.sampled_from([*CHOICES, *ids.values()])
    values = st.one_of(sensible, sensible, st.sampled_from(STRANGE), texts)
    return st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=12)


class TestAnyForm:
    @pytest.mark.parametrize("path", FORMS)
    async def test_is_done_or_refused(self, sending: Sending, path: str) -> None:
        """Never a 5xx."""
        await try_with(fields(sending.ids), partial(sending.send, path), FEW)

    @pytest.mark.soak
    @pytest.mark.parametrize("path", FORMS)
    async def test_is_so_however_strange(self, sending: Sending, path: str) -> None:
        """The same with many more, other ones each time."""
        await try_with(fields(sending.ids), partial(sending.send, path), many(300))
