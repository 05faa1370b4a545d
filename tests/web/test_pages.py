"""What a person sees when there is no page, and what browsers may do with one."""

import asyncio
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

import pytest
from litestar.routes import HTTPRoute

from tests.web.conftest import Site
from tests.world import envelope
from tramita import web
from tramita.kit.http.error_pages import ErrorPages
from tramita.kit.settings import Mode
from tramita.portability.lender import LenderSettings
from tramita.web.app import make_app, routes
from tramita.web.openapi import describe
from tramita.web.reference import render_reference
from tramita.web.routes import STATIC

# A token of no envelope; the same for every worker, because it names the tests.
NOBODYS = "5f0c9f3e-8a53-4d0e-9c55-6c1d2e7f4a10"
on_the_module = pytest.mark.asyncio(loop_scope="module")

# Shown by Telegram in a frame of its own.
OF_TELEGRAM = {"/webapp"}
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@on_the_module
class TestAnErrorPage:
    @pytest.mark.parametrize(
        ("method", "path", "status", "heading"),
        [
            ("GET", f"/formalizacao/{NOBODYS}", 404, "Não encontramos esta formalização"),
            ("GET", "/formalizacao/not-a-uuid", 404, "Não encontramos esta formalização"),
            ("GET", "/formalizacao", 404, "Não encontramos esta formalização"),
            ("GET", "/formalizacao/a/b", 404, "Não encontramos esta formalização"),
            ("POST", f"/formalizacao/{NOBODYS}", 405, "Não entendemos este pedido"),
            ("GET", "/formalizacao/a%00b", 400, "Não entendemos este pedido"),
            ("GET", f"/formalizacao/{NOBODYS}?fragment=x", 400, "Não entendemos este pedido"),
        ],
    )
    async def test_is_for_people(
        self, site: Site, method: str, path: str, status: int, heading: str
    ) -> None:
        """In their language, with the same strict policy as any page."""
        answer = await site.ask(method, path, authenticated=False)

        assert (status, "text/html; charset=utf-8") == (
            answer.status,
            answer.headers["Content-Type"],
        )
        assert heading in answer.body
        assert STRICT == answer.headers["Content-Security-Policy"]


class TestAnAreasErrorPages:
    def test_are_the_same_on_all_its_pages(self) -> None:
        """Whoever mistypes the rest of an address reads what is said beneath its beginning."""
        said: dict[str, list[ErrorPages]] = defaultdict(list)
        for route in routes():
            for handler in getattr(route, "route_handlers", ()):
                pages = handler.opt.get("page")
                if pages is not None and pages not in said[route.path.split("/")[1]]:
                    said[route.path.split("/")[1]].append(pages)

        areas = {"", "console", "formalizacao", "learn", "numbering", "schema", "webapp"}
        assert areas == set(said)
        assert {1} == {len(pages) for pages in said.values()}
        assert all(isinstance(pages, ErrorPages) for [pages] in said.values())


