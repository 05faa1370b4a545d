"""Outside systems of every kind of manners, on loopback sockets."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Manner: TypeAlias = Callable[["Vendor", Reader, Writer], Awaitable[None]]


@dataclass
class Vendor:
    """A raw HTTP server that treats each connection as ``manner`` says.

    ``requests`` is what arrived, head and body, one entry per request.
    """

    manner: Manner
    url: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, reader: Reader) -> bytes:
        """Read one request, head and body; empty when the client has hung up."""
        head = b""
        with suppress(asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
        if not head:
            return b""
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        request = head + await reader.readexactly(length)
        self.requests.append(request)
        self.heard.set()
        return request

    async def until_heard(self) -> None:
        """Wait until a request has arrived."""
        async with asyncio.timeout(60):
            await self.heard.wait()


@asynccontextmanager
async def serving(manner: Manner, tls: ssl.SSLContext | None = None) -> AsyncIterator[Vendor]:
    """A vendor that listens until the block ends; whoever is still served is cut off."""
    vendor = Vendor(manner)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: Reader, writer: Writer) -> None:
        vendor.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await manner(vendor, reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # The client left, or the test is over.
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    vendor.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield vendor
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def answer(status: int, body: bytes = b"{}", **headers: str) -> bytes:
    """An HTTP answer as bytes; ``retry_after="7"`` becomes the header ``retry-after``."""
    lines = [f"HTTP/1.1 {status} Word", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def speaks_first(_: Vendor, __: Reader, writer: Writer) -> None:
    """Say something in plain text to whoever comes, whatever they want."""
    writer.write(answer(400))
    await writer.drain()


def says(reply: bytes) -> Manner:
    """Answer each request with ``reply``, on one connection as long as the client likes."""

    async def manner(vendor: Vendor, reader: Reader, writer: Writer) -> None:
        while await vendor.hear(reader):
            writer.write(reply)
            await writer.drain()

    return manner


def says_and_hangs_up(reply: bytes) -> Manner:
    """Answer one request with these bytes, whatever they are."""

    async def manner(vendor: Vendor, reader: Reader, writer: Writer) -> None:
        await vendor.hear(reader)
        writer.write(reply)
        await writer.drain()

    return manner


async def holds(vendor: Vendor, reader: Reader, writer: Writer) -> None:
    """Answer 200, but only once the test releases it."""
    while await vendor.hear(reader):
        await vendor.released.wait()
        writer.write(answer(200))
        await writer.drain()


async def is_silent(vendor: Vendor, reader: Reader, _writer: Writer) -> None:
    """Take the request and never answer."""
    await vendor.hear(reader)
    await reader.read()


async def trickles(vendor: Vendor, reader: Reader, writer: Writer) -> None:
    """Answer a byte at a time for ever, so that no pause is long."""
    await vendor.hear(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while not vendor.released.is_set():
        writer.write(b"x")
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(vendor.released.wait(), 0.01)


async def resets_at_once(_vendor: Vendor, _reader: Reader, writer: Writer) -> None:
    """Break the connection before reading anything."""
    _reset(writer)


async def resets_after_hearing(vendor: Vendor, reader: Reader, writer: Writer) -> None:
    """Take the request, then break the connection."""
    await vendor.hear(reader)
    _reset(writer)


async def resets_in_the_middle(vendor: Vendor, reader: Reader, writer: Writer) -> None:
    """Break the connection within the answer."""
    await vendor.hear(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
    await writer.drain()
    _reset(writer)


async def closes_after_one(vendor: Vendor, reader: Reader, writer: Writer) -> None:
    """Answer the first request, then close with the second one already asked for.

    The second request meets a connection that the server has given up: what a client
    that repeats by itself would send again.
    """
    await vendor.hear(reader)
    writer.write(answer(200))
    await writer.drain()
    if vendor.connections == 1:
        await vendor.hear(reader)
        _reset(writer)


def _reset(writer: Writer) -> None:
    """Close with a TCP reset: no lingering, nothing said."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
