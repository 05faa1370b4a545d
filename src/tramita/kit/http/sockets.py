"""Sockets that tell what changes: for as long as their client stays, or they may live."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Final

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from tramita.kit.live import Subscription

AnySocket = WebSocket[Any, Any, Any]

GO_ON_LATER: Final = 1012
TRY_AGAIN_LATER: Final = 1013
HEARTBEAT_SECONDS: float = 20.0
LONGEST_LIFE_SECONDS: float = 4 * 3600.0


async def turn_away(socket: AnySocket, *, code: int, reason: str) -> None:
    """Close it with a code, which a browser learns only of one that was opened."""
    await socket.accept()
    await socket.close(code=code, reason=reason)


async def stay(socket: AnySocket, talk: Coroutine[Any, Any, None]) -> None:
    """Talk until the client leaves or the socket has lived long enough."""
    if not await ends_within(LONGEST_LIFE_SECONDS, talk, _listen(socket)):
        await socket.close(code=GO_ON_LATER, reason="connect again")


async def heard(socket: AnySocket, subscription: Subscription) -> AsyncIterator[dict[str, object]]:
    """What is said, one after the other; while nothing is, the client hears that we are there."""
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                message = await subscription.messages.get()
        except TimeoutError:
            await socket.send_json({"type": "PING"})
            continue
        yield message


async def ends_within(seconds: float, *sides: Coroutine[Any, Any, None]) -> bool:
    """Let both sides of a socket go on until one ends; false when none did within ``seconds``.

    That the client left is an end like any other, on whichever side it is noticed, or on both.
    """
    tasks = [asyncio.create_task(side) for side in sides]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
            raise end
    return bool(done)


async def _listen(socket: AnySocket) -> None:
    """Clients say nothing that matters; reading tells when they leave."""
    while True:
        await socket.receive_data(mode="text")
