"""The history of webhooks: ``/notification/events``.

Parameters, window and page size are public. The names inside ``status`` and
``callback_status``, the page's parameter and the path of the PATCH are assumed.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from tramita.providers.qitech.simulator.envelopes import SCHEMA, UNKNOWN_OPERATION
from tramita.providers.qitech.simulator.office import Office, task
from tramita.simulation.calls import Answer
from tramita.simulation.dispatch import Dispatch, Status
from tramita.simulation.front.asking import Asking, Refused, Task

PAGE = 25
LONGEST_WINDOW = timedelta(days=14)
_SPACE = UUID("6a3e7a53-6f5c-4a9e-9a43-0d1f5a1c7e10")
_PARAMETERS = frozenset(
    {
        "event_type",
        "callback_status",
        "origin_key",
        "start_datetime",
        "end_datetime",
        "page",
    }
)
_STATUS = {
    Status.WAITING: "pending",
    Status.DELIVERED: "success",
    Status.FAILED: "failed",
    Status.LOST: "success",  # The vendor believes so.
    Status.UNSUBSCRIBED: "not_sent",
}


def list_events(office: Office, asking: Asking) -> Task:
    """``GET /notification/events``: the newest first, of at most fourteen days."""
    wanted = asking.parameters
    unknown = wanted.keys() - _PARAMETERS
    if unknown:
        raise Refused(SCHEMA, f"Unknown parameters: {', '.join(sorted(unknown))}")
    now = office.world.clock.now()
    end = _moment(wanted.get("end_datetime"), now)
    start = _moment(wanted.get("start_datetime"), end - LONGEST_WINDOW)
    if not timedelta() <= end - start <= LONGEST_WINDOW:
        raise Refused(SCHEMA, "The window is at most 14 days.")
    page = _number(wanted.get("page", "1"))

    def effect() -> Answer:
        found = [
            _event(dispatch)
            for dispatch in reversed(office.world.post_office.all())
            if start <= dispatch.created_at <= end and _is_wanted(dispatch, wanted)
        ]
        pages = max(1, -(-len(found) // PAGE))
        items = found[(page - 1) * PAGE : page * PAGE]
        return Answer(
            200, {"data": items, "pagination": {"current_page": page, "total_pages": pages}}
        )

    return task({"event_type": wanted.get("event_type", "")}, effect)


def resend_event(office: Office, asking: Asking) -> Task:
    """``PATCH /notification/events/{event_key}/callbacks/{callback_key}``, in any status."""
    found = next(
        (
            one
            for one in office.world.post_office.all()
            if (asking.key, asking.keys["other_key"]) == (_key(one, "event"), _key(one, "callback"))
        ),
        None,
    )
    if found is None:
        raise Refused(UNKNOWN_OPERATION, "There is no such event.")

    def effect() -> Answer:
        return Answer(200, _event(office.world.post_office.resend(found.id)))

    return task(dict(found.notice.fields), effect)


def _event(dispatch: Dispatch) -> dict[str, object]:
    status = _STATUS[dispatch.status]
    return {
        "event_key": _key(dispatch, "event"),
        "event_type": dispatch.notice.type,
        "status": status,
        "origin_enumerator": dispatch.notice.type.partition(".")[0],
        "origin_key": _origin(dispatch),
        "event_datetime": dispatch.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "callbacks": [{"callback_key": _key(dispatch, "callback"), "callback_status": status}],
    }


def _is_wanted(dispatch: Dispatch, wanted: dict[str, str]) -> bool:
    facts = {
        "event_type": dispatch.notice.type,
        "callback_status": _STATUS[dispatch.status],
        "origin_key": _origin(dispatch),
    }
    return all(wanted.get(name, fact) == fact for name, fact in facts.items())


def _origin(dispatch: Dispatch) -> str:
    fields = dispatch.notice.fields
    return fields.get("proposal_key") or fields.get("key", "")


def _key(dispatch: Dispatch, of: str) -> str:
    return str(uuid5(_SPACE, f"{of} {dispatch.id} {dispatch.created_at.isoformat()}"))


def _moment(text: str | None, default: datetime) -> datetime:
    if text is None:
        return default
    try:
        at = datetime.fromisoformat(text)
    except ValueError as unreadable:
        raise Refused(SCHEMA, f"{text} is no date-time.") from unreadable
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise Refused(SCHEMA, f"{text} is no page.")
    return int(text)
