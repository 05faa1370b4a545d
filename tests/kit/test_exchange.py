"""The exchange: the one HTTP client for providers."""

import asyncio
import gzip
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.hastening import let_pass
from tests.kit.vendors import (
    Manner,
    Vendor,
    answer,
    closes_after_one,
    holds,
    is_silent,
    resets_after_hearing,
    resets_at_once,
    resets_in_the_middle,
    says,
    serving,
    speaks_first,
    trickles,
)
from tramita.kit.attempt import Attempt
from tramita.kit.breaker import Breaker
from tramita.kit.database.engine import Database
from tramita.kit.exchange import Answer, Exchange, Request
from tramita.kit.identifiers import new_id
from tramita.kit.line import TransactionOpen
from tramita.kit.outcome import NotSent, Unknown

ORDER = Request("POST", "/orders", b'{"n": 1}')
NOWHERE = "http://127.0.0.1:1"


def attempt() -> Attempt:
    """An attempt at some operation."""
    return Attempt(new_id(), "order:1")


class Street:
    """Opens vendors and exchanges that last as long as the test."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self.stack = stack

    async def vendor(self, manner: Manner) -> Vendor:
        return await self.stack.enter_async_context(serving(manner))

    async def exchange(self, url: str, **options: Any) -> Exchange:
        return await self.stack.enter_async_context(Exchange("acme", url, **options))

    async def ask(self, manner: Manner, **options: Any) -> Answer | NotSent | Unknown:
        """What the exchange says about one order at such a vendor."""
        exchange = await self.exchange((await self.vendor(manner)).url, **options)
        return await exchange.send(ORDER, attempt())

    async def ask_in_vain(self, manner: Manner) -> tuple[Answer | NotSent | Unknown, Attempt]:
        """What it says when a minute has gone by since the vendor heard of the order."""
        vendor, trial = await self.vendor(manner), attempt()
        exchange = await self.exchange(vendor.url, deadline=timedelta(minutes=1))
        asking = asyncio.create_task(exchange.send(ORDER, trial))
        await vendor.until_heard()
        let_pass(60)
        return await asking, trial


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    """A street of vendors."""
    async with AsyncExitStack() as stack:
        yield Street(stack)


class TestAnAnswer:
    async def test_is_handed_over_whole(self, street: Street) -> None:
        """Status, headers in lower case, and the body."""
        vendor = await street.vendor(says(answer(201, b'{"id": 7}', X_Vendor="acme")))
        exchange = await street.exchange(vendor.url + "/")

        result = await exchange.send(
            Request("POST", "/orders?dry=1", b"{}", {"x-key": "k"}), attempt()
        )

        assert isinstance(result, Answer)
        assert (201, b'{"id": 7}', "acme") == (
            result.status,
            result.body,
            result.headers["x-vendor"],
        )
        head = vendor.requests[0].split(b"\r\n\r\n")[0]
        assert head.startswith(b"POST /orders?dry=1 HTTP/1.1\r\n")
        assert b"\r\nx-key: k\r\n" in head

    @pytest.mark.parametrize("status", [200, 400, 401, 404, 409, 422])
    async def test_of_4xx_is_left_to_the_gateway(self, street: Street, status: int) -> None:
        """What a refusal means is the vendor's own language."""
        result = await street.ask(says(answer(status)))

        assert isinstance(result, Answer)
        assert status == result.status

    async def test_of_a_redirection_is_not_followed(self, street: Street) -> None:
        """A vendor does not send our signed body elsewhere."""
        elsewhere = await street.vendor(says(answer(200)))

        result = await street.ask(says(answer(307, location=elsewhere.url)))

        assert isinstance(result, Answer)
        assert (307, 0) == (result.status, elsewhere.connections)

    async def test_uses_a_connection_again(self, street: Street) -> None:
        """Connecting anew for each call would cost more than the call."""
        vendor = await street.vendor(says(answer(200)))
        exchange = await street.exchange(vendor.url)

        for _ in range(3):
            await exchange.send(ORDER, attempt())

        assert (1, 3) == (vendor.connections, len(vendor.requests))


