"""What a connection takes of whoever it belongs to: bytes, headers, time."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.locks import until_waiting
from tests.web.conftest import Site
from tests.world import envelope
from tramita.kit.http.settings import WebSettings
from tramita.kit.settings import Mode
from tramita.portability.announcements import topic_of
from tramita.web.connections import BoundedConnection, Patience
from tramita.web.server import listen, running_web

pytestmark = pytest.mark.asyncio(loop_scope="module")

# The longest that any of it may take here; nobody waits so long unless it is broken.
DEADLINE = 60
MiB = 1024 * 1024


class Raw:
    """A connection on which anything can be written."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, data: bytes) -> None:
        """Write, whatever becomes of it."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def until_closed(self) -> bytes:
        """What was answered until the other side closed."""
        async with asyncio.timeout(DEADLINE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def answered(self) -> bytes:
        """The next status line."""
        async with asyncio.timeout(DEADLINE):
            return await self.reader.readline()


@asynccontextmanager
async def connected(site: Site) -> AsyncIterator[Raw]:
    """A connection to the site."""
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything may take a moment only: longer than it takes to say what a test has to say."""
    monkeypatch.setattr(BoundedConnection, "patience", Patience(1, 1, 0.2, rate=1e9))


class TestAHead:
    @pytest.mark.parametrize(
        "head",
        [
            b"GET /health/live?" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 17_000 + b"\r\n\r\n",
            b"GET /health/live HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 100 + b"\r\n",
            b"GET /ws/x HTTP/1.1\r\nHost: x\r\n"
            + b"a: b\r\n" * 100
            + b"Upgrade: websocket\r\n\r\n",
        ],
        ids=["address", "one header", "many headers", "of a socket"],
    )
    async def test_of_more_than_its_bounds_is_refused(self, site: Site, head: bytes) -> None:
        """Sixteen kibibytes, a hundred headers."""
        async with connected(site) as raw:
            await raw.say(head)

            assert (await raw.until_closed()).startswith(b"HTTP/1.1 431 ")

    async def test_within_its_bounds_is_taken(self, site: Site) -> None:
        """Large cookies and signatures have their room."""
        answer = await site.ask("GET", "/health/live", headers={"A": "a" * 8_000, "B": "b" * 7_000})

        assert 200 == answer.status

    async def test_without_an_end_costs_no_memory(self, site: Site) -> None:
        """Eight megabytes of one header: read no further than its bounds."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async with connected(site) as raw:
            await raw.say(b"GET / HTTP/1.1\r\nA: ")
            for _ in range(128):
                await raw.say(b"a" * 65_536)

            assert (await raw.until_closed())[:13] in (b"HTTP/1.1 431 ", b"")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 4 * 1024


CHUNKED = (
    b"POST /api/contratos/formalizacao/enviar-link/ HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class TestWhatIsAroundABody:
    @pytest.mark.parametrize(
        ("begun", "each"),
        [
            (b"0\r\nX: ", b"a"),
            (b"0\r\n", b"a"),
            (b"0\r\n", b"a: b\r\n"),
            (b"1;x=", b"a"),
            (b"", b"0"),
        ],
        ids=["a trailer", "its name", "trailers", "extension", "size"],
    )
    async def test_has_bounds_like_a_head(self, site: Site, begun: bytes, each: bytes) -> None:
        """It is no part of the body, so no bound of the body ends it."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async with connected(site) as raw:
            await raw.say(CHUNKED + begun)
            closed = asyncio.create_task(raw.until_closed())
            for _ in range(128):
                await raw.say(each * (65_536 // len(each)))

            assert (await closed)[:13] in (b"HTTP/1.1 431 ", b"")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4 * 1024

    async def test_may_be_much_around_little(self, site: Site) -> None:
        """A body in chunks of one byte each is a body."""
        body = b'{"token": "066d2f49-8fa3-7cc8-8000-0d8f2a2f8f8f"}' + b" " * 900
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
        async with connected(site) as raw:
            for n in range(0, len(chunks), 1000):
                await raw.say((CHUNKED if n == 0 else b"") + chunks[n : n + 1000])
            await raw.say(b"0\r\n\r\n")

            assert (await raw.answered()).startswith(b"HTTP/1.1 404 ")


@pytest.mark.usefixtures("in_haste")
class TestSlowness:
    @pytest.mark.parametrize(
        ("said", "answer"),
        [
            (b"", b""),
            (b"\r\n", b""),
            (b"GET /hea", b"HTTP/1.1 408 "),
            (b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: ", b"HTTP/1.1 408 "),
            (
                b"POST /api/contratos/formalizacao/enviar-link/ HTTP/1.1\r\nHost: x\r\n"
                b"Content-Length: 100\r\n\r\n{",
                b"HTTP/1.1 408 ",
            ),
        ],
        ids=["nothing", "a line", "half an address", "half a header", "half a body"],
    )
    async def test_ends_the_connection(self, site: Site, said: bytes, answer: bytes) -> None:
        """Whoever stops in the middle keeps nothing open, and is told why."""
        async with connected(site) as raw:
            await raw.say(said)

            assert answer == (await raw.until_closed())[:13]

    async def test_is_no_failure_of_ours(self, site: Site) -> None:
        """Half a body is a 408 in the log, and no 500."""
        with capture_logs() as lines:
            async with connected(site) as raw:
                await raw.say(
                    b"POST /api/contratos/formalizacao/enviar-link/ HTTP/1.1\r\nHost: x\r\n"
                    b"Content-Length: 100\r\n\r\n{"
                )
                await raw.until_closed()
            async with asyncio.timeout(DEADLINE):
                # It is written when the connection is closed already, and these have lines as well.
                while 408 not in {one["status"] for one in lines if one["event"] == "request"}:
                    await site.ask("OPTIONS", "/health/live")

        assert set() == {one["event"] for one in lines if one["log_level"] == "error"}

    @pytest.mark.parametrize("drop", [b"a", b"\r\n"], ids=["a header", "empty lines"])
    async def test_does_not_become_speed_by_dripping(self, site: Site, drop: bytes) -> None:
        """A byte now and then buys no time: the whole head has a deadline."""
        async with connected(site) as raw:
            if drop == b"a":
                await raw.say(b"GET / HTTP/1.1\r\nA: ")
            closed = asyncio.create_task(raw.until_closed())
            async with asyncio.timeout(DEADLINE):
                while not closed.done():
                    await raw.say(drop)
                    await asyncio.wait({closed}, timeout=0.02)

            assert closed.done()

    async def test_after_the_answer_ends_it_too(self, site: Site) -> None:
        """A body that nobody waits for any more is not listened to for long."""
        async with connected(site) as raw:
            await raw.say(
                b"POST /api/v1/envelopes HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{"
            )

            assert (await raw.until_closed()).startswith(b"HTTP/1.1 401 ")

    async def test_is_not_taken_for_patience_with_an_answer(self, site: Site) -> None:
        """One who waits for an answer, with half of the next request sent, gets it."""
        async with connected(site) as raw:
            await raw.say(b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\nGET /he")

            assert b"HTTP/1.1 200 OK\r\n" == await raw.answered()


class TestABody:
    async def test_that_comes_steadily_may_take_longer(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What has come buys time for the rest."""
        monkeypatch.setattr(BoundedConnection, "patience", Patience(5, 1, 1, rate=500))

        async def slowly() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b" " * 500
                await asyncio.wait({asyncio.Future()}, timeout=0.15)
            yield b"{}"

        answer = await site.ask("POST", "/api/v1/envelopes", data=slowly())

        assert 415 == answer.status


class TestASocket:
    async def test_is_open_when_it_hears(self, site: Site) -> None:
        """However long it takes to find what it is about, nothing that is said after that is lost."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        token, database = made.body["token"], site.runtime.database
        async with database.unit_of_work() as work:
            await work.fetch("LOCK TABLE envelopes")
            opening = asyncio.create_task(site.session.ws_connect(f"{site.url}/ws/{token}"))
            await until_waiting(database)
            assert not opening.done()
        async with await opening as socket:
            async with database.unit_of_work() as work:
                work.publish(topic_of(UUID(token)), {"type": "MARK"})

            assert {"type": "MARK"} == await socket.receive_json(timeout=DEADLINE)

    async def test_is_closed_when_its_client_talks(self, site: Site) -> None:
        """Clients have nothing to say; a message beyond a kibibyte is no client's."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        async with site.session.ws_connect(f"{site.url}/ws/{made.body['token']}") as socket:
            await socket.send_str("a" * 1025)

            async with asyncio.timeout(DEADLINE):
                while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                    pass
            assert aiohttp.WSCloseCode.MESSAGE_TOO_BIG == socket.close_code


class TestTooMuchAtOnce:
    async def test_is_refused_and_said(self, site: Site) -> None:
        """503 with the time to wait; what is under way goes on."""
        made = await site.ask("POST", "/api/v1/envelopes", json=envelope())
        address = f"{site.url}/ws/{made.body['token']}"
        usual = site.runtime.configured(WebSettings)
        async with site.session.ws_connect(address) as socket:
            site.runtime.configure(usual.model_copy(update={"connections": 1}))
            try:
                refused = await site.ask("GET", "/health/live")
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await site.session.ws_connect(address)
            finally:
                site.runtime.configure(usual)
            assert not socket.closed

        assert (503, "too_busy", "2") == (
            refused.status,
            refused.body["code"],
            refused.headers["Retry-After"],
        )


class TestTheServer:
    async def test_does_not_say_what_it_is(self, site: Site) -> None:
        """Nobody needs to know whose faults to look for."""
        assert "Server" not in (await site.ask("GET", "/health/live")).headers


class TestAnAnswer:
    async def test_is_sent_without_waiting(self) -> None:
        """Its last piece does not wait for the other side to confirm the one before (40 ms)."""
        answers = asyncio.Queue[int]()

        class Connected(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                seen = transport.get_extra_info("socket")
                answers.put_nowait(seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        listening = listen("127.0.0.1", 0)
        server = await asyncio.get_running_loop().create_server(Connected, sock=listening)
        async with server:
            _, writer = await asyncio.open_connection(*listening.getsockname())
            assert 0 != await asyncio.wait_for(answers.get(), 10)
            writer.close()
            await writer.wait_closed()


class TestAServerInProduction:
    async def test_says_loudly_that_it_has_no_tls(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once, at the start, as an error."""
        monkeypatch.setattr(site.runtime.settings, "mode", Mode.PRODUCTION)
        with capture_logs() as lines:
            async with running_web(site.runtime, listen("127.0.0.1", 0)):
                pass

        [said] = [one for one in lines if one["event"] == "served_without_https"]
        assert "error" == said["log_level"]
