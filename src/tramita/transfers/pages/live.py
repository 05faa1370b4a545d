"""``/webapp/live``: tells a page that what it shows has changed; the page asks for it itself."""

from uuid import UUID

from litestar import websocket

from tramita.chats.registry import topic_of as topic_of_chat
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.limits import client_of, limits_of
from tramita.kit.http.sockets import TRY_AGAIN_LATER, AnySocket, heard, stay
from tramita.kit.metrics import SOCKETS
from tramita.kit.runtime import Runtime
from tramita.transfers.api.webapp.access import PEOPLE, PROTOCOL
from tramita.transfers.following import CHANGED, topic_of
from tramita.transfers.service import find_active_of_chat
from tramita.transfers.webapp.guests import Guest


@websocket("/live", opt=PEOPLE)
async def watch(socket: AnySocket, runtime: FromRuntime) -> None:
    """Follow the application of a chat, and the chat; closed with 1013 when too many do."""
    # What is borne is among the protocols; only the other one is agreed on.
    await socket.accept(subprotocols=PROTOCOL)
    guest: Guest = socket.user
    limits = limits_of(socket.app.state)
    with limits.sockets.counted(
        token=(guest.key, limits.settings.sockets_per_token),
        address=(client_of(socket.scope), limits.settings.sockets_per_address),
    ) as is_counted:
        if not is_counted:
            await socket.close(code=TRY_AGAIN_LATER, reason="too many sockets")
            return
        with SOCKETS.track_inprogress():
            await stay(socket, _talk(socket, runtime, guest.chat.id))


async def _talk(socket: AnySocket, runtime: Runtime, chat_id: UUID) -> None:
    """Tell of changes, of the chat's next application too once there is one."""
    while True:
        current = await _current(runtime, chat_id)
        topics = {topic_of_chat(chat_id)} | ({topic_of(current)} if current else set())
        async with runtime.live.subscribe(*topics) as subscription:
            # One that has begun since nobody has listened to.
            if await _current(runtime, chat_id) != current:
                continue
            await socket.send_json(CHANGED)
            async for _ in heard(socket, subscription):
                await socket.send_json(CHANGED)
                if await _current(runtime, chat_id) != current:
                    break


async def _current(runtime: Runtime, chat_id: UUID) -> UUID | None:
    async with runtime.database.reading() as work:
        return await find_active_of_chat(work, chat_id)
