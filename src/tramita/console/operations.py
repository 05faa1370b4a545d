"""``/console/operations``: what stands still, why, and what a person can do about it."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response, Template

from tramita.console.access import AnyRequest
from tramita.console.acting import act_by_form, act_form
from tramita.console.frame import OPERATORS_PAGE, frame
from tramita.console.presentation import Line, Moved, Said, query_of
from tramita.console.words import (
    ACTIONS,
    NOTHING_TO_DO,
    VIEWS,
    View,
    name_of_kind,
    name_of_span,
)
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.jobs.held import count_held_jobs
from tramita.kit.operations.actions import OperationAction, act, allowed_actions
from tramita.kit.operations.lifecycle import LIVE
from tramita.kit.operations.queries import (
    count_live_operations,
    find_operations,
    tell_operation,
)
from tramita.kit.runtime import Runtime

ROWS = 25
EXCHANGES = 20
MOVES = 100


class OperationPages(Controller):
    """The list, one operation, and what can be done about it."""

    path = "/operations"
    include_in_schema = False
    opt = OPERATORS_PAGE

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        view: Annotated[View, QueryParameter(name="state")] = View.NEEDS_ATTENTION,
        kind: Text = None,
        cursor: Cursor = None,
    ) -> Template:
        """Operations of one view, those that stand longest first."""
        words, kind = VIEWS[view], kind or None
        async with runtime.database.unit_of_work() as work:
            counts, kinds = await count_live_operations(work, kind=kind)
            found = await find_operations(
                work,
                states=words.states,
                kind=kind,
                after=decode_cursor(cursor, UUID) if cursor else None,
                limit=ROWS + 1,
                newest_first=words.is_finished,
            )
            held = await count_held_jobs(work.connection)
            now = await work.now()
        page = to_page(
            found, ROWS, present=lambda row: Line.of(row, now=now), key=lambda row: row.id
        )
        tabs = [
            {
                "title": one.title,
                "is_current": key is view,
                "count": None if one.is_finished else sum(counts[state] for state in one.states),
                "query": query_of(state=key, kind=kind),
            }
            for key, one in VIEWS.items()
        ]
        context = {
            "tabs": tabs,
            "held": held,
            "view": view,
            "words": words,
            "lines": page.items,
            "kind": kind,
            "kinds": {one: name_of_kind(one) for one in sorted({*kinds, *filter(None, [kind])})},
            "is_first": cursor is None,
            "first": query_of(state=view, kind=kind),
            "next": page.next_cursor and query_of(state=view, kind=kind, cursor=page.next_cursor),
        }
        return Template("console/operations.html", context=frame(request) | context)

    @get("/{operation_id:uuid}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        operation_id: FromPath[UUID],
        runtime: FromRuntime,
        done: FromQuery[OperationAction | None] = None,
    ) -> Template:
        """One operation; ``done`` names the action that led here."""
        notice = ACTIONS[done].done if done else None
        return await _page(request, runtime, operation_id, notice=notice)

    @post("/{operation_id:uuid}", status_code=303)
    async def act(
        self, request: Request[Any, Any, Any], operation_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await act_by_form(
            request,
            OperationAction,
            act=partial(act, runtime, operation_id),
            show=partial(_page, request, runtime, operation_id),
        )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    operation_id: UUID,
    *,
    status: int = 200,
    **shown: str | None,
) -> Template:
    """The page of one operation; with an error it is not the page that was asked for."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_operation(work, operation_id, exchanges=EXCHANGES, moves=MOVES)
        allowed = await allowed_actions(work, operation_id)
    nothing_to_do = NOTHING_TO_DO[story.operation.state in LIVE]
    form = act_form(allowed, ACTIONS, when_none=nothing_to_do)
    context = {
        "line": Line.of(story.operation, now=story.now),
        "story": story,
        "said": [Said.of(row) for row in story.exchanges],
        "moved": [Moved.of(row, now=story.now) for row in story.history],
        "next_look": name_of_span(story.next_look_in) if story.next_look_in else None,
    }
    return Template(
        "console/operation.html",
        status_code=status,
        context=frame(request) | context | form | shown,
    )
