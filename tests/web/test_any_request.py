"""Whatever a partner sends: an answer that can be understood, and one effect or none."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import strategies as st
from litestar.handlers import HTTPRouteHandler
from msgspec import inspect

from tests.bodies import spoiled, values
from tests.conftest import fresh_database
from tests.portability.api.test_any_envelope import bodies as envelopes
from tests.portability.pictures import jpeg
from tests.trying import FEW, many, try_with
from tests.web.callers import OF_ORDERS, Caller, caller, furnish, path_of
from tests.web.conftest import Answer, running_site
from tests.world import envelope
from tramita.kit.bounds import HOUSE
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.tokens import FOR_THE_HOUSE
from tramita.portability.api.schemas import EnvelopeBody
from tramita.web.app import routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

# No worker runs here, so nothing but requests writes; a key's record is no effect.
_NO_EFFECT: Final = ("idempotency_keys", "tokens")
# That a token was used is written down now and then, whatever it was used for.
_USE: Final = "used_at"
# An installation without Sigan says so, and of a preview's number that it is reserved already;
# what Sigan's answers lead to, numbering's tests show.
_TOLD_OF_NUMBERS: Final = {"PROVIDER_UNAVAILABLE", "NUMBER_INVENTORY_DIVERGENCE"}
_MEMBERS: Final = {"type", "title", "status", "detail", "code", "request_id"}

# What would hardly ever come from a pattern, and leads further into what is behind the door.
SENSIBLE: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "customer": st.sampled_from(["{customer_id}", None]),
    "product": st.sampled_from(["{product_id}", None]),
    "package": st.sampled_from(["{package_id}", None]),
    "token": st.just("{token}"),
    "backend": st.sampled_from(["vivo", "net", "smt", "telmex", "portability"]),
    "payment_backend": st.sampled_from(["vivo", "net", "smt", "telmex"]),
    "document": st.just({"kind": "cpf", "number": "529.982.247-25"}),
    "event_types": st.just(["contract.created"]),
    "version": st.integers(0, 3),
    "external_references": st.just({"ddd": "11", "brand_id": "vivo"}),
    "sim_id": st.just("8955010000000000017"),
}
# A fresh one for each request that names one, so there is something to change or to end.
MAKERS: Final[Mapping[str, tuple[str, Callable[[], dict[str, Any]]]]] = {
    "customer_id": ("/customers", lambda: {"name": "Ana"}),
    "contract_id": ("/contracts", lambda: {"name": "L", "backend": "net"}),
    "product_id": (
        "/products",
        lambda: {"code": uuid4().hex, "name": "Chip", "payment_backend": "net"},
    ),
    "token": ("/envelopes", lambda: envelope(portabilities=1)),
    **{name: (f"/admin{path}", body) for name, (path, body) in OF_ORDERS.items()},
    "endpoint_id": ("/webhooks/endpoints", lambda: {"url": "https://alfa.example/hook"}),
}
# What a path names by a word of ours, or by one that is none.
WORDS: Final = {
    "action": ("retry", "ask_again", "mark_refused", "mark_not_done", "finish", "anything"),
    "provider": ("qitech", "sigan", "anything"),
}


@dataclass(frozen=True)
class Request:
    """What is sent: ``{names}`` in path and body stand for ids of things that there are."""

    ids: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    raw: bytes | None = None
    content_type: str = "application/json"

    def content(self, ids: Mapping[str, str]) -> bytes:
        """What goes over the wire."""
        if self.raw is not None or self.body is None:
            return self.raw or b""
        text = json.dumps(self.body)
        for name, value in ids.items():
            text = text.replace(f'"{{{name}}}"', json.dumps(value))
        return text.encode()


def _handlers() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path and handler of everything by which a partner can change something."""
    for route in routes():
        for handler in getattr(route, "route_handlers", ()):
            if "scope" in handler.opt or route.path.endswith("/enviar-link"):
                for method in sorted(handler.http_methods - {"GET", "OPTIONS"}):
                    yield str(method), route.path, handler


HANDLERS: Final = {f"{method} {path}": one for method, path, one in _handlers()}


def _bodies(handler: HTTPRouteHandler) -> st.SearchStrategy[Any]:
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is None:
        return st.none()
    if data.annotation is EnvelopeBody:
        return envelopes()
    kind = inspect.type_info(data.annotation)
    plain = values(kind)
    return st.one_of(plain, st.builds(_sensible, plain, st.fixed_dictionaries(dict(SENSIBLE))))


def _sensible(body: dict[str, Any], sensible: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sensible.get(name, value) for name, value in body.items()}


def requests_to(route: str) -> st.SearchStrategy[Request]:
    """Good requests, bad ones, and what is none."""
    method, _, path = route.partition(" ")
    if method == "PUT":
        return _pictures()
    bodies = _bodies(HANDLERS[route])
    ids = st.fixed_dictionaries(
        {name: st.sampled_from(of) for name, of in WORDS.items() if f"{{{name}:" in path}
    )
    good = st.builds(Request, ids=ids, body=bodies)
    bad = st.builds(Request, ids=ids, body=spoiled(bodies))
    noise = st.builds(Request, ids=ids, raw=st.binary(max_size=40) | st.just(b"[" * 5000))
    return st.one_of(good, good, bad, noise)


