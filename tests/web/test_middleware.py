"""What the log tells of a request, and what it must not."""

import io
import logging

import aiohttp
import pytest
import structlog
from structlog.testing import capture_logs
from yarl import URL

from tests.web.conftest import Site
from tests.world import envelope

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestRequestLog:
    async def test_tells_the_route_and_never_a_secret(self, site: Site) -> None:
        """No token, no CPF: neither of paths, nor of bodies, nor of credentials."""
        body = envelope()
        with capture_logs() as lines:
            made = await site.ask("POST", "/api/v1/envelopes", json=body)
            token = made.body["token"]
            await site.ask("POST", "/api/v1/envelopes", json=body)
            await site.ask("GET", f"/api/v1/envelopes/{token}?cpf=16514548091")
            await site.ask("GET", f"/api/detalhe-formalizacao/{token}/")
            await site.ask("GET", f"/formalizacao/{token}")
            await site.ask("GET", f"/nowhere/{token}")

        requests = [(one["route"], one["status"]) for one in lines if one["event"] == "request"]
        assert [
            ("/api/v1/envelopes", 201),
            ("/api/v1/envelopes", 409),
            ("/api/v1/envelopes/{token}", 200),
            ("/api/detalhe-formalizacao/{token}", 200),
            ("/formalizacao/{token}", 200),
            ("unmatched", 404),
        ] == requests
        secrets = {token, body["customer"]["cpf"], "16514548091", site.headers["Authorization"]}
        assert set() == {one for one in secrets if one in str(lines)}

    async def test_has_one_id_for_the_line_and_the_answer(self, site: Site) -> None:
        """Whoever reports a request id leads to its line."""
        seen: list[str] = []

        def keep(
            _: object, __: str, event: structlog.typing.EventDict
        ) -> structlog.typing.EventDict:
            seen.append(event.get("request_id", ""))
            return event

        with capture_logs(processors=[structlog.contextvars.merge_contextvars, keep]):
            answer = await site.ask("GET", "/api/v1/nothing")

        assert [answer.headers["X-Request-ID"]] == seen


class TestTheWholeLog:
    async def test_never_holds_the_token_of_an_envelope(
        self, site: Site, written: io.StringIO
    ) -> None:
        """Page, API and socket, asked rightly and wrongly; our lines and the libraries'."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        token = made.body["token"]
        for path in (f"/formalizacao/{token}", f"/api/detalhe-formalizacao/{token}/"):
            await site.ask("GET", path)
        await site.ask("GET", f"/ws/{token}", headers={"Upgrade": "h2c", "Connection": "Upgrade"})
        async with site.session.ws_connect(f"{site.url}/ws/{token}") as socket:
            await socket.send_bytes(b"\xff")
        for path in (f"/formalizacao/{token}", f"/ws/{token}/x", f"/ws/{token}%00"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await site.session.ws_connect(URL(site.url + path, encoded=True))
        logging.getLogger("a.library").error("GET /ws/%s?x=1", token)

        log = written.getvalue()
        assert '"/formalizacao/{token}"' in log
        assert "a.library" in log
        assert token not in log
        assert "Traceback" not in log