class TestNotSent:
    """The exchange is certain that nothing happened."""

    @pytest.mark.parametrize("url", [NOWHERE, "http://nobody.invalid"], ids=["refused", "dns"])
    async def test_is_said_when_no_connection_is_made(self, street: Street, url: str) -> None:
        """Nobody listens, or the name leads nowhere."""
        exchange = await street.exchange(url)

        result = await exchange.send(ORDER, attempt())

        assert isinstance(result, NotSent)
        assert result.reason.startswith("no connection: ")
        assert timedelta(seconds=2) == result.retry_in

    async def test_is_said_where_no_secure_connection_is_made(
        self, street: Street, certificate: tuple[Path, Path]
    ) -> None:
        """One speaks no TLS, one hangs up over it, one shows what nobody vouches for: none gets a word."""
        shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        shown.load_cert_chain(*certificate)
        vendors = [await street.vendor(one) for one in (speaks_first, resets_at_once)]
        vendors.append(await street.stack.enter_async_context(serving(says(answer(200)), shown)))

        for vendor in vendors:
            exchange = await street.exchange(vendor.url.replace("http:", "https:"))
            result = await exchange.send(ORDER, attempt())

            assert isinstance(result, NotSent), result
            assert result.reason.startswith("no connection: ")
            assert [] == vendor.requests

    async def test_is_said_when_connecting_takes_all_the_time(self, street: Street) -> None:
        """A host that swallows packets got no request, however short the deadline."""
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            # One connection fills the backlog; the next is never accepted nor refused.
            with socket.create_connection(("127.0.0.1", port)):
                exchange = await street.exchange(
                    f"http://127.0.0.1:{port}", deadline=timedelta(seconds=0.4)
                )

                result = await exchange.send(ORDER, attempt())

        assert isinstance(result, NotSent)

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [({}, 5), ({"Retry_After": "7"}, 7), ({"Retry_After": "86400"}, 600)]
        + [({"Retry_After": odd}, 5) for odd in ("Wed, 21 Oct 2026 07:28:00 GMT", "-1", "²")],
        ids=["none", "seconds", "a day", "date", "negative", "superscript"],
    )
    async def test_is_said_of_429(
        self, street: Street, header: dict[str, str], seconds: int
    ) -> None:
        """With the wait the vendor asks for, within reason."""
        reply = answer(429).replace(b"{}", b"")
        for name, value in header.items():
            line = f"{name.replace('_', '-')}: {value}\r\n".encode("latin-1")
            reply = reply.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n")
        reply = reply.replace(b"content-length: 2", b"content-length: 0")

        result = await street.ask(says(reply))

        assert NotSent("HTTP 429, too many requests", timedelta(seconds=seconds)) == result


class TestUnknown:
    """The vendor may have acted."""

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
    async def test_is_said_of_5xx(self, street: Street, status: int) -> None:
        """It says nothing about whether the effect took place before the failure."""
        assert Unknown(f"HTTP {status}") == await street.ask(says(answer(status)))

    async def test_is_said_when_the_deadline_passes(self, street: Street) -> None:
        """Whoever was asked has said nothing."""
        result, _ = await street.ask_in_vain(is_silent)

        assert Unknown("no answer within 60 s") == result

    async def test_is_said_of_what_has_no_end_by_then(self, street: Street) -> None:
        """The deadline is total: an answer that drips for ever is no answer either."""
        async with asyncio.timeout(60):
            result = await street.ask(trickles, deadline=timedelta(seconds=3))

        assert Unknown("no answer within 3 s") == result

    @pytest.mark.parametrize("manner", [resets_at_once, resets_after_hearing, resets_in_the_middle])
    async def test_is_said_when_the_connection_breaks(self, street: Street, manner: Manner) -> None:
        """Before, after or within the answer: the request may have arrived."""
        result = await street.ask(manner)

        assert isinstance(result, Unknown)
        assert result.reason.startswith("the connection broke: ")

    @pytest.mark.parametrize(
        "reply",
        [
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-encoding: gzip\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\ncontent-length: none\r\n\r\n",
            b"SMTP ready\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        ],
        ids=["no gzip", "odd length", "no HTTP", "huge header", "odd chunk"],
    )
    async def test_is_said_of_gibberish(self, street: Street, reply: bytes) -> None:
        """Whoever answers like that has heard us."""
        assert isinstance(await street.ask(says(reply)), Unknown)

    @pytest.mark.parametrize("squeezed", [False, True], ids=["plain", "gzip"])
    async def test_is_said_of_an_answer_too_large(self, street: Street, squeezed: bool) -> None:
        """Reading stops at the limit, also for what only unpacking makes large."""
        body = b" " * 5_000_000
        reply = (
            answer(200, gzip.compress(body), content_encoding="gzip")
            if squeezed
            else answer(200, body)
        )

        assert Unknown("the answer was larger than 1000 bytes") == await street.ask(
            says(reply), reads=1000
        )

    @pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "GET"])
    async def test_is_never_tried_again_by_itself(self, street: Street, method: str) -> None:
        """On a pooled connection that the server closes every request is sent once."""
        vendor = await street.vendor(closes_after_one)
        exchange = await street.exchange(vendor.url)
        request = Request(method, "/orders/1")
        assert isinstance(await exchange.send(request, attempt()), Answer)

        result = await exchange.send(request, attempt())

        assert isinstance(result, Unknown)
        assert (1, 2) == (vendor.connections, len(vendor.requests))


