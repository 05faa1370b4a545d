"""What one client may ask of public routes, and when it has to wait."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.web.conftest import UNLIMITED, Site
from tests.world import envelope
from tramita.kit.http.settings import WebSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")

# A token of no envelope; the same for every worker, because it names the tests.
NOBODYS = "5f0c9f3e-8a53-4d0e-9c55-6c1d2e7f4a10"
LINK = "/api/contratos/formalizacao/enviar-link/"
GUESSES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "details": ("GET", f"/api/detalhe-formalizacao/{NOBODYS}/", {}),
    "page": ("GET", f"/formalizacao/{NOBODYS}", {}),
    "link": ("POST", LINK, {"json": {"token": NOBODYS}}),
    "sign-in": ("POST", "/console/login", {"data": {"email": "a@example.com"}}),
    "message": ("POST", "/webhooks/qitech", {"data": b"{}"}),
}


@pytest.fixture
def narrow(site: Site) -> Iterator[WebSettings]:
    """Two misses, ten requests, then a long wait."""
    settings = WebSettings(
        requests_per_second=1, misses_per_minute=1, sockets_per_token=2, sockets_per_address=3
    )
    site.runtime.configure(settings)
    yield settings
    site.runtime.configure(UNLIMITED)


@pytest.mark.usefixtures("narrow")
class TestGuessing:
    @pytest.mark.parametrize(("method", "path", "sent"), GUESSES.values(), ids=GUESSES.keys())
    async def test_ends_with_a_wait(
        self, site: Site, method: str, path: str, sent: dict[str, Any]
    ) -> None:
        """A few wrong tokens, signatures or forms are anybody's; then it is 429 for a while."""
        answers = [
            await site.ask(method, path, authenticated=False, allow_redirects=False, **sent)
            for _ in range(3)
        ]

        statuses = [one.status for one in answers]
        assert set(statuses[:2]) <= {403, 404}
        assert 429 == statuses[2]
        assert int(answers[2].headers["Retry-After"]) in range(30, 61)

    async def test_at_sockets_counts_too(self, site: Site) -> None:
        """A socket tells as much as a page."""
        for _ in range(2):
            async with site.session.ws_connect(f"{site.url}/ws/{NOBODYS}") as socket:
                await socket.receive()

        with pytest.raises(aiohttp.WSServerHandshakeError):
            await site.session.ws_connect(f"{site.url}/ws/{NOBODYS}")

    async def test_does_not_concern_who_has_a_token(self, site: Site) -> None:
        """The API of partners, and what watches over the process, go on."""
        for _ in range(3):
            await site.ask("GET", f"/formalizacao/{NOBODYS}")

        asked = ("/api/v1/contracts", "/health/live", "/metrics", "/static/page.css")
        assert {200} == {(await site.ask("GET", path)).status for path in asked}


class TestAFlood:
    async def test_of_good_requests_waits_as_well(self, site: Site, narrow: WebSettings) -> None:
        """As a page for people, with the time to wait."""
        site.runtime.configure(narrow.model_copy(update={"requests_per_second": 0.1}))
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        path = f"/formalizacao/{made.body['token']}"

        first, refused = await site.ask("GET", path), await site.ask("GET", path)

        assert 200 == first.status
        assert 429 == refused.status
        assert "Muitos pedidos ao mesmo tempo" in refused.body
        assert int(refused.headers["Retry-After"]) in range(1, 11)


@pytest.mark.usefixtures("narrow")
class TestSockets:
    async def test_are_bounded_per_envelope_and_per_address(self, site: Site) -> None:
        """The next one is told to come later; one that closes makes room."""
        tokens = [
            (await site.ask("POST", "/api/v1/envelopes", json=envelope())).body["token"]
            for _ in range(2)
        ]
        async with AsyncExitStack() as stack:

            async def open_socket(token: str) -> aiohttp.ClientWebSocketResponse:
                connecting = site.session.ws_connect(f"{site.url}/ws/{token}")
                return await stack.enter_async_context(connecting)

            held = [await open_socket(tokens[0]) for _ in range(2)]
            third = await open_socket(tokens[0])
            await third.receive(timeout=20)
            assert (1013, False) == (third.close_code, held[0].closed)

            held.append(await open_socket(tokens[1]))
            fourth = await open_socket(tokens[1])
            await fourth.receive(timeout=20)
            assert 1013 == fourth.close_code

    async def test_may_be_opened_from_pages_of_any_site(self, site: Site) -> None:
        """Only the token counts, no cookie does: another site gains nothing by its visitors."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())

        async with site.session.ws_connect(
            f"{site.url}/ws/{made.body['token']}", headers={"Origin": "https://elsewhere.example"}
        ) as socket:
            assert not socket.closed


@pytest.mark.usefixtures("narrow")
class TestAnAddress:
    async def test_is_not_believed_of_anybody(self, site: Site) -> None:
        """Who names another address each time is still the one who connects; the log says so once."""
        with capture_logs() as lines:
            statuses = [
                (
                    await site.ask(
                        "GET",
                        f"/formalizacao/{NOBODYS}",
                        headers={"X-Forwarded-For": f"203.0.113.{number}"},
                    )
                ).status
                for number in range(3)
            ]

        assert [404, 404, 429] == statuses
        assert 1 == [one["event"] for one in lines].count("proxy_not_trusted")
