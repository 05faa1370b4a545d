"""``POST /telegram/webhook/{path}``: where a messenger posts what happens in chats."""

from typing import Any

from litestar import Request, post

from tramita.chats.ports import ChatNotices
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.intake import LONGEST_MESSAGE, take_message_of_one


@post(
    "/telegram/webhook/{path:str}",
    status_code=200,
    request_max_body_size=LONGEST_MESSAGE,
    opt={
        "public": "the messenger shows a secret, in the address and in a header",
        "only_misses": True,
    },
    include_in_schema=False,
)
async def receive_update(request: Request[Any, Any, Any], runtime: FromRuntime) -> None:
    """Keep an update of the messenger that shows the secret; a job handles it. Idempotent.

    It is kept before it is answered: whoever is answered forgets it.
    """
    await take_message_of_one(runtime, runtime.providers(ChatNotices), request)