def _pictures() -> st.SearchStrategy[Request]:
    whole = jpeg(1000, 1000)
    cut = st.integers(0, len(whole)).map(lambda length: whole[:length])
    kinds = st.sampled_from(["image/jpeg", "image/png", "application/json", "text/plain"])
    return st.builds(
        Request,
        ids=st.fixed_dictionaries({"kind": st.sampled_from(["selfie", "rg_front", "x"])}),
        raw=cut | st.just(whole) | st.binary(max_size=200),
        content_type=kinds,
    )


@dataclass(frozen=True)
class Callers:
    """A partner with one of everything, and the house, which alone may do what is for it."""

    alfa: Caller
    house: Caller


@dataclass(frozen=True)
class Trial:
    """One route, tried with any request."""

    callers: Callers
    route: str

    @property
    def _who(self) -> Caller:
        is_of_the_house = HANDLERS[self.route].opt.get("scope") in FOR_THE_HOUSE
        return self.callers.house if is_of_the_house else self.callers.alfa

    @property
    def _is_idempotent(self) -> bool:
        return bool(HANDLERS[self.route].opt.get("idempotent"))

    async def check(self, request: Request) -> None:
        """Send it twice with one key; raises ``AssertionError`` for a broken promise."""
        key, ids = uuid4().hex, {**self._who.ids, **await self._made(), **request.ids}
        before = await self._effects()
        first = await self._send(request, key, ids)
        between = await self._effects()
        again = await self._send(request, key, ids)

        for said in (first, again):
            _assert_understood(said, is_numbering="/numbering/" in self.route)
        if 400 <= first.status < 500:
            assert before == between, "what was refused has left something"
        if self._is_idempotent and first.status < 500:
            assert (first.status, self._told(first)) == (again.status, self._told(again))
            assert between == await self._effects(), "what was sent twice had two effects"

    async def _made(self) -> dict[str, str]:
        """What the path names, made for this request."""
        made: dict[str, str] = {}
        for name, (path, body) in MAKERS.items():
            if f"{{{name}:" in self.route:
                thing = await self._who.make(path, **body())
                made[name] = thing["token" if name == "token" else "id"]
        if "{package_id:" in self.route:
            made["package_id"] = await make_package(self._who)
        return made

    async def _send(self, request: Request, key: str, ids: Mapping[str, str]) -> Answer:
        method, _, path = self.route.partition(" ")
        return await self._who.ask(
            method,
            path_of(path, ids),
            data=request.content(ids),
            headers={"Content-Type": request.content_type, "Idempotency-Key": key},
        )

    def _told(self, said: Answer) -> Any:
        """What the body says; a secret is shown once, and a stranger's refusal is not kept."""
        is_public = "public" in HANDLERS[self.route].opt
        left_out = {"secret", "link", *(["request_id"] if is_public and said.status >= 400 else [])}
        return {name: value for name, value in (said.body or {}).items() if name not in left_out}

    async def _effects(self) -> dict[str, str]:
        """A sum over all rows of each table."""
        database = self._who.site.runtime.database
        tables = await database.fetch(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        names = [one["relname"] for one in tables if one["relname"] not in _NO_EFFECT]
        sums = " UNION ALL ".join(
            f"SELECT '{name}' AS name, md5(string_agg(t.said, '' ORDER BY t.said)) AS sum "
            f"FROM (SELECT (to_jsonb(r) - '{_USE}')::text AS said FROM \"{name}\" AS r) AS t"
            for name in names
        )
        return {row["name"]: row["sum"] for row in await database.fetch(sums)}


def _assert_understood(said: Answer, *, is_numbering: bool) -> None:
    if said.status >= 500:
        assert is_numbering, said
        assert said.body["code"] in _TOLD_OF_NUMBERS, said
    if said.status >= 400:
        assert "application/problem+json" == said.headers["Content-Type"], said
        assert _MEMBERS == said.body.keys() - {"errors"}, said
        assert said.status == said.body["status"]
        assert "no-store" in said.headers["Cache-Control"]
        for error in said.body.get("errors", ()):
            assert {"path", "code", "message"} == error.keys()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def callers(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Callers]:
    """Whoever may change something."""
    folder = tmp_path_factory.mktemp("any")
    async with fresh_database(server) as url, running_site(url, folder) as site:
        may = [one for one in sorted(FOR_THE_HOUSE) if one.endswith(":write")]
        house = await caller(site, "house", HOUSE, None, *may, ids={})
        ids = {
            "package_id": await make_package(house),
            "product_id": (await house.make("/products", **MAKERS["product_id"][1]()))["id"],
        }
        alfa = await furnish(site)
        yield Callers(
            replace(alfa, ids={**alfa.ids, **ids}),
            replace(house, ids=ids),
        )


async def make_package(house: Caller) -> str:
    """A package of a new product; answers its id."""
    product = await house.make("/products", **MAKERS["product_id"][1]())
    price = {"amount": "59.90", "currency": "BRL"}
    made = await house.make(
        "/packages", code=uuid4().hex, product=product["id"], name="5G", price=price
    )
    package: str = made["id"]
    return package


class TestAnyRequest:
    @pytest.mark.parametrize("route", sorted(HANDLERS))
    async def test_is_understood_and_has_one_effect_or_none(
        self, callers: Callers, route: str
    ) -> None:
        """No 5xx, one shape of refusals that leave nothing behind, and the same answer again."""
        await try_with(requests_to(route), Trial(callers, route).check, FEW)

    @pytest.mark.soak
    @pytest.mark.parametrize("route", sorted(HANDLERS))
    async def test_is_so_however_strange(self, callers: Callers, route: str) -> None:
        """The same with many more requests, other ones each time."""
        await try_with(requests_to(route), Trial(callers, route).check, many(60))
