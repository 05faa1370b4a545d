"""The control plane of a vendor's outgoing post: deliveries, and where they go."""

import msgspec
from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from tramita.simulation.deliveries import DispatchUnknown, PostOffice, SubscriberNotLoopback
from tramita.simulation.dispatch import Dispatch
from tramita.simulation.orders import OrderRefused
from tramita.simulation.routes import HTTPRequest

Shown = dict[str, object]
_LAST = 6


class Subscription(msgspec.Struct, forbid_unknown_fields=True):
    """Where webhooks go; null: nobody subscribes."""

    url: str | None


def delivery_routes(office: PostOffice) -> list[ControllerRouterHandler]:
    """What was sent, sending it again, and to whom."""

    @get("/deliveries")
    async def list_deliveries(
        subject: FromQuery[str | None] = None, limit: FromQuery[int] = 100
    ) -> Shown:
        found = office.all(subject=subject, limit=limit)
        return {"items": [shown_dispatch(dispatch) for dispatch in found]}

    @post("/deliveries/{dispatch_id:int}/resend", status_code=200)
    async def resend(dispatch_id: FromPath[int]) -> Shown:
        try:
            return shown_dispatch(office.resend(dispatch_id))
        except DispatchUnknown as unknown:
            raise NotFoundException from unknown

    @get("/webhooks")
    async def show_subscription() -> Shown:
        return {"url": office.url}

    @post("/webhooks", status_code=200)
    async def subscribe(request: HTTPRequest) -> Shown:
        order = msgspec.json.decode(await request.body(), type=Subscription)
        try:
            office.subscribe(order.url)
        except SubscriberNotLoopback as elsewhere:
            example = "http://127.0.0.1:8000/webhooks/<vendor>"
            raise OrderRefused(f"{elsewhere} is not on this machine", [example]) from elsewhere
        return {"url": office.url}

    return [list_deliveries, resend, show_subscription, subscribe]


def shown_dispatch(dispatch: Dispatch) -> Shown:
    """A dispatch as the control plane lists it, oldest attempt first."""
    return {
        **brief_dispatch(dispatch),
        "created_at": dispatch.created_at.isoformat(),
        "due_at": dispatch.due_at.isoformat() if dispatch.due_at else None,
        "attempts": [
            {"at": attempt.at.isoformat(), "status": attempt.status, "error": attempt.error}
            for attempt in dispatch.attempts
        ],
        "fields": dict(dispatch.notice.fields),
        "body": _document(dispatch.body),
    }


def brief_dispatch(dispatch: Dispatch) -> Shown:
    """A dispatch in a line: what, about what, its state and the disorder that struck."""
    return {
        "id": dispatch.id,
        "type": dispatch.notice.type,
        "subject": dispatch.subject,
        "status": str(dispatch.status),
        "disorder": dispatch.disorder,
    }


def shown_post(office: PostOffice) -> Shown:
    """The post in a few lines: where it goes, how much, and the last of it, newest first."""
    last = [
        {
            **brief_dispatch(dispatch),
            "about": dispatch.notice.fields.get("status", ""),
            "attempts": len(dispatch.attempts),
        }
        for dispatch in reversed(office.all(limit=_LAST))
    ]
    return {"url": office.url, "is_busy": office.is_busy, "last": last}


def _document(body: bytes) -> object:
    try:
        document: object = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")
    return document
