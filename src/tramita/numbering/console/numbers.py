"""``/console/numbering``: stock, live previews, work under way, divergences."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.exceptions import ValidationException
from litestar.params import QueryParameter
from litestar.response import Redirect, Response, Template

from tramita.console.frame import ACT, PAGE, frame
from tramita.console.presentation import counted, query_of
from tramita.console.reader import words_for
from tramita.console.times import Moment, now_for
from tramita.console.words import STAMPS, VIEWS, name_of_kind
from tramita.kit.bounds import EVERYTHING
from tramita.kit.database.places import MOST_COUNTED as MOST_TOLD
from tramita.kit.database.work import UnitOfWork
from tramita.kit.findings import Finding
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.operations.places import (
    OperationsAsked,
    PlaceCount,
    count_operations,
    find_operation_places,
)
from tramita.kit.runtime import Runtime
from tramita.numbering.check import check_numbering
from tramita.numbering.console.words import NUMBER_STAMPS, RELEASE_WORDS
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.queries import NumberFilter, list_numbers
from tramita.numbering.numbers.rows import find_number
from tramita.numbering.operator.overview import (
    MOST_COUNTED,
    Stock,
    count_stock,
    find_failed_releases,
    find_live_previews,
)

ROWS: Final = 25
PREVIEWS: Final = 12
# A check on demand asks about the newest only, and no longer than anybody looks at a page.
CHECKED: Final = 200
CHECK_SECONDS: Final = 20.0
_SHOWN: Final = 20
_OURS: Final = "numbering."
_NO_TIME: Final = to_translate(
    "The provider took more than %(seconds)s s. Try again later, or run the check from the command "
    "line."
)
_NO_NUMBER: Final = to_translate("A mobile number has an area code, a 9 and eight more digits.")
_NOT_OURS: Final = to_translate("This number has never been ours.")
_MSISDN: Final = re.compile(r"(?:55)?([1-9][1-9]9\d{8})")

Ddd = Annotated[str | None, QueryParameter(pattern=r"^(?:[1-9][1-9])?$(?!\n)")]
StatusName = Annotated[str | None, QueryParameter(name="status", max_length=20)]


@dataclass(frozen=True, slots=True)
class Work:
    """Unfinished operations of one kind in one state, and where they are listed."""

    title: str
    stamp: Any
    count: str
    query: str


class NumberingPages(Controller):
    """All numbers at a glance, and lists of them."""

    path = "/numbering"
    include_in_schema = False
    opt = PAGE

    @get()
    async def index(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
        """Where everything stands."""
        return await _overview(request, runtime)

    @post("/check", status_code=200, opt=ACT)
    async def check(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
        """Hold the newest numbers against the provider, now."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                findings = await check_numbering(runtime, newest=CHECKED)
        except TimeoutError:
            error = words_for(request).gettext(_NO_TIME, seconds=round(CHECK_SECONDS))
            return await _overview(request, runtime, error=error, status=504)
        return await _overview(request, runtime, findings=findings)

    @post("/find", status_code=303)
    async def find(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """To the page of a number; a form's body stands in no log and no address."""
        typed = str((await request.form()).get("number", ""))[:40]
        found = _MSISDN.fullmatch("".join(filter(str.isdecimal, typed)))
        if found is None:
            return await _overview(request, runtime, error=_NO_NUMBER, status=422)
        async with runtime.database.unit_of_work() as work:
            row = await find_number(work, f"55{found[1]}")
        if row is None:
            return await _overview(request, runtime, error=_NOT_OURS, status=404)
        return Redirect(f"/console/numbering/numbers/{row['id']}", status_code=303)

    @get("/numbers")
    async def numbers(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        status: StatusName = None,
        ddd: Ddd = None,
        cursor: Cursor = None,
    ) -> Template:
        """Numbers of one area code or in one state, oldest first."""
        if status and status not in set(NumberStatus):
            raise ValidationException(f"no number has the status {status}")
        chosen = NumberStatus(status) if status else None
        wanted = NumberFilter(EVERYTHING, chosen, ddd or None)
        async with runtime.database.unit_of_work() as work:
            found = await list_numbers(
                work, wanted, after=decode_cursor(cursor, UUID), limit=ROWS + 1
            )
            now = now_for(request, await work.now())
        page = to_page(
            found,
            ROWS,
            present=lambda row: (
                row,
                NUMBER_STAMPS[NumberStatus(row.status)],
                Moment.of(row.updated_at, now=now),
            ),
            key=lambda row: row.id,
        )
        context = {
            "lines": page.items,
            "status": chosen,
            "ddd": ddd,
            "stamps": NUMBER_STAMPS,
            "is_first": cursor is None,
            "first": query_of(status=chosen, ddd=ddd),
            "next": page.next_cursor and query_of(status=chosen, ddd=ddd, cursor=page.next_cursor),
        }
        return Template("console/numbers.html", context=numbering_frame(request) | context)


def numbering_frame(request: AnyRequest) -> dict[str, Any]:
    """What every page about numbers shows around itself."""
    return frame(request) | {"room": "numbering"}


async def _overview(
    request: AnyRequest,
    runtime: Runtime,
    *,
    findings: Sequence[Finding] | None = None,
    error: str | None = None,
    status: int = 200,
) -> Template:
    async with runtime.database.unit_of_work() as work:
        stock = await count_stock(work)
        previews, preview_count = await find_live_previews(work, limit=PREVIEWS)
        operations = await _count_ours(work)
        failed = await find_failed_releases(work, limit=ROWS)
        now = now_for(request, await work.now())
    totals, uncounted = _totals(stock)
    context = {
        "stock": stock,
        "totals": totals,
        "uncounted": uncounted,
        "most": MOST_COUNTED,
        "statuses": [(one, NUMBER_STAMPS[one]) for one in NumberStatus if totals[one]],
        "all": totals.total(),
        "previews": previews,
        "preview_count": preview_count,
        "work": _work(operations, now.words),
        "attention": sum(
            one.number for one in operations if one.state is OperationState.NEEDS_ATTENTION
        ),
        "failed": [(one, Moment.of(one.updated_at, now=now)) for one in failed],
        "release_words": RELEASE_WORDS,
        "findings": findings,
        "broken": [one for one in findings or () if one.differences],
        "unverified": sum(one.not_verified for one in findings or ()),
        "shown": _SHOWN,
        "checked": CHECKED,
        "error": error,
        "notice": None,
    }
    return Template(
        "console/numbering.html", status_code=status, context=numbering_frame(request) | context
    )


def _totals(stock: Sequence[Stock]) -> tuple[Counter[str], set[str]]:
    """How many are in each status, and of which statuses there are more than were counted."""
    totals: Counter[str] = Counter()
    for one in stock:
        totals.update({status: min(n, MOST_COUNTED) for status, n in one.counts.items()})
    return totals, {name for one in stock for name, n in one.counts.items() if n > MOST_COUNTED}


async def _count_ours(work: UnitOfWork) -> list[PlaceCount]:
    """How many of numbering's operations are not finished, by their places."""
    asked = OperationsAsked()
    found = asked.among(await find_operation_places(work))
    ours = [one for one in found if one.kind.startswith(_OURS)]
    return await count_operations(work, asked, ours, most=MOST_TOLD)


def _work(operations: Sequence[PlaceCount], words: Words) -> list[Work]:
    """Those that need a person first, then by kind."""
    views = {state: view for view, told in VIEWS.items() for state in told.states}
    numbers: defaultdict[tuple[bool, str, OperationState], list[int]] = defaultdict(list)
    for one in operations:
        numbers[one.state is not OperationState.NEEDS_ATTENTION, one.kind, one.state].append(
            one.number
        )
    return [
        Work(
            name_of_kind(kind),
            STAMPS[state],
            counted(there, words),
            query_of(state=views[state], kind=kind),
        )
        for (_, kind, state), there in sorted(numbers.items())
    ]