class TestOurOwnMistakes:
    """They fail loudly: they say nothing about the vendor."""

    async def test_are_raised_for_a_request_that_cannot_be_sent(self, street: Street) -> None:
        """A header with a line break is no matter of the vendor's."""
        exchange = await street.exchange((await street.vendor(says(answer(200)))).url)

        with pytest.raises(ValueError, match="header"):
            await exchange.send(Request("GET", "/", headers={"x": "a\r\nb"}), attempt())

    async def test_are_raised_for_an_address_that_is_none(self, street: Street) -> None:
        """A wrong setting must not park every contract as unknown."""
        exchange = await street.exchange("http://[half")

        with pytest.raises(ValueError, match="half"):
            await exchange.send(ORDER, attempt())

    async def test_are_raised_outside_the_block(self) -> None:
        """An exchange is opened before it is used."""
        with pytest.raises(RuntimeError, match="async with"):
            await Exchange("acme", NOWHERE).send(ORDER, attempt())

    async def test_are_raised_while_a_transaction_is_open(
        self, street: Street, database: Database
    ) -> None:
        """A slow bank must never hold our rows."""
        vendor = await street.vendor(says(answer(200)))
        exchange = await street.exchange(vendor.url)

        async with database.unit_of_work():
            with pytest.raises(TransactionOpen, match="acme POST /orders"):
                await exchange.send(ORDER, attempt())

        assert 0 == vendor.connections
        assert isinstance(await exchange.send(ORDER, attempt()), Answer)

    async def test_do_not_follow_a_task_out_of_its_transaction(
        self, street: Street, database: Database
    ) -> None:
        """A task started within a unit of work may call once that has ended."""
        exchange = await street.exchange((await street.vendor(says(answer(200)))).url)
        ended = asyncio.Event()

        async def call_later() -> Answer | NotSent | Unknown:
            await ended.wait()
            return await exchange.send(ORDER, attempt())

        async with database.unit_of_work():
            calling = asyncio.create_task(call_later())
        ended.set()

        assert isinstance(await calling, Answer)


class TestTheBreaker:
    async def test_holds_calls_back_and_probes(self, street: Street) -> None:
        """While a provider is down nobody is sent to it but one probe per pause."""
        now = [0.0]
        replies = [answer(503), answer(503), answer(200), answer(200)]

        async def manner(vendor: Vendor, reader: Any, writer: Any) -> None:
            while await vendor.hear(reader):
                writer.write(replies.pop(0))

        vendor = await street.vendor(manner)
        exchange = await street.exchange(
            vendor.url,
            breaker=Breaker(threshold=2, pause=timedelta(seconds=5)),
            clock=lambda: now[0],
        )

        async def send(at: float) -> Answer | NotSent | Unknown:
            now[0] = at
            return await exchange.send(ORDER, attempt())

        results = [await send(at) for at in (0.0, 1.0, 2.0, 6.0, 6.0)]

        assert [Unknown, Unknown, NotSent, Answer, Answer] == [type(one) for one in results]
        assert NotSent("acme is down, calls are held back", timedelta(seconds=4)) == results[2]

    async def test_counts_failed_connections(self, street: Street) -> None:
        """Nobody listening is as down as down can be."""
        exchange = await street.exchange(NOWHERE, breaker=Breaker(threshold=1))

        await exchange.send(ORDER, attempt())

        assert exchange.breaker.is_open

    @pytest.mark.parametrize("status", [200, 404, 422, 429])
    async def test_is_content_with_any_answer_below_500(self, street: Street, status: int) -> None:
        """A vendor that refuses is up."""
        exchange = await street.exchange(
            (await street.vendor(says(answer(status)))).url, breaker=Breaker(threshold=1)
        )

        await exchange.send(ORDER, attempt())

        assert not exchange.breaker.is_open


