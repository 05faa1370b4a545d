"""What is wrong with an address, a query or whoever asks, and how that is told."""

import asyncio
import base64
from uuid import uuid4

import aiohttp
import pytest
from structlog.testing import capture_logs
from yarl import URL

from tests.web.conftest import Site
from tests.web.test_problems import CONTRACTS, ENVELOPES, LINK, is_problem, paths_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


# A token of no envelope; the same for every worker, because it names the tests.
NOBODYS = "5f0c9f3e-8a53-4d0e-9c55-6c1d2e7f4a10"


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        "path",
        [
            f"{ENVELOPES}/{NOBODYS}",
            f"{ENVELOPES}/not-a-uuid",
            f"{CONTRACTS}/{NOBODYS}",
            f"{CONTRACTS}/not-a-uuid",
            f"/api/detalhe-formalizacao/{NOBODYS}/",
            "/api/detalhe-formalizacao/not-a-uuid/",
            "/api/detalhe-formalizacao/%F0%9F%92%A9/",
            "/api/v1/nothing",
            "/nothing",
            "/schema/nothing.json",
        ],
    )
    async def test_is_a_404(self, site: Site, path: str) -> None:
        """Unknown things, tokens that are none, and routes that do not exist."""
        answer = await site.ask("GET", path)

        assert 404 == answer.status
        assert is_problem(answer)

    async def test_is_a_404_for_the_link_too(self, site: Site) -> None:
        """A well-formed token of no envelope."""
        answer = await site.ask("POST", LINK, json={"token": str(uuid4())}, authenticated=False)

        assert (404, "envelope_not_found") == (answer.status, answer.body["code"])

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("PUT", ENVELOPES, "GET, HEAD, POST"),
            ("GET", LINK, "POST"),
            ("DELETE", CONTRACTS, "GET, HEAD, POST"),
            ("POST", f"/api/detalhe-formalizacao/{NOBODYS}/", "GET, HEAD"),
        ],
    )
    async def test_for_this_method_is_a_405(
        self, site: Site, method: str, path: str, allowed: str
    ) -> None:
        """Saying which methods there are."""
        answer = await site.ask(method, path)

        assert (405, "method_not_allowed") == (answer.status, answer.body["code"])
        assert set(allowed.split(", ")) == set(answer.headers["Allow"].split(", ")) - {"OPTIONS"}
        assert is_problem(answer)

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            (ENVELOPES, "GET, HEAD, OPTIONS, POST"),
            (f"{ENVELOPES}/{NOBODYS}", "GET, HEAD, OPTIONS"),
            (f"{CONTRACTS}/{NOBODYS}", "GET, HEAD, OPTIONS, PATCH"),
            (LINK, "OPTIONS, POST"),
        ],
    )
    async def test_is_told_beforehand_to_whoever_asks(
        self, site: Site, path: str, allowed: str
    ) -> None:
        """OPTIONS and 405 name the same methods, of all handlers of a path."""
        told = await site.ask("OPTIONS", path)
        refused = await site.ask("TRACE", path)

        assert (204, allowed) == (told.status, told.headers["Allow"])
        assert (405, allowed) == (refused.status, refused.headers["Allow"])

    async def test_without_a_socket_is_a_426(self, site: Site) -> None:
        """The socket's address asked for over plain HTTP."""
        answer = await site.ask("GET", f"/ws/{NOBODYS}")

        assert (426, "websocket") == (answer.status, answer.headers["Upgrade"])
        assert is_problem(answer)


class TestANulInTheAddress:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            (f"{CONTRACTS}?q=%00", 400),
            (f"{CONTRACTS}?cursor=%00", 400),
            ("/api/detalhe-formalizacao/%00/", 400),
            ("/formalizacao/a%00b", 400),
            ("/webhooks/%00", 405),
            ("/api/v1/%00", 404),
            ("/static/%00.css", 400),
        ],
    )
    async def test_never_reaches_the_database(self, site: Site, path: str, status: int) -> None:
        """PostgreSQL has no NUL, so no row has one."""
        answer = await site.ask("GET", path)

        assert status == answer.status


class TestAQuery:
    @pytest.mark.parametrize(
        ("query", "path"),
        [
            ("limit=many", "query.limit"),
            ("limit=0", "query.limit"),
            ("limit=99999999999999999999999", "query.limit"),
            ("state=lost", "query.state"),
            ("customer=x", "query.customer"),
            (f"q={'x' * 201}", "query.q"),
        ],
    )
    async def test_that_means_nothing_is_a_400(self, site: Site, query: str, path: str) -> None:
        """The parameter is named as the caller wrote it."""
        answer = await site.ask("GET", f"{CONTRACTS}?{query}")

        assert (400, {path}) == (answer.status, paths_in(answer))
        assert is_problem(answer)

    async def test_names_every_wrong_parameter(self, site: Site) -> None:
        """All at once, as in bodies."""
        answer = await site.ask("GET", f"{CONTRACTS}?customer=x&state=y&product=z")

        assert {"query.customer", "query.state", "query.product"} == paths_in(answer)


class TestAStrangersMistake:
    """What nobody of the house can be blamed for is no 500, and rings no alarm."""

    @pytest.mark.parametrize(
        "path",
        ["/api/v1/devices/brands", "/api/v1/devices/brands/b/models"],
    )
    async def test_in_a_cursor_is_a_400(self, site: Site, path: str) -> None:
        """A NUL in the key of a row."""
        cursor = base64.urlsafe_b64encode(b'["a\\u0000","b"]').decode().rstrip("=")

        answer = await site.ask("GET", f"{path}?cursor={cursor}")

        assert (400, "query.cursor") == (answer.status, answer.body["errors"][0]["path"])

    @pytest.mark.parametrize("hosts", ["Host: a\r\nHost: b\r\n", ""], ids=["two hosts", "no host"])
    async def test_in_its_host_is_a_400(self, site: Site, hosts: str) -> None:
        """Who cannot say whom they ask is not answered."""
        host, port = site.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /health/live HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()

        assert answer.startswith(b"HTTP/1.1 400 ")

    async def test_on_a_socket_rings_no_alarm(self, site: Site) -> None:
        """No socket is there, or its address holds a NUL."""
        with capture_logs() as lines:
            for path in ("/health/live", "/nowhere", "/ws/%00", "/api/v1/contracts"):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await site.session.ws_connect(URL(site.url + path, encoded=True))

        assert [] == [one for one in lines if one["log_level"] in ("error", "critical")]

    async def test_in_production_meets_no_receiver_without_a_secret(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A backend that is not configured expects no messages, and says so to nobody else."""
        monkeypatch.setenv("TRAMITA_MODE", "production")
        with capture_logs() as lines:
            answer = await site.ask("POST", "/webhooks/smt", data=b"{}", authenticated=False)

        assert answer.status in (404, 503)
        assert not any("exc_info" in one for one in lines)
