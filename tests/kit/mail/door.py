"""A mail server with a door: it takes e-mails over TLS, from whoever has signed in."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HERE = "127.0.0.1"
_OK = "250 OK"


@dataclass
class Door:
    """``lacks`` are extensions that it does not know. ``tried``: user, password, and over TLS or not."""

    context: ssl.SSLContext
    passwords: Mapping[str, str]
    lacks: Collection[str] = ()
    tried: list[tuple[str, str, bool]] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Listen on a port of this machine."""
        server = await asyncio.start_server(self._serve, HERE, 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_in = is_secure = False

        async def say(answer: str) -> None:
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()

        await say("220 door.example ESMTP")
        while line := (await reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            if verb == "EHLO":
                known = {"AUTH PLAIN"} if is_secure else {"STARTTLS"}
                known -= {one for one in known if one.partition(" ")[0] in self.lacks}
                await say(
                    "\r\n".join(
                        ["250-door.example", *(f"250-{one}" for one in known), "250 8BITMIME"]
                    )
                )
            elif verb == "STARTTLS":
                await say("220 Go ahead")
                await writer.start_tls(self.context)
                is_secure = True
            elif verb == "AUTH":
                _, user, password = b64decode(rest.partition(" ")[2]).decode().split("\0")
                self.tried.append((user, password, is_secure))
                is_in = self.passwords.get(user) == password
                await say("235 2.7.0 Welcome" if is_in else "535 5.7.8 That is not you")
            elif not is_in:
                await say("530 5.7.0 Who are you?")
            elif verb == "DATA":
                await say("354 Go ahead")
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                await say(_OK)
            else:
                await say(_OK)
