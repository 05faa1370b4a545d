"""``POST /webhooks/{key}``: where outside systems post what they have to tell."""

from typing import Any

from litestar import Request, post
from litestar.params import FromPath

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.intake import LONGEST_MESSAGE, take_message


@post(
    "/webhooks/{key:str}",
    status_code=204,
    request_max_body_size=LONGEST_MESSAGE,
    opt={"public": "the message's own signature is checked"},
    include_in_schema=False,
)
async def receive_webhook(
    key: FromPath[str], request: Request[Any, Any, Any], runtime: FromRuntime
) -> None:
    """Keep a message of an outside system; a job handles it. Idempotent."""
    await take_message(runtime, key, request)
