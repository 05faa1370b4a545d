"""Answers on the wire, whole or in the ways in which wires fail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter

from litestar.types import Receive, Scope, Send

from tramita.simulation.connection import connection_of
from tramita.simulation.journal import Entry
from tramita.simulation.kinds import Step


@dataclass(frozen=True, slots=True)
class Parcel:
    """An answer as bytes, ready to be sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Delivery:
    """An ASGI application that sends one parcel, or fails to, and notes what became of it.

    ``step`` is None for an ordinary answer; ``seconds`` is how long a hang lasts,
    the pause between two drips, or the time the port stays closed. ``afterwards`` is
    called when the answer has gone, or has failed to. ``late_effect`` is what
    ``Step.DO_LATER`` waits for and does after the connection was reset.
    """

    parcel: Parcel | None
    entry: Entry
    started: float
    step: Step | None = None
    seconds: float = 0.0
    afterwards: Callable[[], None] | None = None
    late_effect: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, drip, cut, reset or hang."""
        try:
            await self._play(scope, receive, send)
        finally:
            if self.afterwards is not None:
                self.afterwards()
        self.entry.milliseconds = round((perf_counter() - self.started) * 1000, 3)
        if self.entry.delivery == "waiting":
            self.entry.delivery = "cut"

    async def _play(self, scope: Scope, receive: Receive, send: Send) -> None:
        match self.step:
            case Step.RESET_BEFORE | Step.RESET_AFTER:
                await reset(scope, receive)
            case Step.DO_LATER:
                await reset(scope, receive)
                if self.late_effect is not None:
                    await self.late_effect()
            case Step.REFUSE_CONNECTIONS:
                connection_of(scope).port.close_for(self.seconds)
                await reset(scope, receive)
            case Step.HANG:
                if not await is_gone_within(self.seconds, receive):
                    await reset(scope, receive)
            case Step.CUT:
                await self._cut(scope, receive, send)
            case Step.TRICKLE:
                await self._trickle(receive, send)
            case _:
                await self._send_whole(send)

    async def _send_whole(self, send: Send) -> None:
        parcel = self._announced()
        await _send_head(parcel, send)
        await send({"type": "http.response.body", "body": parcel.body, "more_body": False})
        self.entry.delivery = "answered"

    async def _cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        parcel = self._announced()
        await _send_head(parcel, send)
        half = parcel.body[: len(parcel.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        # A polite close flushes the half that was sent, so that it really arrives.
        connection_of(scope).close()
        await _gone(receive)

    async def _trickle(self, receive: Receive, send: Send) -> None:
        parcel = self._announced()
        await _send_head(parcel, send)
        for position in range(len(parcel.body)):
            drip = parcel.body[position : position + 1]
            await send({"type": "http.response.body", "body": drip, "more_body": True})
            if await is_gone_within(self.seconds, receive):
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        self.entry.delivery = "answered"

    def _announced(self) -> Parcel:
        if self.parcel is None:
            raise ValueError("a delivery that sends needs a parcel")
        self.entry.status = self.parcel.status
        return self.parcel


async def reset(scope: Scope, receive: Receive) -> None:
    """End the connection with a TCP reset, answering nothing."""
    connection_of(scope).reset()
    await _gone(receive)


async def is_gone_within(seconds: float, receive: Receive) -> bool:
    """Wait at most ``seconds``; True as soon as the client has hung up."""
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        return False
    return True


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_head(parcel: Parcel, send: Send) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in parcel.headers]
    headers.append((b"content-length", str(len(parcel.body)).encode()))
    await send({"type": "http.response.start", "status": parcel.status, "headers": headers})
