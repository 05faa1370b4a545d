"""``/console/numbering/numbers/<id>``: one number, its timeline, and what to do about it."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from tramita.console.access import AnyRequest
from tramita.console.acting import act_by_form, act_form
from tramita.console.frame import OPERATORS_PAGE
from tramita.console.numbering import numbering_frame
from tramita.console.numbering_words import (
    NOTHING_FITS,
    NUMBER_ACTIONS,
    NUMBER_STAMPS,
    OUTLOOK,
    RELEASE_WORDS,
)
from tramita.console.presentation import Moment, Said
from tramita.console.words import STAMPS, Stamp, name_of_kind
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.runtime import Runtime
from tramita.numbering.desk import NumberAction, act_on_number, allowed_actions
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.queries import NumberEvent
from tramita.numbering.timeline import NumberExchange, NumberStory, tell_number

EXCHANGES = 50
MOVES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: a move of the number (``moved``) or an exchange (``said``)."""

    at: Moment
    stamp: Stamp
    moved: NumberEvent | None = None
    said: Said | None = None
    title: str = ""
    operation_id: UUID | None = None


class NumberPages(Controller):
    """One number."""

    path = "/numbering/numbers/{number_id:uuid}"
    include_in_schema = False
    opt = OPERATORS_PAGE

    @get()
    async def show(
        self,
        request: Request[Any, Any, Any],
        number_id: FromPath[UUID],
        runtime: FromRuntime,
        done: FromQuery[NumberAction | None] = None,
    ) -> Template:
        """The number; ``done`` names the action that led here."""
        notice = NUMBER_ACTIONS[done].done if done else None
        return await _page(request, runtime, number_id, notice=notice)

    @post(status_code=303)
    async def act(
        self, request: Request[Any, Any, Any], number_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await act_by_form(
            request,
            NumberAction,
            act=partial(act_on_number, runtime, number_id),
            show=partial(_page, request, runtime, number_id),
        )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    number_id: UUID,
    *,
    status: int = 200,
    **shown: str | None,
) -> Template:
    """The page of one number; with an error it is not the page that was asked for."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_number(work, number_id, exchanges=EXCHANGES, moves=MOVES)
        allowed = await allowed_actions(work, number_id)
    place = NumberStatus(story.row.status)
    form = act_form(allowed, NUMBER_ACTIONS, when_none=NOTHING_FITS)
    context = {
        "story": story,
        "row": story.row,
        "stamp": NUMBER_STAMPS[place],
        "outlook": OUTLOOK[place],
        "release": RELEASE_WORDS[story.row.provider_release],
        "created": Moment.of(story.created_at, now=story.now),
        "updated": Moment.of(story.row.updated_at, now=story.now),
        "due": _due(story),
        "timeline": [_entry(one, story) for one in story.timeline],
        "open": [
            (one, name_of_kind(one.kind), STAMPS[OperationState(one.state)])
            for one in story.operations
            if one.state in LIVE
        ],
    }
    return Template(
        "console/number.html",
        status_code=status,
        context=numbering_frame(request) | context | form | shown,
    )


def _due(story: NumberStory) -> tuple[str, Moment] | None:
    """What its own time is about, and until when."""
    row = story.row
    if row.status == NumberStatus.RESERVED and row.reserved_until is not None:
        return "Reserved until", Moment.of(row.reserved_until, now=story.now)
    if row.status == NumberStatus.QUARANTINE and row.quarantine_until is not None:
        return "Rests until", Moment.of(row.quarantine_until, now=story.now)
    return None


def _entry(one: NumberEvent | NumberExchange, story: NumberStory) -> Entry:
    at = Moment.of(one.at, now=story.now)
    if isinstance(one, NumberEvent):
        return Entry(at, NUMBER_STAMPS[NumberStatus(one.to_status)], moved=one)
    said = Said.of(one.said)
    title = name_of_kind(one.operation.kind)
    return Entry(at, said.stamp, said=said, title=title, operation_id=one.operation.id)
