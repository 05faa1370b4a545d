"""``/console/attention``: everything that waits for a person, and acting on many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from tramita.console.acting import CONFIRMED, LONGEST_NOTE, NO_BUTTON, confirmation, note_of
from tramita.console.attention.groups import ADDRESS, MOST_CASES, ShownCase, ShownGroup
from tramita.console.attention.words import MANY
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.operations import subject_facts
from tramita.console.presentation import called_of, query_of
from tramita.console.times import Moment, name_of_span, now_for
from tramita.console.words import name_of_kind
from tramita.kit.attention import find_cases, find_groups
from tramita.kit.claims import release_case, take_case
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import to_translate
from tramita.kit.operations.actions import OperationAction
from tramita.kit.operations.figures import tell_hour
from tramita.kit.operations.many import (
    BulkAnswer,
    Chosen,
    begin_many,
    count_chosen,
    expected_span,
    tell_many,
)
from tramita.kit.operations.parked import CLAIMED_AS, ParkedCase, find_parked
from tramita.kit.operations.queries import find_subjects
from tramita.kit.runtime import Runtime

ROOM: Final = "attention"
ROWS: Final = 25
ANSWERS: Final = 50
_NO_NOTE: Final = to_translate("Say why; the history of each keeps it.")
_NONE_CHOSEN: Final = to_translate("Choose some of them, or all.")


@dataclass(frozen=True, slots=True)
class Line:
    """A parked operation of a group, and what it is about, as a person knows it."""

    row: ParkedCase
    called: str
    since: Moment


class AttentionPages(Controller):
    """The groups, one group, and what was done to many."""

    path = "/attention"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
        """Everything that waits for a person, what waits longest first."""
        async with runtime.database.unit_of_work() as work:
            groups = await find_groups(work, most=MOST_COUNTED)
            cases = await find_cases(work, runtime.attention, limit=MOST_CASES + 1)
            now = now_for(request, await work.now())
        context = {
            "room": ROOM,
            "groups": [ShownGroup.of(one, runtime.stakes, now=now) for one in groups],
            "cases": [ShownCase.of(case, now=now) for _, case in cases[:MOST_CASES]],
            "are_more": len(cases) > MOST_CASES,
        }
        return Template("console/attention.html", context=frame(request) | context)

    @get("/{alike:str}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        alike: FromPath[str],
        runtime: FromRuntime,
    ) -> Template:
        """Operations that are alike, and what can be done about some or all of them."""
        return await _group(request, runtime, alike)

    @post("/{alike:str}", status_code=303, opt=ACT)
    async def act(
        self, request: Request[Any, Any, Any], alike: FromPath[str], runtime: FromRuntime
    ) -> Response[Any]:
        """Take or release one, or act on many, after a word about how many that is."""
        form = await request.form()
        for name, do in (("take", take_case), ("release", release_case)):
            if name in form:
                return await _claim(request, runtime, alike, str(form[name]), do)
        note = note_of(form)
        action = next((one for one in MANY if one == form.get("action")), None)
        ids = _ids(form.getall("chosen", []), str(form.get("ids", "")))
        is_all = form.get("scope") == "all"
        error = None
        if action is None:
            error = NO_BUTTON
        elif not note or len(note) > LONGEST_NOTE:
            error = _NO_NOTE
        elif not (ids or is_all):
            error = _NONE_CHOSEN
        if action is None or error is not None:
            return await _group(request, runtime, alike, status=422, error=error, note=note)
        wanted = _Wanted(alike, action, note, Chosen(alike=alike) if is_all else Chosen(ids=ids))
        if form.get(CONFIRMED) != "yes":
            return await _confirm(request, runtime, wanted)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                bulk = await begin_many(work, action, wanted.chosen, note=note)
        except ConflictError as refused:
            return await _group(
                request, runtime, alike, status=409, error=refused.sentence, note=note
            )
        return Redirect(f"{ADDRESS}/acts/{bulk}", status_code=303)

    @get("/acts/{bulk_id:uuid}")
    async def progress(
        self,
        request: Request[Any, Any, Any],
        bulk_id: FromPath[UUID],
        runtime: FromRuntime,
        cursor: Cursor = None,
    ) -> Template:
        """How far it is, and what came of each, live."""
        after = decode_cursor(cursor, UUID)
        async with runtime.database.unit_of_work() as work:
            act, found = await tell_many(work, bulk_id, after=after, limit=ANSWERS + 1)
            named = await _name(runtime, work, found)
            now = now_for(request, await work.now())
        page = to_page(found, ANSWERS, present=lambda one: (one, named[one.operation_id]), key=_key)
        context = {
            "room": ROOM,
            "act": act,
            "named": MANY[act.action],
            "begun": Moment.of(act.created_at, now=now),
            "answers": page.items,
            "is_first": cursor is None,
            "first": "",
            "next": page.next_cursor and query_of(cursor=page.next_cursor),
        }
        return Template("console/many.html", context=frame(request) | context)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the form says."""

    alike: str
    action: OperationAction
    note: str
    chosen: Chosen


