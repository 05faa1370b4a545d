"""Where events may be sent to, and the connections that go nowhere else.

An address is checked where an endpoint names it, and a name where it is resolved, at each
connection: what is connected to is exactly the address that was checked, so that a name
cannot mean one host when it is looked at and another one when it is called.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, Final

import httpcore
import structlog

from tramita.kit.addresses import Address, Network, find_literal, is_allowed

log = structlog.get_logger(__name__)

_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# More addresses of one name than this are not tried within one attempt.
_MOST_TRIED: Final = 4
# Statuses that have no body, whatever the receiver sends behind them.
BODILESS: Final = frozenset({204, 304})


class Reach:
    """Public addresses, and ``networks`` by name; a demo also reaches this machine, by http too."""

    def __init__(self, networks: Sequence[Network] = (), *, is_demo: bool = False) -> None:
        self.is_demo = is_demo
        self._own = _LOOPBACK if is_demo else ()
        self._named = (*networks, *self._own)

    def allows(self, address: Address) -> bool:
        """Whether events are sent there."""
        return is_allowed(address, self._named)

    def allows_host(self, host: str) -> bool:
        """Whether an endpoint may name this host; what a name means is seen at delivery."""
        address = find_literal(host)
        if address is not None:
            return self.allows(address)
        name = host.rstrip(".").lower()
        return self.is_demo or not (name == "localhost" or name.endswith(".localhost"))

    def shows(self, address: Address) -> bool:
        """Whether what it answers is shown: nobody reads a host inside by way of webhooks."""
        return is_allowed(address, self._own)


class Line(httpcore.AsyncNetworkStream):
    """A connection to ``address``, which a receiver may have spoilt for the next request."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, address: Address) -> None:
        self.address = address
        self._inner = inner
        self._is_spoilt = False
        self._last = b""

    def notice_end(self, status: int) -> None:
        """The answer is over. What came behind one without a body is no answer to the next."""
        self._is_spoilt = status in BODILESS and not self._last.endswith(b"\r\n\r\n")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes of the receiver's."""
        self._last = await self._inner.read(max_bytes, timeout)
        return self._last

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Bytes of ours."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """End it."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted, to whoever can prove to be ``server_hostname``."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return Line(inner, self.address)

    def get_extra_info(self, info: str) -> Any:
        """What is known of it; one that can be read while nobody was asked is not used again."""
        return (
            True if info == "is_readable" and self._is_spoilt else self._inner.get_extra_info(info)
        )


class Exits(httpcore.AsyncNetworkBackend):
    """Resolves a name, checks its addresses, and connects to one that was checked."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection; raises ``httpcore.ConnectError`` where there is none to be had."""
        addresses = await _resolve(host, port)
        allowed = [one for one in addresses if self._reach.allows(one)]
        if not allowed:
            log.warning("webhook_address_not_allowed", host=host, addresses=[*map(str, addresses)])
            raise httpcore.ConnectError("no address that events are sent to")
        failed = []
        for address in allowed[:_MOST_TRIED]:
            try:
                inner = await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failed.append(error)
            else:
                return Line(inner, address)
        raise failed[-1]

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """No event is sent into a file."""
        raise httpcore.ConnectError(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, each once, in the resolver's order."""
    literal = find_literal(host)
    if literal is not None:
        return [literal]
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(ip_address(str(one[4][0]).partition("%")[0]) for one in found))
