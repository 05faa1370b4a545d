"""``/learn/live``: tells a page that something it shows has changed.

What it shows now is read by the page itself, as a finished fragment: so there is one source of
words. The socket listens first, and the page reads once it is open, so nothing falls between.
"""

from uuid import UUID

from litestar import websocket

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.limits import client_of, limits_of
from tramita.kit.http.pages import Cursor, decode_cursor
from tramita.kit.http.sockets import TRY_AGAIN_LATER, AnySocket, heard, stay
from tramita.kit.live import Subscription
from tramita.kit.metrics import SOCKETS
from tramita.kit.runtime import Runtime
from tramita.orders.moving import CHANGED, topic_of
from tramita.orders.pages.dashboard import PER_PAGE
from tramita.orders.pages.errors import LEARNERS
from tramita.orders.queries import list_watched
from tramita.orders.sessions import Visitor
from tramita.payments.cards import find_payer_of
from tramita.payments.cards import topic_of as topic_of_cards
from tramita.signatures.rows import topic_of as topic_of_signatures


@websocket("/live", opt=LEARNERS)
async def watch(socket: AnySocket, runtime: FromRuntime, cursor: Cursor = None) -> None:
    """Follow the orders of a page, and the cards; closed with 1013 when too many do."""
    await socket.accept()
    visitor: Visitor = socket.user
    limits = limits_of(socket.app.state)
    with limits.sockets.counted(
        token=(visitor.key, limits.settings.sockets_per_token),
        address=(client_of(socket.scope), limits.settings.sockets_per_address),
    ) as is_counted:
        if not is_counted:
            await socket.close(code=TRY_AGAIN_LATER, reason="too many sockets")
            return
        topics = await _topics(runtime, visitor, decode_cursor(cursor, UUID))
        with SOCKETS.track_inprogress():
            async with runtime.live.subscribe(*topics) as subscription:
                await stay(socket, _talk(socket, subscription))


async def _topics(runtime: Runtime, visitor: Visitor, before: UUID | None) -> set[str]:
    user = visitor.user
    async with runtime.database.unit_of_work() as work:
        orders = await list_watched(work, visitor.id, before=before, limit=PER_PAGE)
        payer_id = await find_payer_of(work, user.tenant, user.username)
    topics = {topic(one) for one in orders for topic in (topic_of, topic_of_signatures)}
    return topics if payer_id is None else topics | {topic_of_cards(payer_id)}


async def _talk(socket: AnySocket, subscription: Subscription) -> None:
    await socket.send_json(CHANGED)
    async for _ in heard(socket, subscription):
        await socket.send_json(CHANGED)
