"""``/api/v1/backends`` and the webhooks of the outside systems behind them."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from tramita.contracts.api.schemas import BackendAnswer, BackendsAnswer, present_backend
from tramita.contracts.backends import installed_backends, load_backends
from tramita.kit import inbox
from tramita.kit.errors import ForbiddenError, NotFoundError
from tramita.kit.http.dependencies import FromRuntime


class WebhookNotFound(NotFoundError):
    """Nobody expects messages here."""


class WebhookNotVerified(ForbiddenError):
    """The message is not signed by {backend}."""


@get("/api/v1/backends", opt={"scope": "contracts:read"}, tags=["Contracts"])
async def list_backends() -> BackendsAnswer:
    """Installed backend plugins, and those that failed to load, with the reason."""
    failed = [
        BackendAnswer(key, key, [], [], "failed", why)
        for key, why in load_backends().failed.items()
    ]
    return BackendsAnswer([*map(present_backend, installed_backends().values()), *failed])


@post(
    "/webhooks/{key:str}",
    status_code=204,
    opt={"public": "the message's own signature is checked"},
    include_in_schema=False,
)
async def receive_webhook(
    key: FromPath[str], request: Request[Any, Any, Any], runtime: FromRuntime
) -> None:
    """Keep a message of an outside system; a job handles it. Twice is once."""
    backend = installed_backends().get(key)
    if backend is None or backend.webhook is None:
        raise WebhookNotFound
    body, webhook = await request.body(), backend.webhook
    if not webhook.verify(dict(request.headers), body):
        raise WebhookNotVerified(backend=backend.title)
    vendor_id = webhook.vendor_id(body) if webhook.vendor_id else None
    async with runtime.database.unit_of_work(actor=key) as work:
        await inbox.receive(work, key, body, job=webhook.job, vendor_id=vendor_id)