@on_the_module
class TestAPage:
    async def test_is_sent_with_a_strict_policy(self, site: Site) -> None:
        """Nothing inline or foreign, no referrer, no copy: the address is a key."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())

        answer = await site.ask("GET", f"/formalizacao/{made.body['token']}", authenticated=False)

        kept = {name: answer.headers[name] for name in ("Referrer-Policy", "Cache-Control")}
        assert 200 == answer.status
        assert STRICT == answer.headers["Content-Security-Policy"]
        assert {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} == kept
        assert ["no-store"] == answer.headers.getall("Cache-Control")

    async def test_shows_who_lends(self, site: Site) -> None:
        """The demo's bank has a name, a colour and a logo, which is a picture and nothing else."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())

        page = await site.ask("GET", f"/formalizacao/{made.body['token']}", authenticated=False)
        style = await site.ask("GET", "/lender/style.css", authenticated=False)
        logo = await site.ask("GET", "/lender/logo", authenticated=False)

        assert "Fale com o Banco Exemplo" in page.body
        assert ("text/css", 200) == (style.headers["Content-Type"].split(";")[0], style.status)
        assert "--accent: #1d4f91" in style.body
        assert ("image/svg+xml", 200) == (logo.headers["Content-Type"].split(";")[0], logo.status)
        assert "sandbox" in logo.headers["Content-Security-Policy"]

    async def test_shows_the_lender_that_was_set(self, site: Site) -> None:
        """A name of one's own takes the place of the demo's bank; what is not set is not shown."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        site.runtime.configure(LenderSettings(name="Financeira do Vale"))

        page = await site.ask("GET", f"/formalizacao/{made.body['token']}", authenticated=False)
        logo = await site.ask("GET", "/lender/logo", authenticated=False)

        site.runtime.configure(LenderSettings())
        assert "Financeira do Vale" in page.body
        assert "Banco Exemplo" not in page.body
        assert 404 == logo.status

    async def test_is_nothing_that_programs_read(self, site: Site) -> None:
        """An answer of the API needs no policy for pages."""
        answer = await site.ask("GET", "/health/live", authenticated=False)

        assert "Content-Security-Policy" not in answer.headers
        assert "nosniff" == answer.headers["X-Content-Type-Options"]


def _paths() -> list[str]:
    """Every address that can be asked for, with something in the place of its parameters."""
    found = {
        re.sub(r"\{[^}]*\}", lambda one: NOBODYS if "uuid" in one[0] else "x1", route.path)
        for route in routes()
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static")
    }
    return [
        *sorted(found),
        "/nowhere",
        "/api/v1/nowhere",
        "/formalizacao",
        "/console/x",
        "//",
        "/é",
    ]


# The same for everybody, and nobody's data.
OF_THE_LOOK = {"/favicon.ico", "/robots.txt", "/lender/logo", "/lender/style.css"}
# What the demo shows as another place to go is a link, and nothing that a browser loads.
_LOADED = re.compile(
    r"""(?:src|action|data|poster|srcset)\s*=\s*["']([^"']+)|<link[^>]+href="([^"]+)|url\(([^)]+)""",
    re.IGNORECASE,
)
_NAMED = re.compile(r"https?://[\w.:-]+|(?<![:\w])//[\w-]+\.[\w.]+")


@on_the_module
class TestWhatABrowserIsSent:
    async def test_is_kept_by_nobody_and_framed_by_nobody(self, site: Site) -> None:
        """Every answer of every route, whatever its status, and the pages with their policy."""
        pages = 0
        for path in _paths():
            for accept in ("text/html", "application/json"):
                answer = await site.ask(
                    "GET",
                    quote(path),
                    authenticated=False,
                    headers={"Accept": accept},
                    allow_redirects=False,
                )
                told = answer.headers
                assert "nosniff" == told["X-Content-Type-Options"], path
                assert path in OF_THE_LOOK or "no-store" in told.getall("Cache-Control"), path
                if "text/html" in told.get("Content-Type", ""):
                    pages += 1
                    policy = told["Content-Security-Policy"]
                    framed = "https://web.telegram.org" if path in OF_TELEGRAM else "'none'"
                    assert f"frame-ancestors {framed}" in policy, path
                    assert "script-src 'self'" in told["Content-Security-Policy"], path
                    assert told["Referrer-Policy"] in ("no-referrer", "same-origin"), path
        assert pages > 10

    async def test_names_no_other_host(self, site: Site) -> None:
        """Pages load nothing from elsewhere, so they work without internet; nor do their files."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        shown = [*_paths(), f"/formalizacao/{made.body['token']}", "/numbering/demo"]
        own = Path(web.__file__).parent / "static"
        files = [one for folder in (own, *STATIC) for one in folder.rglob("*") if one.is_file()]
        texts = {one.name: one.read_text() for one in files}
        for path in shown:
            answer = await site.ask("GET", quote(path), headers={"Accept": "text/html"})
            if isinstance(answer.body, str) and "html" in answer.headers["Content-Type"]:
                texts[path] = answer.body

        loaded = {
            address
            for text in texts.values()
            for found in _LOADED.findall(text)
            for address in found
            if address
        }
        assert loaded
        assert set() == {one for one in loaded if _NAMED.search(one)}

    async def test_may_be_kept_where_it_is_the_same_for_all(self, site: Site) -> None:
        """Styles and scripts are nobody's data."""
        answer = await site.ask("GET", "/static/page.css")

        assert "no-store" not in answer.headers.get("Cache-Control", "")


