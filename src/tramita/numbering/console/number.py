"""``/console/numbering/numbers/<id>``: one number, its timeline, and what to do about it."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from tramita.console.acting import ActionPage, act_form
from tramita.console.frame import ACT, PAGE
from tramita.console.presentation import Said
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import STAMPS, Stamp, name_of_actor, name_of_kind
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.runtime import Runtime
from tramita.numbering.console.numbers import numbering_frame
from tramita.numbering.console.words import (
    NOTHING_FITS,
    NUMBER_ACTIONS,
    NUMBER_STAMPS,
    OUTLOOK,
    RELEASE_WORDS,
    name_of_number_move,
)
from tramita.numbering.lifecycle import NUMBER, NumberStatus, NumberTrigger
from tramita.numbering.numbers.queries import NumberEventAnswer
from tramita.numbering.operator.actions import NumberAction, act_on_number, allowed_actions
from tramita.numbering.operator.timeline import NumberExchange, NumberStory, tell_number

EXCHANGES = 50
MOVES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: a move of the number (``moved``) or an exchange (``said``)."""

    at: Moment
    stamp: Stamp
    moved: NumberEventAnswer | None = None
    said: Said | None = None
    title: str = ""
    actor: str = ""
    operation_id: UUID | None = None


class NumberPages(Controller):
    """One number."""

    path = "/numbering/numbers/{number_id:uuid}"
    include_in_schema = False
    opt = PAGE

    @get()
    async def show(
        self,
        request: Request[Any, Any, Any],
        number_id: FromPath[UUID],
        runtime: FromRuntime,
        done: FromQuery[NumberAction | None] = None,
    ) -> Template:
        """The number; ``done`` names the action that led here."""
        return await _page(request, runtime, number_id, done=done)

    @post(status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], number_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await _PAGE.act_by_form(request, runtime, number_id)


async def _facts(runtime: Runtime, number_id: UUID) -> list[tuple[str, str]]:
    """The number, and who has it."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_number(work, number_id, exchanges=0, moves=0)
    row = story.row
    return [
        ("Number", row.masked_number),
        ("Now", NUMBER_STAMPS[NumberStatus(row.status)].word),
        *([("Carrier", row.carrier)] if row.carrier else []),
        *([("Contract", str(story.contract_id))] if story.contract_id else []),
    ]


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    number_id: UUID,
    *,
    status: int = 200,
    done: NumberAction | None = None,
    **shown: str | None,
) -> Template:
    """The page of one number; with an error it is not the page that was asked for."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_number(work, number_id, exchanges=EXCHANGES, moves=MOVES)
        allowed = await allowed_actions(work, number_id)
    place = NumberStatus(story.row.status)
    now = now_for(request, story.now)
    form = act_form(allowed, NUMBER_ACTIONS, when_none=NOTHING_FITS)
    context = {
        "story": story,
        "row": story.row,
        "stamp": NUMBER_STAMPS[place],
        "outlook": OUTLOOK[place],
        "release": RELEASE_WORDS[story.row.provider_release],
        "created": Moment.of(story.created_at, now=now),
        "updated": Moment.of(story.row.updated_at, now=now),
        "due": _due(story, now=now),
        "timeline": [_entry(one, now=now) for one in story.timeline],
        "open": [
            (one, name_of_kind(one.kind), STAMPS[OperationState(one.state)])
            for one in story.operations
            if one.state in LIVE
        ],
    }
    return Template(
        "console/number.html",
        status_code=status,
        context=numbering_frame(request)
        | context
        | form
        | {"notice": what_came(done, place) if done else None}
        | shown,
    )


_PAGE: Final = ActionPage(NUMBER_ACTIONS, act_on_number, _page, _facts)


def what_came(done: NumberAction, place: NumberStatus) -> str | None:
    """What an action led to, while the number still stands there."""
    trigger = NumberTrigger(done.value)
    led_to = {arrows[trigger] for arrows in NUMBER.table.values() if trigger in arrows}
    return NUMBER_ACTIONS[done].done if place in led_to else None


def _due(story: NumberStory, *, now: Now) -> tuple[str, Moment] | None:
    """What its own time is about, and until when."""
    row = story.row
    if row.status == NumberStatus.RESERVED and row.reserved_until is not None:
        return "Reserved until", Moment.of(row.reserved_until, now=now)
    if row.status == NumberStatus.QUARANTINE and row.quarantine_until is not None:
        return "Rests until", Moment.of(row.quarantine_until, now=now)
    return None


def _entry(one: NumberEventAnswer | NumberExchange, *, now: Now) -> Entry:
    at = Moment.of(one.at, now=now)
    if isinstance(one, NumberEventAnswer):
        return Entry(
            at,
            NUMBER_STAMPS[NumberStatus(one.to_status)],
            moved=one,
            title=name_of_number_move(one.trigger),
            actor=name_of_actor(one.actor, now.words),
        )
    said = Said.of(one.said, now=now)
    title = name_of_kind(one.operation.kind)
    return Entry(at, said.stamp, said=said, title=title, operation_id=one.operation.id)
