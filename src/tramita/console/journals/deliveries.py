"""``/console/deliveries``: what partners are told, where it did not arrive, and telling it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.acting import CONFIRMED, NO_BUTTON, confirmation
from tramita.console.frame import ACT, KEEP, PAGE, frame
from tramita.console.journals.one import PageOfOne
from tramita.console.presentation import counted, query_of
from tramita.console.reader import words_for
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import ActionWords, Stamp
from tramita.kit.audit import Subject, note_act
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.languages.words import to_translate
from tramita.kit.outbox.lifecycle import OPEN
from tramita.kit.outbox.lifecycle import DeliveryState as S
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks.deliveries import count_deliveries, find_deliveries
from tramita.kit.webhooks.deliveries import replay_failed as replay_all
from tramita.kit.webhooks.endpoints import enable_endpoint, replay
from tramita.kit.webhooks.queries import (
    EndpointView,
    EventDetails,
    get_endpoint,
    get_event,
    list_endpoints,
)

ROWS: Final = 25
ADDRESS: Final = "/console/deliveries"
_ENDPOINTS: Final = 200
STAMPS: Final[Mapping[str, Stamp]] = {
    S.WAITING: Stamp(to_translate("Waits to be delivered"), "wait"),
    S.SENDING: Stamp(to_translate("Being delivered"), "wait"),
    S.DELIVERED: Stamp(to_translate("Delivered"), "done"),
    S.FAILED: Stamp(to_translate("Given up"), "refused"),
    S.CANCELLED: Stamp(to_translate("Not delivered"), "idle"),
}
_STATES: Final = tuple(S(one) for one in STAMPS)
ACTS: Final[Mapping[str, ActionWords]] = {
    "replay_failed": ActionWords(
        to_translate("Deliver again what failed"),
        to_translate(
            "Everything that was given up goes to this endpoint once more, the oldest first, at most "
            "1,000 at once. Whoever has it already knows it by its id."
        ),
        to_translate("It is on its way again."),
        asks=to_translate("Deliver again everything that failed?"),
    ),
    "enable": ActionWords(
        to_translate("Switch on"),
        to_translate(
            "What happens from now on is delivered there. What was not delivered meanwhile stays so "
            "until it is delivered again."
        ),
        to_translate("It is switched on."),
        asks=to_translate("Switch this endpoint on again?"),
    ),
}
_AGAIN: Final = to_translate("It is on its way again.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deliveries: to one endpoint, in one state; what is empty does not matter."""

    endpoint: UUID | None = None
    standing: str | None = None


class DeliveryPages(Controller):
    """Endpoints and deliveries, and one delivery with its attempts."""

    path = "/deliveries"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        endpoint: FromQuery[UUID | None] = None,
        standing: Text = None,
        cursor: Cursor = None,
        done: Text = None,
    ) -> Template:
        """Deliveries, the latest first; ``done`` names the act that led here."""
        notice = ACTS[done].done if done is not None and done in ACTS else None
        asked = Asked(endpoint, standing if standing in STAMPS else None)
        return await _list(request, runtime, asked, cursor=cursor, notice=notice)

    @get("/{event_id:str}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        event_id: FromPath[str],
        runtime: FromRuntime,
        done: FromQuery[bool] = False,
    ) -> Template:
        """One event: where it goes, and every attempt to bring it there."""
        return await _EVENT.show(request, runtime, event_id, notice=_AGAIN if done else None)

    @post("/{event_id:str}", status_code=303, opt=ACT)
    async def replay(
        self, request: Request[Any, Any, Any], event_id: FromPath[str], runtime: FromRuntime
    ) -> Response[Any]:
        """Deliver it anew, to whom the pressed button says."""
        delivery = _id_in((await request.form()).get("delivery"))
        if delivery is None:
            return await _EVENT.show(request, runtime, event_id, status=422, error=NO_BUTTON)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await replay(work, delivery)
        except ConflictError as refused:
            return await _EVENT.show(request, runtime, event_id, status=409, error=refused.sentence)
        return Redirect(f"{ADDRESS}/{event_id}?done=true", status_code=303)

    @post("/endpoints/{endpoint_id:uuid}", status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], endpoint_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Deliver again all that failed, once it was asked."""
        return await _act(request, runtime, endpoint_id, "replay_failed")

    @post("/endpoints/{endpoint_id:uuid}/enable", status_code=303, opt=KEEP)
    async def enable(
        self, request: Request[Any, Any, Any], endpoint_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Switch an endpoint on again, once it was asked."""
        return await _act(request, runtime, endpoint_id, "enable")


