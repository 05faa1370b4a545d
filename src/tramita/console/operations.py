"""``/console/operations``: what stands still, why, and what a person can do about it."""

from collections.abc import Collection
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response, Template

from tramita.console.acting import ActionPage, act_form
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import NO_NAME, Line, Moved, Said, masked, query_of
from tramita.console.times import name_of_span, now_for
from tramita.console.words import (
    ACTIONS,
    NOTHING_TO_DO,
    VIEWS,
    View,
    name_of_kind,
)
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.jobs.held import count_held_jobs
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.operations.actions import OperationAction, act, allowed_actions
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.operations.queries import (
    count_live_operations,
    find_operations,
    get_operation,
    tell_operation,
)
from tramita.kit.runtime import Runtime

ROWS = 25
EXCHANGES = 20
MOVES = 100
_CORE: Final = "contracts"


class OperationPages(Controller):
    """The list, one operation, and what can be done about it."""

    path = "/operations"
    include_in_schema = False
    opt = PAGE

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
                after=decode_cursor(cursor, UUID),
                limit=ROWS + 1,
                newest_first=words.is_finished,
            )
            held = await count_held_jobs(work.connection)
            facts = await subject_facts(runtime, work, found)
            now = now_for(request, await work.now())
        page = to_page(
            found,
            ROWS,
            present=lambda row: Line.of(row, facts[row.subject_id], now=now),
            key=lambda row: row.id,
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
            "trouble": (await runtime.readiness.look()).trouble,
            "view": view,
            "shown": words,
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
        return await _page(request, runtime, operation_id, done=done)

    @post("/{operation_id:uuid}", status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], operation_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Do what the pressed button says; a refusal is told in place."""
        return await _PAGE.act_by_form(request, runtime, operation_id)


async def _facts(runtime: Runtime, operation_id: UUID) -> list[tuple[str, str]]:
    """The client, the contract and the amount."""
    async with runtime.database.unit_of_work() as work:
        operation, _ = await get_operation(work, operation_id)
        about = await subject_facts(runtime, work, [operation])
    kind = name_of_kind(operation.kind)
    return [(to_translate("Operation"), kind), *masked(about[operation.subject_id])]


class Subject(Protocol):
    """An operation, as far as it is about something."""

    @property
    def kind(self) -> str: ...
    @property
    def subject_id(self) -> UUID: ...


async def subject_facts(
    runtime: Runtime, work: UnitOfWork, operations: Collection[Subject]
) -> dict[UUID, list[tuple[str, str]]]:
    """What operations are about, as a person knows it; their id where their area knows no more."""
    subjects: dict[str, set[UUID]] = {}
    for one in operations:
        subjects.setdefault(one.kind.partition(".")[0], set()).add(one.subject_id)
    found = {one.subject_id: [(NO_NAME, str(one.subject_id))] for one in operations}
    # What no area knows better may still be a contract.
    asked = {_CORE: set(found), **subjects}
    for area in [_CORE, *sorted(subjects.keys() - {_CORE})]:
        if area in runtime.facts:
            found |= await runtime.facts[area](work, asked[area])
    return found


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    operation_id: UUID,
    *,
    status: int = 200,
    done: OperationAction | None = None,
    **shown: str | None,
) -> Template:
    """The page of one operation; with an error it is not the page that was asked for."""
    async with runtime.database.unit_of_work() as work:
        story = await tell_operation(work, operation_id, exchanges=EXCHANGES, moves=MOVES)
        allowed = await allowed_actions(work, operation_id)
        facts = await subject_facts(runtime, work, [story.operation])
    now = now_for(request, story.now)
    line = Line.of(story.operation, masked(facts[story.operation.subject_id]), now=now)
    nothing_to_do = line.meaning or NOTHING_TO_DO[story.operation.state in LIVE]
    form = act_form(allowed, ACTIONS, when_none=nothing_to_do)
    context = {
        "line": line,
        "stake": runtime.stakes.get(story.operation.kind)
        if story.operation.state == OperationState.NEEDS_ATTENTION
        else None,
        "is_finished": story.operation.state not in LIVE,
        "story": story,
        "said": [Said.of(row, now=now) for row in story.exchanges],
        "moved": [Moved.of(row, now=now) for row in story.history],
        "next_look": name_of_span(story.next_look_in, now.words) if story.next_look_in else None,
    }
    return Template(
        "console/operation.html",
        status_code=status,
        context=frame(request)
        | context
        | form
        | {"notice": what_came(done, line, now.words) if done else None}
        | shown,
    )


_PAGE: Final = ActionPage(ACTIONS, act, _page, _facts)


def what_came(done: OperationAction, line: Line, words: Words) -> str:
    """What an action led to, by where the operation stands now and not by what was pressed."""
    state = OperationState(line.row.state)
    if done is OperationAction.MARK_REFUSED and state is OperationState.REFUSED:
        return ACTIONS[done].done
    if state is OperationState.NEEDS_ATTENTION:
        return to_translate("It was tried again, and needs attention again.")
    if state in LIVE:
        return ACTIONS[done].done
    return words.gettext("It has ended: %(how)s.", how=words.gettext(line.stamp.word).lower())
