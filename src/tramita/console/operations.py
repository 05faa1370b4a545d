"""``/console/operations``: what stands still, why, and what a person can do about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response, Template

from tramita.console.acting import ActionPage, act_form
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import NO_NAME, Line, Moved, Said, counted, masked, query_of
from tramita.console.times import name_of_span, now_for
from tramita.console.words import (
    ACTIONS,
    NOTHING_TO_DO,
    SPANS,
    VIEWS,
    View,
    name_of_kind,
)
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.jobs.held import count_held_jobs
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.operations.actions import OperationAction, act, allowed_actions
from tramita.kit.operations.lifecycle import LIVE, OperationState
from tramita.kit.operations.places import (
    OperationPlace,
    OperationsAsked,
    PlaceCount,
    count_operations,
    find_operation_places,
)
from tramita.kit.operations.queries import (
    Reason,
    find_operations,
    find_reasons,
    get_operation,
    tell_operation,
)
from tramita.kit.runtime import Runtime

ROWS = 25
EXCHANGES = 20
MOVES = 100
# Where a vendor says something else each time, there is no end of them.
MOST_REASONS = 200
_CORE: Final = "contracts"


def provide_query(
    kind: Text = None, provider: Text = None, age: Text = None, reason: Text = None
) -> Mapping[str, str]:
    """What the form asks for, without what it sends empty and a span that is none."""
    given = {
        "kind": kind,
        "provider": provider,
        "age": age if age in SPANS else None,
        "reason": reason,
    }
    return {name: value for name, value in given.items() if value}


def _within(view: View, query: Mapping[str, str]) -> Mapping[str, str]:
    """What of it a view knows: of what was refused there are reasons."""
    return {
        name: value for name, value in query.items() if name != "reason" or view is View.REFUSED
    }


def _asked_for(query: Mapping[str, str]) -> OperationsAsked:
    span = SPANS.get(query.get("age", ""))
    return OperationsAsked(
        kind=query.get("kind"),
        provider=query.get("provider"),
        age=span and span[0],
        alike=query.get("reason"),
    )


NARROWED: Final = {"wanted": Provide(provide_query, sync_to_thread=False)}


class OperationPages(Controller):
    """The list, one operation, and what can be done about it."""

    path = "/operations"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=NARROWED)
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        wanted: NamedDependency[Mapping[str, str]],
        view: Annotated[View, QueryParameter(name="state")] = View.NEEDS_ATTENTION,
        cursor: Cursor = None,
    ) -> Template:
        """Operations of one view, those that stand longest first."""
        words, wanted = VIEWS[view], _within(view, wanted)
        narrowed = _asked_for(wanted)
        asked = replace(narrowed, states=words.states)
        async with runtime.database.unit_of_work() as work:
            places = await find_operation_places(work)
            counts = await count_operations(
                work, narrowed, narrowed.among(places), most=MOST_COUNTED
            )
            found = await find_operations(
                work,
                asked,
                asked.among(places),
                after=decode_cursor(cursor, UUID),
                limit=ROWS + 1,
                newest_first=words.is_finished,
            )
            reasons = await find_reasons(work, most=MOST_REASONS) if view is View.REFUSED else []
            held = await count_held_jobs(work.connection, most=MOST_COUNTED)
            facts = await subject_facts(runtime, work, found)
            now = now_for(request, await work.now())
        page = to_page(
            found,
            ROWS,
            present=lambda row: Line.of(row, facts[row.subject_id], now=now),
            key=lambda row: row.id,
        )
        first = query_of(state=view, **wanted)
        context = {
            "tabs": _tabs(view, counts, wanted, now.words),
            "held": held,
            "trouble": (await runtime.readiness.look()).trouble,
            "view": view,
            "shown": words,
            "lines": page.items,
            "choices": _choices(places, wanted),
            "reasons": _reasons(reasons, narrowed),
            "are_more_reasons": len(reasons) == MOST_REASONS,
            "is_listed": any(one.alike == narrowed.alike for one in reasons),
            "spans": {name: said for name, (_, said) in SPANS.items()},
            "query": wanted,
            "is_first": cursor is None,
            "first": first,
            "next": page.next_cursor and query_of(state=view, **wanted, cursor=page.next_cursor),
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


def _tabs(
    view: View, counts: Sequence[PlaceCount], query: Mapping[str, str], words: Words
) -> list[dict[str, Any]]:
    """The views, with how many are in each that is not finished."""
    numbers = {
        key: [place.number for place in counts if place.state in one.states]
        for key, one in VIEWS.items()
    }
    return [
        {
            "title": one.title,
            "is_current": key is view,
            "count": None if one.is_finished else counted(numbers[key], words),
            "calls": key is View.NEEDS_ATTENTION and any(numbers[key]),
            "query": query_of(state=key, **_within(key, query)),
        }
        for key, one in VIEWS.items()
    ]


def _reasons(
    found: Sequence[Reason], narrowed: OperationsAsked
) -> list[tuple[str, str, list[Reason]]]:
    """Why operations were refused, by kind and provider, as far as the list is narrowed to these."""
    shown = (
        one
        for one in found
        if one.alike == narrowed.alike
        or (narrowed.kind in (None, one.kind) and narrowed.provider in (None, one.provider))
    )
    return [
        (name_of_kind(kind), provider, [*reasons])
        for (kind, provider), reasons in groupby(shown, lambda one: (one.kind, one.provider))
    ]


def _choices(
    places: Sequence[OperationPlace], query: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to, with what it is narrowed to though there is none of it."""
    kinds = {one.kind for one in places} | set(filter(None, [query.get("kind")]))
    providers = {one.provider for one in places} | set(filter(None, [query.get("provider")]))
    return {
        "kind": [(one, name_of_kind(one)) for one in sorted(kinds)],
        "provider": [(one, one) for one in sorted(providers)],
    }


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
