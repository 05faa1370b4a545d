"""Tokens that a provider wants in its addresses: sent, and told to nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.exchange import AddressInvalid, Exchange, Request
from tramita.kit.outcome import NotSent, Unknown
from tramita.testing.scene import attempt

SECRET = "/bot7:SECRET"
REQUEST = Request("POST", "/sendMessage", b"{}", secret_path=SECRET)
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def say_bad_gateway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy that prints the address."""
    asked = (await reader.readline()).split()[1]
    body = b"<h1>Cannot reach " + asked + b"</h1>"
    head = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    writer.write(head % len(body) + body)
    await writer.drain()
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Somebody who says nothing."""
    await reader.readline()
    writer.close()


@asynccontextmanager
async def somebody(answer: Answering) -> AsyncIterator[str]:
    """A server on loopback."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask(address: str, tried: Attempt) -> object:
    """What becomes of a request."""
    async with Exchange("acme", address, deadline=timedelta(seconds=10)) as exchange:
        return await exchange.send(REQUEST, tried)


class TestASecretInAnAddress:
    @pytest.mark.parametrize("answer", [say_bad_gateway, hang_up])
    async def test_is_in_nothing_that_is_told(self, answer: Answering) -> None:
        """Neither in the outcome nor in the journal, though it was sent."""
        tried = attempt()
        async with somebody(answer) as address:
            outcome = await ask(address, tried)

        assert isinstance(outcome, Unknown)
        assert "SECRET" not in repr((outcome, tried.exchanges, REQUEST))

    async def test_is_not_in_what_a_library_says_of_a_time_out(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It quotes the whole address."""

        def refuse(*_: object, **__: object) -> object:
            raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host http://x{SECRET}/y")

        monkeypatch.setattr(aiohttp.ClientSession, "request", refuse)
        tried = attempt()
        outcome = await ask("http://127.0.0.1:9", tried)

        assert isinstance(outcome, NotSent)
        assert "Connection timeout to host" in outcome.reason
        assert "SECRET" not in repr((outcome, tried.exchanges))

    async def test_is_not_in_an_error_of_ours(self) -> None:
        """An address that is none."""
        with pytest.raises(AddressInvalid) as told:
            await ask("http://[", attempt())

        assert "SECRET" not in str(told.value)
        assert told.value.__suppress_context__