class TestTheLease:
    async def test_stops_a_call_that_could_outlive_it(self, street: Street) -> None:
        """A process that stood still for a while does not overtake whoever took over."""
        vendor = await street.vendor(says(answer(200)))
        exchange = await street.exchange(
            vendor.url, clock=lambda: 100.0, deadline=timedelta(seconds=30)
        )
        in_time = Attempt(new_id(), "order:1", lease_ends=130.0)
        too_late = Attempt(new_id(), "order:2", lease_ends=129.9)

        sent = await exchange.send(ORDER, in_time)
        held = await exchange.send(ORDER, too_late)

        assert isinstance(sent, Answer)
        assert NotSent("too late to be sent under this lease", timedelta(seconds=1)) == held
        assert 1 == len(vendor.requests)


class TestTheConcurrencyLimit:
    async def test_lets_only_so_many_calls_through_at_once(self, street: Street) -> None:
        """The others wait for a place."""
        vendor = await street.vendor(holds)
        exchange = await street.exchange(vendor.url, concurrency=2)
        calls = [asyncio.create_task(exchange.send(ORDER, attempt())) for _ in range(6)]
        await vendor.until_heard()

        most = exchange._places.locked()
        vendor.released.set()
        results = await asyncio.gather(*calls)

        assert most
        assert 2 == vendor.connections
        assert [Answer] * 6 == [type(one) for one in results]

    async def test_does_not_let_them_wait_for_ever(
        self, street: Street, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The operation's lease is running meanwhile."""
        monkeypatch.setattr("tramita.kit.line._WAIT_FOR_A_PLACE", 0.05)
        vendor = await street.vendor(holds)
        exchange = await street.exchange(vendor.url, concurrency=1)
        first = asyncio.create_task(exchange.send(ORDER, attempt()))
        await vendor.until_heard()

        second = await exchange.send(ORDER, attempt())

        vendor.released.set()
        await first
        assert NotSent("too many calls to acme under way", timedelta(seconds=1)) == second
        assert 1 == len(vendor.requests)


class TestTheJournal:
    async def test_keeps_what_was_said_with_secrets_hidden(self, street: Street) -> None:
        """Request and answer, path, headers and bodies."""
        vendor = await street.vendor(says(answer(200, b'{"cpf": "16514548091", "id": 7}')))
        exchange = await street.exchange(vendor.url)
        trial = attempt()

        await exchange.send(
            Request(
                "POST",
                "/people?cpf=16514548091&n=1",
                b'{"cpf": "16514548091", "n": 1}',
                {"authorization": "Bearer abc.def.ghi"},
            ),
            trial,
        )

        (said,) = trial.exchanges
        assert ("POST", 200, None) == (said.method, said.status, said.error)
        assert '"id":7' in said.answer
        assert re.search(r"n=1$", said.path)
        for text in (said.path, said.request, said.answer):
            assert "16514548091" not in text
            assert "abc.def.ghi" not in text

    async def test_keeps_what_went_wrong(self, street: Street) -> None:
        """The raw answer, when there was one, and the reason."""
        exchange = await street.exchange((await street.vendor(says(answer(503)))).url)
        trial = attempt()

        await exchange.send(ORDER, trial)
        _, in_vain = await street.ask_in_vain(is_silent)

        assert [(503, "HTTP 503"), (None, "no answer within 60 s")] == [
            (said.status, said.error) for said in (*trial.exchanges, *in_vain.exchanges)
        ]

    async def test_has_no_entry_for_what_was_never_sent(self, street: Street) -> None:
        """A call held back by the breaker is no exchange."""
        exchange = await street.exchange(NOWHERE, breaker=Breaker(threshold=1))
        first, second = attempt(), attempt()

        await exchange.send(ORDER, first)
        await exchange.send(ORDER, second)

        assert (1, 0) == (len(first.exchanges), len(second.exchanges))
