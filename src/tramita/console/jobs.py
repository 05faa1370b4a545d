"""``/console/jobs``: how the queue is, jobs held by an error of our own, and having them run again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any, Final, Self, TypeAlias

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect, Response, Template

from tramita.console.acting import CONFIRMED, NO_BUTTON, confirmation
from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import counted, query_of
from tramita.console.queue import Queue
from tramita.console.reader import words_for
from tramita.console.things import directory_of, find_pages
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import ActionWords, name_of_kind
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.errors import ConflictError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.jobs.held import (
    HeldGroup,
    HeldJob,
    count_held_jobs,
    find_held_groups,
    find_held_ids,
    find_held_jobs,
)
from tramita.kit.jobs.standing import read_queue_clock, tell_queue
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.letting_go import run_again
from tramita.kit.runtime import Runtime

# As the address of a page says that was led to.
HowMany: TypeAlias = Annotated[int | None, QueryParameter(ge=0, lt=2**31)]
ROWS: Final = 25
ALL: Final = "all"
TICKED: Final = "ticked"
_ADDRESS: Final = "/console/jobs"
_ALL_AGAIN: Final = ActionWords(
    to_translate("Run all again"),
    to_translate(
        "Every held job runs again, as fast as the workers can. Running one again repeats nothing "
        "that is done; what fails once more comes back to the list."
    ),
    "",
    asks=to_translate("Run all held jobs again?"),
)
_NONE_TICKED: Final = to_translate("Tick those that you mean first.")
# What an id of PostgreSQL's may be.
JobId: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class Held:
    """A held job, or those that are alike, as a line shows it."""

    row: HeldJob | HeldGroup
    title: str
    since: Moment

    @classmethod
    def of(cls, row: HeldJob | HeldGroup, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        now = replace(now, at=row.held_at + row.waited)
        return cls(row, name_of_kind(row.name), Moment.of(row.held_at, now=now))


class JobPages(Controller):
    """The list, and what can be done about it."""

    path = "/jobs"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        alike: Text = None,
        cursor: Cursor = None,
        done: HowMany = None,
    ) -> Template:
        """The queue, and held jobs, oldest first; ``done`` is how many the last button let go."""
        after = decode_cursor(cursor, JobId)
        notice = None if done is None else _done(done, words_for(request))
        return await _page(request, runtime, alike=alike or None, after=after, notice=notice)

    @post(status_code=303, opt=ACT)
    async def run(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Have one run again, those that are ticked, or all."""
        form = await request.form()
        pressed, alike = str(form.get("job", "")), str(form.get("alike", "")) or None
        if pressed == ALL and form.get(CONFIRMED) != "yes":
            return await _confirm_all(request, runtime, alike)
        again = partial(_page, request, runtime, alike=alike)
        try:
            chosen = None if pressed == ALL else _chosen(pressed, form.getall(TICKED, []))
        except msgspec.ValidationError:
            return await again(status=422, error=NO_BUTTON)
        if chosen == []:
            return await again(status=422, error=_NONE_TICKED)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                if chosen is None and alike is not None:
                    chosen = await find_held_ids(work.connection, alike)
                count = await run_again(work, chosen)
        except ConflictError as refused:
            return await again(status=409, error=refused.sentence)
        return Redirect(f"{_ADDRESS}?done={count}", status_code=303)


def _chosen(pressed: str, ticked: Sequence[Any]) -> list[int]:
    """The jobs whose button was pressed; raises a ``ValidationError`` where it is none of ours."""
    ids = [str(one) for one in ticked[:ROWS]] if pressed == TICKED else [pressed]
    return msgspec.convert(ids, list[JobId], strict=False)


async def _confirm_all(request: AnyRequest, runtime: Runtime, alike: str | None) -> Template:
    """Ask once, saying how many."""
    words = words_for(request)
    async with runtime.database.unit_of_work() as work:
        count = await count_held_jobs(work.connection, alike=alike, most=MOST_COUNTED)
    return confirmation(
        request,
        _ALL_AGAIN,
        action=ALL,
        note="",
        facts=[(to_translate("Held jobs"), counted([count], words))],
        room="jobs",
        field="job",
        also={"alike": alike} if alike else {},
    )


def _done(count: int, words: Words) -> str:
    if count == 0:
        return words.gettext("It was not held any more: somebody else was quicker.")
    return words.ngettext(
        "The job runs again. What fails once more comes back to this list.",
        "%(number)s jobs run again. What fails once more comes back to this list.",
        count,
        number=words.number(count),
    )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    *,
    alike: str | None = None,
    after: int | None = None,
    status: int = 200,
    **said: str | None,
) -> Template:
    is_first = after is None
    async with runtime.database.unit_of_work() as work:
        count = await count_held_jobs(work.connection, alike=alike, most=MOST_COUNTED)
        # For these the log of every job is read, so the first page alone has them.
        groups = await find_held_groups(work.connection, most=MOST_COUNTED) if is_first else []
        found = await find_held_jobs(work.connection, after=after, limit=ROWS + 1, alike=alike)
        carried = {id_ for one in found for id_ in one.carries.values()}
        pages = await find_pages(work, runtime.wholes, directory_of(request), carried)
        queue = await tell_queue(work.connection) if is_first and alike is None else None
        now = now_for(request, await read_queue_clock(work.connection))
    page = to_page(found, ROWS, present=lambda row: Held.of(row, now=now), key=lambda row: row.id)
    context = {
        "room": "jobs",
        "queue": queue and Queue.of(queue, now=now),
        "count": count,
        # Of one group there is nothing to choose from.
        "groups": [Held.of(one, now=now) for one in groups if alike or len(groups) > 1],
        "are_more": sum(one.count for one in groups) == MOST_COUNTED,
        "alike": alike,
        "held": page.items,
        "pages": pages,
        "all": ALL,
        "ticked": TICKED,
        "is_first": is_first,
        "first": query_of(alike=alike),
        "next": page.next_cursor and query_of(alike=alike, cursor=page.next_cursor),
        "error": None,
        "notice": None,
    }
    return Template(
        "console/jobs.html", status_code=status, context=frame(request) | context | said
    )
