"""Whatever stands behind the question mark of an address: no page and no answer is a fault of ours.

Routes and the names that each reads are the application's own, so a new one is tried by itself. Each
is asked as whoever sees most: the console by an admin, all else with a token of the house.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import partial
from http import HTTPStatus
from types import UnionType
from typing import Annotated, Any, Final, get_args, get_origin
from urllib.parse import parse_qs, quote, quote_from_bytes

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from hypothesis import strategies as st
from litestar.handlers import HTTPRouteHandler
from yarl import URL

from benchmarks.console_addresses import LISTS, THINGS
from tests.bodies import JSON
from tests.conftest import fresh_database, hashing_quickly
from tests.console.visitor import PASSWORD, visiting
from tests.trying import FEW, many, try_with
from tests.web.callers import Caller, furnish
from tests.web.conftest import Site, running_site
from tests.web.strange import CURSORS, STRANGE, TOO_LONG, cursor, fill
from tramita.kit.accounts.model import Role
from tramita.kit.accounts.service import create_account
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.web.app import routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMIN: Final = "admin@example.com"
_CONSOLE: Final = "/console"
# The names of where a page of a list ends.
_PLACES: Final = frozenset({"cursor", "before"})
# An installation without its providers says so, and nothing of it is ours.
_TOLD_OF_PROVIDERS: Final = {"provider_unavailable", "PROVIDER_UNAVAILABLE"}


# What a list reads of its query by itself.
_LISTED: Final[dict[str, dict[str, bool]]] = {}
for _path, _, _query in (one.partition("?") for one in LISTS.values()):
    _LISTED.setdefault(_path, {}).update(dict.fromkeys(parse_qs(_query), True))
# As they are written in an address, where not all that comes is a text.
WRITTEN: Final = (
    *(quote(one, safe="", errors="surrogatepass") for one in STRANGE),
    *("%FF%FE", "%", "%zz", "%2500", "a=b=c"),
)


@dataclass(frozen=True)
class Address:
    """What may be got, with the names that it reads, and those of them that may be much."""

    path: str
    names: Sequence[str]
    open_names: Sequence[str]


def _addresses() -> Iterator[Address]:
    for route in routes():
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods:
                read = _read_by(handler, route.path_parameters) | _LISTED.get(route.path, {})
                if not read and handler.status_code == HTTPStatus.NO_CONTENT:
                    continue  # It reads nothing, and waits until something changes.
                names = [name for name, is_open in read.items() if is_open]
                yield Address(route.path, sorted(read) or ["anything"], sorted(names))


def _read_by(handler: HTTPRouteHandler, in_path: Mapping[str, Any]) -> dict[str, bool]:
    """What a handler and what it depends on read of the query, and whether that may be of many values."""
    model = handler.create_kwargs_model(path_parameters=dict(in_path))
    asked = {one.field_alias: one.field_name for one in model.expected_query_params}
    signatures = [
        handler.parsed_fn_signature,
        *(one.parsed_fn_signature for one in handler.resolve_dependencies().values()),
    ]
    kinds = {
        name: field.annotation
        for signature in signatures
        for name, field in signature.parameters.items()
    }
    return {alias: _is_open(kinds[name]) for alias, name in asked.items()}


def _is_open(annotation: Any) -> bool:
    if get_origin(annotation) in {Annotated, UnionType, list}:
        return any(_is_open(one) for one in get_args(annotation))
    is_of_few = isinstance(annotation, type) and issubclass(annotation, (bool, Enum))
    return (
        isinstance(annotation, type) and issubclass(annotation, (str, int, date)) and not is_of_few
    )


ADDRESSES: Final = {one.path: one for one in _addresses()}


@dataclass(frozen=True)
class Asking:
    """Whoever asks for addresses, and the ids of things that there are."""

    site: Site
    console: ClientSession
    ids: Mapping[str, str]

    async def ask(self, path: str, query: str) -> None:
        """Raise ``AssertionError`` where it is a fault of ours."""
        url = URL(f"{self.site.url}{fill(path, self.ids)}?{query}", encoded=True)
        is_console = path.startswith(_CONSOLE)
        session = self.console if is_console else self.site.session
        headers = {} if is_console else self.site.headers
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            # To its end: what is written piece by piece can break in the middle.
            said = await answer.read()
        if answer.status >= 500:
            assert json.loads(said)["code"] in _TOLD_OF_PROVIDERS, (query, said)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Asking]:
    """An installation with one of everything, an admin's browser and a token of the house."""
    folder = tmp_path_factory.mktemp("addresses")
    with hashing_quickly():
        async with fresh_database(server) as url, running_site(url, folder) as site:
            alfa: Caller = await furnish(site)
            async with site.runtime.database.unit_of_work() as work:
                await create_account(work, ADMIN, PASSWORD, Role.ADMIN)
            async with visiting(site.url) as visitor:
                assert 303 == (await visitor.sign_in(ADMIN)).status
                yield Asking(site, visitor.session, await _ids(site, alfa))