@on_the_module
class TestTheFirstPage:
    async def test_shows_the_places_of_the_demo(self, site: Site) -> None:
        """What the terminal prints, where a newcomer looks first: every journey has a place."""
        answer = await site.ask("GET", "/", authenticated=False)

        assert 200 == answer.status
        for place in ("/console", "/numbering/demo", "/schema", "http://127.0.0.1:"):
            assert f'href="{place}' in answer.body
        for place in ("/numbering/demo", "/schema"):
            assert 200 == (await site.ask("GET", place)).status
        journeys = answer.body.partition("Journeys</h2>")[2].partition("</ul>")[0]
        assert 5 == journeys.count("<li")
        assert "operator@tramita.example" in answer.body

    async def test_is_a_plain_sign_in_production(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """For clients what to do, for operators where to sign in, and nothing of a demo."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)

        answer = await site.ask("GET", "/", authenticated=False)

        assert "Recebeu um link" in answer.body
        assert 'href="/console"' in answer.body
        assert "demo" not in answer.body

    @pytest.mark.parametrize(
        ("path", "kind"), [("/favicon.ico", "image/svg+xml"), ("/robots.txt", "text/plain")]
    )
    async def test_has_what_browsers_and_robots_ask_for(
        self, site: Site, path: str, kind: str
    ) -> None:
        """No 404 for what nobody asked for by hand."""
        answer = await site.ask("GET", path, authenticated=False)

        assert (200, kind) == (answer.status, answer.headers["Content-Type"].split(";")[0])


@on_the_module
class TestNowhere:
    @pytest.mark.parametrize("path", ["/docs", "/health", "/nope/x", "/api/v1/nope", "/schema/x"])
    async def test_is_a_page_for_browsers_and_a_problem_for_programs(
        self, site: Site, path: str
    ) -> None:
        """Whoever asks gets what they can read."""
        page = await site.ask("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})
        problem = await site.ask("GET", path)

        assert (404, True) == (page.status, "Não há nada neste endereço" in page.body)
        assert (404, "not_found") == (problem.status, problem.body["code"])

    @pytest.mark.parametrize("method", ["OPTIONS", "GET"])
    async def test_is_also_what_no_path_leads_to(self, site: Site, method: str) -> None:
        """`*` is an address of the whole server, and none of ours."""
        host, port = site.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{method} * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()

        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b"application/problem+json" in answer


@on_the_module
class TestHEAD:
    @pytest.mark.parametrize(
        "path", ["/", "/health/live", "/health/ready", "/schema", "/static/page.css", "/nope"]
    )
    async def test_is_get_without_a_body(self, site: Site, path: str) -> None:
        """What uptime checks and `curl -I` ask; the next request on the connection works."""
        asked = await site.ask("HEAD", path)
        got = await site.ask("GET", path)

        assert (got.status, "") == (asked.status, asked.body or "")
        assert got.headers["Content-Type"] == asked.headers["Content-Type"]
        assert len(str(got.body)) > 0

    async def test_is_not_there_where_nothing_can_be_got(self, site: Site) -> None:
        """A route that only takes is none to look at."""
        answer = await site.ask("HEAD", "/api/contratos/formalizacao/enviar-link/")

        assert 405 == answer.status


class TestTheAPIsPage:
    def test_tells_every_route_form_and_example(self) -> None:
        """All that the description has, readable without script."""
        app = make_app()
        description = describe(app)
        page = render_reference(app, description)

        asked_for = [
            (method.upper(), path)
            for path, item in description["paths"].items()
            for method in item
            if method in ("get", "post", "put", "patch", "delete")
        ]
        assert len(asked_for) > 50
        for method, path in asked_for:
            assert f"{method}</span> <code>{path}</code></h3>" in page
        for name in description["components"]["schemas"]:
            assert f'id="form-{name}"' in page
        assert "<script" not in page
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))