async def _act(
    request: AnyRequest, runtime: Runtime, endpoint_id: UUID, action: str
) -> Response[Any]:
    form = await request.form()
    if form.get(CONFIRMED) != "yes":
        return await _ask(request, runtime, endpoint_id, action)
    try:
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            if action == "enable":
                await enable_endpoint(work, endpoint_id)
            else:
                number = await replay_all(work, endpoint_id)
                subject = Subject("webhook_endpoint", endpoint_id)
                await note_act(
                    work, work.actor, "webhook_deliveries.replayed", subject, number=number
                )
    except ConflictError as refused:
        asked = Asked(endpoint_id)
        return await _list(request, runtime, asked, status=409, error=refused.sentence)
    query = query_of(endpoint=str(endpoint_id), done=action)
    return Redirect(f"{ADDRESS}?{query}", status_code=303)


async def _ask(request: AnyRequest, runtime: Runtime, endpoint_id: UUID, action: str) -> Template:
    async with runtime.database.reading() as work:
        endpoint = await get_endpoint(work, endpoint_id)
        counts = await count_deliveries(work, [endpoint_id])
    failed = counts.get((endpoint_id, S.FAILED), 0)
    number = counted([failed], words_for(request))
    facts = [(to_translate("Endpoint"), endpoint.url), (to_translate("Given up"), number)]
    return confirmation(
        request, ACTS[action], action=action, note="", facts=facts, room="deliveries"
    )


def _id_in(typed: object) -> UUID | None:
    try:
        return UUID(str(typed))
    except ValueError:
        return None


async def _list(
    request: AnyRequest,
    runtime: Runtime,
    asked: Asked,
    *,
    cursor: str | None = None,
    status: int = 200,
    **shown: str | None,
) -> Template:
    async with runtime.database.reading() as work:
        endpoints = await list_endpoints(work, before=None, limit=_ENDPOINTS)
        ids = [one.id for one in endpoints]
        found = await find_deliveries(
            work,
            endpoints=ids if asked.endpoint is None else [asked.endpoint],
            states=[S(asked.standing)] if asked.standing else _STATES,
            before=decode_cursor(cursor, UUID),
            limit=ROWS + 1,
        )
        counts = await count_deliveries(work, ids)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        ROWS,
        present=lambda row: (row, STAMPS[row.state], Moment.of(row.occurred_at, now=now)),
        key=lambda row: row.id,
    )
    endpoint = None if asked.endpoint is None else str(asked.endpoint)
    query = {"endpoint": endpoint, "standing": asked.standing}
    context = {
        "room": "deliveries",
        "address": ADDRESS,
        "endpoints": _endpoints(endpoints, asked.endpoint, counts),
        "chosen": asked.endpoint,
        "standing": asked.standing,
        "states": [(key, stamp.word) for key, stamp in STAMPS.items()],
        "lines": page.items,
        "is_first": cursor is None,
        "first": query_of(**query),
        "next": page.next_cursor and query_of(**query, cursor=page.next_cursor),
        "error": None,
        "notice": None,
    }
    return Template(
        "console/deliveries.html", status_code=status, context=frame(request) | context | shown
    )


def _endpoints(
    endpoints: Sequence[EndpointView],
    chosen: UUID | None,
    counts: Mapping[tuple[UUID, str], int],
) -> list[tuple[EndpointView, int, int]]:
    """Each with how much of it was given up and how much waits; or the one that is chosen."""
    return [
        (
            one,
            counts.get((one.id, S.FAILED), 0),
            sum(counts.get((one.id, state), 0) for state in OPEN),
        )
        for one in endpoints
        if chosen in (None, one.id)
    ]


def _tell(event: EventDetails, now: Now) -> Mapping[str, Any]:
    return {
        "event": event,
        "at": Moment.of(event.occurred_at, now=now),
        "deliveries": [
            (
                one,
                STAMPS[one.state],
                [(each, Moment.of(each.started_at, now=now)) for each in reversed(one.attempts)],
                one.state not in OPEN,
            )
            for one in event.deliveries
        ],
    }


_EVENT: Final = PageOfOne("deliveries", "console/delivery.html", get_event, _tell)