async def _ids(site: Site, alfa: Caller) -> dict[str, str]:
    """What addresses name, of the API's things and of the console's."""
    ids = dict(alfa.ids)
    for thing in THINGS.values():
        for part in thing.address.split("/"):
            found = await site.runtime.database.fetch(thing.found) if part[:1] == "{" else []
            if found:
                ids.setdefault(part[1:-1].partition(":")[0], str(found[0][0]))
    return ids | {"provider": "qitech", "shelf": "courses"}


def _written(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def queries(address: Address) -> st.SearchStrategy[str]:
    """Names that are read and others, each any number of times, with anything behind them."""
    texts = st.text(st.characters(exclude_categories=()), max_size=30).map(_written)
    plain = (
        st.sampled_from((*WRITTEN, *CURSORS)) | st.integers().map(str) | st.dates().map(str) | texts
    )
    keys = JSON.map(cursor)
    names = st.sampled_from(address.names) | texts
    return st.lists(st.tuples(names, plain | keys).map("=".join), max_size=6).map("&".join)


def edges(address: Address, *, every: int) -> Iterator[str]:
    """Each name that is read with what is at the edge of anything.

    Not with all of it, but with another part of it for each name: so few requests try all of it. All with a
    number that is too long, since a bound that stands where nobody looks is seen by nothing else.
    """
    first = sorted(ADDRESSES).index(address.path)
    for number, name in enumerate(address.open_names, start=first):
        values = CURSORS if name in _PLACES else WRITTEN
        chosen = dict.fromkeys((TOO_LONG, *values[number % every :: every]))
        yield from (f"{name}={one}" for one in chosen)


class TestAnyAddress:
    @pytest.mark.parametrize("path", sorted(ADDRESSES))
    async def test_is_understood_or_refused(self, asking: Asking, path: str) -> None:
        """Each name that is read, with some of what is at the edge of anything."""
        address = ADDRESSES[path]
        for query in edges(address, every=8):
            await asking.ask(path, query)
        await try_with(queries(address), partial(asking.ask, path), FEW)

    @pytest.mark.soak
    @pytest.mark.parametrize("path", sorted(ADDRESSES))
    async def test_is_so_however_strange(self, asking: Asking, path: str) -> None:
        """The same with all of it, and with many more, other ones each time."""
        address = ADDRESSES[path]
        for query in edges(address, every=1):
            await asking.ask(path, query)
        await try_with(queries(address), partial(asking.ask, path), many(200))

    async def test_is_among_those_that_are_tried(self) -> None:
        """The names that are read are found, in handlers and in what they depend on."""
        assert "q" in ADDRESSES["/api/v1/contracts"].open_names
        assert {"since", "until", "person"} <= {*ADDRESSES["/console/audit"].open_names}
        assert {"before"} <= {*ADDRESSES["/console/contracts/{contract_id:uuid}"].open_names}
