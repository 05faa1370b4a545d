"""``/console/operations``: what stands still, why, and what a person can do about it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Response, Template

from tramita.console.access import AnyRequest
from tramita.console.frame import OPERATORS_PAGE, frame
from tramita.console.presentation import Line, Moved, Said, query_of
from tramita.console.words import (
    ACTIONS,
    NOTHING_TO_DO,
    VIEWS,
    View,
    name_of_kind,
    name_of_span,
    to_sentence,
)
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.masking import mask_text
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
LONGEST_NOTE = 500


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
        form = await request.form()
        # The history is read by many; what was typed may name a client.
        note = mask_text(str(form.get("note", "")).replace("\x00", "").strip())
        pressed = str(form.get("action", ""))
        if pressed not in set(OperationAction):
            return await _page(
                request, runtime, operation_id, error="Press one of the buttons.", note=note
            )
        if not note or len(note) > LONGEST_NOTE:
            error = f"Say why, in at most {LONGEST_NOTE} characters; the history keeps it."
            return await _page(request, runtime, operation_id, error=error, note=note)
        action = OperationAction(pressed)
        try:
            await act(runtime, operation_id, action, note=note, actor=request.user.name)
        except ConflictError as refused:
            return await _page(
                request, runtime, operation_id, error=str(refused), note=note, status=409
            )
        return Redirect(f"{request.url.path}?done={action}", status_code=303)


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    operation_id: UUID,
    *,
    status: int | None = None,
    **shown: str | None,
) -> Template:
    """The page of one operation; with an error it is not the page that was asked for."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_operation(work, operation_id, exchanges=EXCHANGES, moves=MOVES)
        allowed = await allowed_actions(work, operation_id)
    context = {
        "line": Line.of(story.operation, now=story.now),
        "story": story,
        "said": [Said.of(row) for row in story.exchanges],
        "moved": [Moved.of(row, now=story.now) for row in story.history],
        "actions": [
            (action, ACTIONS[action], why_not and to_sentence(why_not))
            for action, why_not in allowed.items()
        ],
        "next_look": name_of_span(story.next_look_in) if story.next_look_in else None,
        "can_act": None in allowed.values(),
        "nothing_to_do": NOTHING_TO_DO[story.operation.state in LIVE],
        "longest_note": LONGEST_NOTE,
        "error": None,
        "notice": None,
        "note": "",
    }
    return Template(
        "console/operation.html",
        status_code=status or (422 if "error" in shown else 200),
        context=frame(request) | context | shown,
    )
