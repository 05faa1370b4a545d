"""What a person sees when there is no page, and what browsers may do with one."""

from collections import defaultdict

import pytest

from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.http.error_pages import ErrorPages
from tramita.portability.lender import LenderSettings
from tramita.web.app import make_app

# A token of no envelope; the same for every worker, because it names the tests.
NOBODYS = "5f0c9f3e-8a53-4d0e-9c55-6c1d2e7f4a10"
on_the_module = pytest.mark.asyncio(loop_scope="module")

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
        for route in make_app().routes:
            for handler in getattr(route, "route_handlers", ()):
                pages = handler.opt.get("page")
                if pages is not None and pages not in said[route.path.split("/")[1]]:
                    said[route.path.split("/")[1]].append(pages)

        assert {"console", "formalizacao", "numbering"} == set(said)
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
