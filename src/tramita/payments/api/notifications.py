"""``POST /api/v1/payments/notifications/``: where payment providers tell what became of payments."""

from typing import Any

from litestar import Request, post

from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.intake import LONGEST_MESSAGE, take_message_of_one
from tramita.payments.ports import PaymentBackend


@post(
    "/api/v1/payments/notifications/",
    status_code=204,
    request_max_body_size=LONGEST_MESSAGE,
    opt={"public": "the message's own signature is checked"},
    include_in_schema=False,
)
async def receive_notification(request: Request[Any, Any, Any], runtime: FromRuntime) -> None:
    """Keep a message of whichever payment provider has signed it; a job handles it. Idempotent."""
    await take_message_of_one(runtime, runtime.providers(PaymentBackend), request)
