"""Whatever a vendor does, the exchange answers."""

import asyncio
import gzip
import resource
from datetime import timedelta

import pytest

from tests.hastening import let_pass
from tests.kit.vendors import Reader, Vendor, Writer, answer, says_and_hangs_up, serving
from tramita.kit.attempt import Attempt, Exchanged
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.identifiers import new_id
from tramita.kit.outcome import NotSent, Unknown
from tramita.kit.outside import storable_text


async def told(said: bytes) -> tuple[Answer | NotSent | Unknown, Exchanged]:
    """What an order comes to at a vendor that says this, and what is kept of it."""
    this = Attempt(new_id(), "order:1")
    async with (
        serving(says_and_hangs_up(said)) as vendor,
        Exchange("acme", vendor.url, deadline=timedelta(minutes=1)) as exchange,
    ):
        outcome = await exchange.send(Request("POST", "/orders", b"{}"), this)
    [kept] = this.exchanges
    return outcome, kept


class TestWhateverAVendorSays:
    """One of the outcomes, with what was said in the journal."""

    @pytest.mark.parametrize("depth", [0, 1, 30, 500, 900, 990, 2000, 100_000])
    async def test_however_deep_comes_back(self, depth: int) -> None:
        """Brackets within brackets are an answer, and are journalled."""
        outcome, _ = await told(answer(200, b"[" * depth + b"]" * depth))

        assert isinstance(outcome, Answer)

    @pytest.mark.parametrize(
        "said",
        [
            answer(200, b"\x00\xff\xfe"),
            answer(200, b'{"a": "\\u0000\\ud800"}', etag="\N{LATIN SMALL LETTER A WITH TILDE}"),
            answer(200, b"{}").replace(b"Word", b"\xff\x80"),
            answer(200, b"{}", etag="x").replace(b"etag: x", b"etag: \xff\xed\xa0\x80"),
            answer(404, gzip.compress(b"[" * 10_000), content_encoding="gzip"),
            answer(200, b"no gzip", content_encoding="gzip"),
            answer(200, b"{}", content_type="text/plain; charset=nope"),
            answer(200, b"{}", set_cookie="\x80=;;=;"),
            answer(302, b"", location="http://["),
            answer(429, b"", retry_after="9" * 5000),
            answer(429, b"", retry_after="-1"),
            answer(204, b"with a body"),
            b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            b"HTTP/1.1 99999 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"\x00" * 1000,
        ],
    )
    async def test_in_whatever_bytes(self, said: bytes) -> None:
        """Nothing is raised, and every text can be written down."""
        outcome, kept = await told(said)

        assert isinstance(outcome, Answer | NotSent | Unknown)
        texts = [kept.answer, kept.error or ""]
        if isinstance(outcome, Answer):
            texts += outcome.headers.values()
            assert b"\\u0000" not in outcome.body
        assert texts == [storable_text(one) for one in texts]

    async def test_is_there_as_it_came(self) -> None:
        """For whoever verifies a signature over it."""
        body = b'{"a": "\\u0000"}'

        said, _ = await told(answer(200, body))

        assert isinstance(said, Answer)
        assert (body, b'{"a": "\\ufffd"}') == (said.raw, said.body)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"


class TestAnAnswerWithoutAnEnd:
    """It costs neither memory nor time beyond the deadline, whatever part of it has no end."""

    @pytest.mark.parametrize(
        ("begun", "each"),
        [
            (b"HTTP/1.1 200 ", b"a"),
            (OK + b"x: ", b"a"),
            (OK, b"a"),
            (OK, b"x: y\r\n"),
            (OK + b"\r\n", b"a"),
            (CHUNKED, b"0"),
            (CHUNKED, b"1\r\na\r\n"),
            (CHUNKED + b"1;x=", b"a"),
            (CHUNKED + b"0\r\nx: ", b"a"),
            (CHUNKED + b"0\r\n", b"x: y\r\n"),
            (b"", b"\r\n"),
            (b"", b"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n"),
        ],
        ids=[
            *("reason", "a header", "its name", "headers", "body", "size", "chunks", "extension"),
            *("a trailer", "trailers", "empty lines", "hints"),
        ],
    )
    async def test_is_cut_off(self, begun: bytes, each: bytes) -> None:
        """What became of the request is unknown then."""

        async def goes_on(vendor: Vendor, reader: Reader, writer: Writer) -> None:
            await vendor.hear(reader)
            writer.write(begun)
            while True:
                writer.write(each * (65_536 // len(each)))
                await writer.drain()

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async with (
            serving(goes_on) as vendor,
            Exchange("acme", vendor.url, deadline=timedelta(minutes=1), reads=100_000) as exchange,
        ):
            asking = asyncio.create_task(
                exchange.send(Request("GET", "/"), Attempt(new_id(), "order:1"))
            )
            await vendor.until_heard()
            await asyncio.wait({asking}, timeout=0.5)
            let_pass(60)
            outcome = await asking

        assert isinstance(outcome, Unknown)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024
