"""The TCP connection under a request, which an ASGI application cannot see by itself."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from litestar.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "tramita.connection"

# Close by RST instead of FIN: what a crashed vendor or an impatient firewall sends.
_NO_LINGER = struct.pack("ii", 1, 0)


class ServedWithoutOurServer(Exception):
    """Connection faults need the simulators' own server, which hands out the connection."""


class Port(Protocol):
    """The listening port."""

    def close_for(self, seconds: float) -> None:
        """Refuse new connections for a while."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of a client, and the port it came in by."""

    transport: asyncio.Transport
    port: Port

    def reset(self) -> None:
        """End it with a TCP reset; whatever was not yet sent is lost."""
        end = self.transport.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()

    def close(self) -> None:
        """End it politely, after what was written has been sent."""
        self.transport.close()


def connection_of(scope: Scope) -> Connection:
    """The connection of a request; raise ``ServedWithoutOurServer`` elsewhere."""
    extensions: Mapping[str, object] = scope.get("extensions") or {}
    connection = extensions.get(EXTENSION)
    if not isinstance(connection, Connection):
        raise ServedWithoutOurServer
    return connection


class ConnectionProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, handing its connection to the application."""

    port: Port  # Set on a subclass made by the server, one for each.

    def on_message_begin(self) -> None:
        """Start a request whose scope carries the connection."""
        super().on_message_begin()
        extensions: dict[str, Any] = {EXTENSION: Connection(self.transport, self.port)}
        self.scope["extensions"] = extensions

    def shutdown(self) -> None:
        """Leave at once: a client held by a fault is not waited for."""
        self.transport.abort()
