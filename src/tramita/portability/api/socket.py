"""``WS /ws/<token>``: progress, and "all done" exactly once per socket and run.

The socket subscribes first, is open then and reads the present state last, so nothing can
fall between, and whoever has it open hears whatever is said from then on; a message about a
run that the state already told is not told again.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import websocket
from litestar.params import FromPath

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.limits import client_of, limits_of
from tramita.kit.http.sockets import TRY_AGAIN_LATER, AnySocket, heard, stay, turn_away
from tramita.kit.live import GAP, Subscription
from tramita.kit.metrics import SOCKETS
from tramita.kit.runtime import Runtime
from tramita.portability.announcements import topic_of
from tramita.portability.queries import RunSnapshot, find_run
from tramita.portability.settings import PortabilitySettings

UNKNOWN_TOKEN = 4404

ALL_DONE = {"message": "all done", "type": "CONTRACTS_PROCESSED"}


@dataclass
class EnvelopeSocket:
    """One client's socket; ``announced`` is the last run whose end it was told."""

    socket: AnySocket
    announced: int = 0
    progress: tuple[int, int] = (0, 0)

    async def tell_state(self, snapshot: RunSnapshot) -> None:
        """Say where the run stands, as the database has it."""
        if snapshot.is_over:
            await self._tell_end(snapshot.run)
        elif snapshot.run > 0:
            await self._tell_progress(snapshot.run, snapshot.done, snapshot.total)

    async def tell(self, message: dict[str, Any]) -> None:
        """Pass a live message on, unless this socket has heard it."""
        match message:
            case {"type": "CONTRACTS_PROCESSED", "run": int(run)}:
                await self._tell_end(run)
            case {"type": "CONTRACT_PROGRESS", "run": int(run), "done": done, "total": total}:
                await self._tell_progress(run, int(done), int(total))
            case _:
                await self.socket.send_json(message)

    async def _tell_end(self, run: int) -> None:
        if run > self.announced:
            self.announced = run
            await self.socket.send_json(ALL_DONE)

    async def _tell_progress(self, run: int, done: int, total: int) -> None:
        # The last step needs no word of its own: "all done" follows in the same breath.
        if run > self.announced and (run, done) > self.progress and done < total:
            self.progress = (run, done)
            await self.socket.send_json({"type": "CONTRACT_PROGRESS", "done": done, "total": total})


@websocket("/ws/{token:str}", opt={"public": "the envelope's token is the key"})
async def envelope_socket(socket: AnySocket, token: FromPath[str], runtime: FromRuntime) -> None:
    """Follow one envelope; closed with 4404 when the token is not one, with 1013 when too many do."""
    known = _parse(token)
    limits = limits_of(socket.app.state)
    with limits.sockets.counted(
        token=(known, limits.settings.sockets_per_token),
        address=(client_of(socket.scope), limits.settings.sockets_per_address),
    ) as is_counted:
        if not is_counted:
            await turn_away(socket, code=TRY_AGAIN_LATER, reason="too many sockets")
        elif known is None or await _read(runtime, known) is None:
            await turn_away(socket, code=UNKNOWN_TOKEN, reason="unknown token")
        else:
            await _serve(socket, runtime, known)


async def _serve(socket: AnySocket, runtime: Runtime, token: UUID) -> None:
    with SOCKETS.track_inprogress():
        async with runtime.live.subscribe(topic_of(token)) as subscription:
            await socket.accept()
            await stay(socket, _talk(EnvelopeSocket(socket), subscription, runtime, token))


async def _talk(
    client: EnvelopeSocket, subscription: Subscription, runtime: Runtime, token: UUID
) -> None:
    await _tell_present_state(client, runtime, token)
    async for message in heard(client.socket, subscription):
        if message is GAP:
            await _tell_present_state(client, runtime, token)
        else:
            await client.tell(message)


async def _tell_present_state(client: EnvelopeSocket, runtime: Runtime, token: UUID) -> None:
    snapshot = await _read(runtime, token)
    if snapshot is not None:
        await client.tell_state(snapshot)


async def _read(runtime: Runtime, token: UUID) -> RunSnapshot | None:
    days = runtime.configured(PortabilitySettings).link_days
    async with runtime.database.unit_of_work() as work:
        return await find_run(work, token, link_days=days)


def _parse(token: str) -> UUID | None:
    try:
        return UUID(token)
    except ValueError:
        return None