def _key(one: BulkAnswer) -> UUID:
    return one.operation_id


async def _name(
    runtime: Runtime, work: UnitOfWork, answers: Sequence[BulkAnswer]
) -> dict[UUID, str]:
    """What each is about, as a person knows it; of one that is gone or unknown nothing."""
    ids = [one.operation_id for one in answers]
    known = await find_subjects(work, ids)
    about = await subject_facts(runtime, work, known.values())
    return {one: called_of(about[known[one].subject_id]) if one in known else "" for one in ids}


def _ids(chosen: Sequence[Any], listed: str) -> list[UUID]:
    """The operations that were ticked, or named by the page that asked; others are left out."""
    found = []
    for one in [*map(str, chosen), *listed.split()][:ROWS]:
        try:
            found.append(msgspec.convert(one, UUID))
        except msgspec.ValidationError:
            continue
    return found


async def _claim(
    request: AnyRequest, runtime: Runtime, alike: str, subject: str, do: Any
) -> Response[Any]:
    try:
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            await do(work, CLAIMED_AS, str(msgspec.convert(subject, UUID)))
    except msgspec.ValidationError:
        return await _group(request, runtime, alike, status=422, error=NO_BUTTON)
    except ConflictError as taken:
        return await _group(request, runtime, alike, status=409, error=taken.sentence)
    return Redirect(f"{ADDRESS}/{alike}", status_code=303)


async def _confirm(request: AnyRequest, runtime: Runtime, wanted: _Wanted) -> Template:
    """Ask once: how many it is, what happens, and how long that takes."""
    async with runtime.database.unit_of_work() as work:
        count = await count_chosen(work, wanted.chosen)
        [first, *_] = [*await find_parked(work, wanted.alike, after=None, limit=1), None]
        now = now_for(request, await work.now())
        facts = [(to_translate("Operations"), now.words.number(count))]
        if first is not None:
            named = runtime.titles.get(first.provider, first.provider)
            facts.append((to_translate("Provider"), named))
            span = await _span(work, runtime, first.provider, count)
            if span is not None:
                facts.append((to_translate("Takes about"), name_of_span(span, now.words)))
    also = {"scope": "all"}
    if wanted.chosen.ids:
        also = {"ids": " ".join(map(str, wanted.chosen.ids))}
    return confirmation(
        request,
        MANY[wanted.action],
        action=wanted.action,
        note=wanted.note,
        facts=facts,
        also=also,
        room=ROOM,
    )


async def _span(work: UnitOfWork, runtime: Runtime, provider: str, count: int) -> Any:
    """How long so many take at the pace of the provider's last hour, if that is known."""
    hour, line = (await tell_hour(work)).get(provider), runtime.exchanges.get(provider)
    if hour is None or line is None:
        return None
    return expected_span(count, milliseconds=hour.p50, places=line.concurrency)


async def _group(
    request: AnyRequest,
    runtime: Runtime,
    alike: str,
    *,
    status: int = 200,
    error: str | None = None,
    note: str = "",
) -> Template:
    cursor = request.query_params.get("cursor")
    after = decode_cursor(cursor, UUID)
    async with runtime.database.unit_of_work() as work:
        found = await find_parked(work, alike, after=after, limit=ROWS + 1)
        count = await count_chosen(work, Chosen(alike=alike))
        about = await subject_facts(runtime, work, found)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        ROWS,
        present=lambda row: Line(
            row, called_of(about[row.subject_id]), Moment.of(row.since, now=now)
        ),
        key=lambda row: row.id,
    )
    context = {
        "room": ROOM,
        "alike": alike,
        "title": name_of_kind(found[0].kind) if found else None,
        "provider": found[0].provider if found else None,
        "reason": found[0].reason if found else None,
        "stake": runtime.stakes.get(found[0].kind) if found else None,
        "count": count,
        "lines": page.items,
        "actions": MANY,
        "me": request.user.name,
        "error": error,
        "note": note,
        "longest_note": LONGEST_NOTE,
        "is_first": cursor is None,
        "first": "",
        "next": page.next_cursor and query_of(cursor=page.next_cursor),
    }
    return Template(
        "console/attention_group.html", status_code=status, context=frame(request) | context
    )
