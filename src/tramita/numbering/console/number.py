"""``/console/numbering/numbers/<id>``: one number, its timeline, and what to do about it."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template

from tramita.console.acting import ActionPage, act_form
from tramita.console.frame import ACT, PAGE
from tramita.console.things import directory_of, page_at
from tramita.console.timeline import LAST, LOOK, MOST_AT_ONCE, Look, Telling
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import STAMPS, name_of_kind
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.languages.words import to_translate
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.runtime import Runtime
from tramita.numbering.console.numbers import numbering_frame
from tramita.numbering.console.words import (
    NOTHING_FITS,
    NUMBER_ACTIONS,
    NUMBER_STAMPS,
    OUTLOOK,
    RELEASE_WORDS,
)
from tramita.numbering.lifecycle import NUMBER, NumberStatus, NumberTrigger
from tramita.numbering.operator.actions import NumberAction, act_on_number, allowed_actions
from tramita.numbering.operator.timeline import NumberStanding, stand_of_number, tell_number


class NumberPages(Controller):
    """One number."""

    path = "/numbering/numbers/{number_id:uuid}"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=LOOK)
    async def show(
        self,
        request: Request[Any, Any, Any],
        number_id: FromPath[UUID],
        runtime: FromRuntime,
        look: NamedDependency[Look],
        done: FromQuery[NumberAction | None] = None,
    ) -> Template:
        """The number; ``done`` names the action that led here."""
        return await _page(request, runtime, number_id, look=look, done=done)

    @post(status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], number_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await _PAGE.act_by_form(request, runtime, number_id)


async def _facts(runtime: Runtime, number_id: UUID) -> list[tuple[str, str]]:
    """The number, and who has it."""
    async with runtime.database.unit_of_work() as work:
        standing = await stand_of_number(work, number_id)
    row = standing.row
    return [
        (to_translate("Number"), row.masked_number),
        (to_translate("Now"), NUMBER_STAMPS[NumberStatus(row.status)].word),
        *([(to_translate("Carrier"), row.carrier)] if row.carrier else []),
        *([(to_translate("Contract"), str(standing.contract_id))] if standing.contract_id else []),
    ]


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    number_id: UUID,
    *,
    status: int = 200,
    look: Look = LAST,
    done: NumberAction | None = None,
    **shown: str | None,
) -> Template:
    """The page of one number; with an error it is not the page that was asked for."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_number(work, number_id, look.before, most=MOST_AT_ONCE)
        allowed = await allowed_actions(work, number_id)
    standing = story.standing
    place, now = NumberStatus(standing.row.status), now_for(request, standing.now)
    telling = Telling(now, directory_of(request).parts)
    form = act_form(allowed, NUMBER_ACTIONS, when_none=NOTHING_FITS)
    context = {
        "standing": standing,
        "row": standing.row,
        "stamp_of": NUMBER_STAMPS[place],
        "outlook": OUTLOOK[place],
        "release": RELEASE_WORDS[standing.row.provider_release],
        "created": Moment.of(standing.created_at, now=now),
        "updated": Moment.of(standing.row.updated_at, now=now),
        "due": _due(standing, now=now),
        "story": telling.tell(story.timeline, look),
        "address": page_at("numbering/numbers", number_id),
        "open": [
            (one, name_of_kind(one.kind), STAMPS[OperationState(one.state)])
            for one in story.unsettled
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


def _due(standing: NumberStanding, *, now: Now) -> tuple[str, Moment] | None:
    """What its own time is about, and until when."""
    row = standing.row
    if row.status == NumberStatus.RESERVED and row.reserved_until is not None:
        return to_translate("Reserved until"), Moment.of(row.reserved_until, now=now)
    if row.status == NumberStatus.QUARANTINE and row.quarantine_until is not None:
        return to_translate("Rests until"), Moment.of(row.quarantine_until, now=now)
    return None
