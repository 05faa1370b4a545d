"""``/console/contracts``: every contract, by its journey and where it stands there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream, Template

from tramita.console.frame import PAGE, frame
from tramita.console.reader import words_for
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import SPANS
from tramita.contracts.backends import Stage
from tramita.contracts.console.asking import ENDED, asked_of, asking, query_for, read_query
from tramita.contracts.console.exporting import EXPORT
from tramita.contracts.console.names import Names
from tramita.contracts.console.words import stage_of, stages_of, title_of
from tramita.contracts.standings import (
    Asked,
    End,
    Line,
    Place,
    count_contracts,
    find_contracts,
    find_places,
)
from tramita.kit.accounts.saved_views import LONGEST_NAME, forget_view, list_views, save_view
from tramita.kit.database.places import MOST_COUNTED
from tramita.kit.errors import ConflictError
from tramita.kit.exports import find_exports, open_export, read_export, request_export
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.http.requests import NulCharacter
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.runtime import Runtime

ROOM: Final = "contracts"
ROWS: Final = 25
ADDRESS: Final = "/console/contracts"
_ALL: Final = ""
_UNDER_WAY: Final = to_translate("Under way")
ENDS: Final[Mapping[End, str]] = {
    End.WELL: to_translate("Ended well"),
    End.OTHERWISE: to_translate("Ended otherwise"),
}
_NO_NAME: Final = to_translate("Give the view a name, of at most 60 characters.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A contract as a line of the list."""

    row: Line
    stage: Stage
    journey: str
    product: str
    partner: str
    provider: str
    since: Moment


@dataclass(frozen=True, slots=True)
class Tab:
    """A journey above the list."""

    title: str
    query: str
    count: int
    is_current: bool


def provide_asked(request: Request[Any, Any, Any]) -> Asked:
    """Which contracts the query asks for."""
    return _asked_by(request, request.url.query)


def _asked_by(request: AnyRequest, query: str) -> Asked:
    """Days are those of whoever reads."""
    return asked_of(read_query(query), words_for(request).zone.key)


ASKED: Final = {"asked": Provide(provide_asked, sync_to_thread=False)}


class ContractsPages(Controller):
    """The list."""

    path = "/contracts"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=ASKED)
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        asked: NamedDependency[Asked],
        cursor: Cursor = None,
    ) -> Template:
        """Contracts, the newest or those first that have stood longest where they stand."""
        return await _list(request, runtime, asked, cursor=cursor)

    @post("/views", status_code=303, opt=PAGE)
    async def save_view(
        self, request: Request[Any, Any, Any], runtime: FromRuntime
    ) -> Response[Any]:
        """Keep what the list is narrowed to under a name, for whoever is signed in."""
        form = await request.form()
        asked = _asked_in(request, form)
        name = " ".join(str(form.get("name", "")).split())
        if not 0 < len(name) <= LONGEST_NAME:
            return await _list(request, runtime, asked, status=422, error=_NO_NAME)
        query = query_for(asked)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await save_view(work, request.user.id, ROOM, name=name, query=query)
        except ConflictError as refused:
            return await _list(request, runtime, asked, status=409, error=refused.sentence)
        return Redirect(_at(query), status_code=303)

    @post("/views/{view_id:uuid}/forget", status_code=303, opt=PAGE)
    async def forget_view(
        self, request: Request[Any, Any, Any], view_id: FromPath[UUID], runtime: FromRuntime
    ) -> Response[Any]:
        """Keep one no more."""
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            await forget_view(work, request.user.id, view_id)
        return Redirect(ADDRESS, status_code=303)

    @post("/files", status_code=303, opt=PAGE)
    async def export(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Have what the list shows written as CSV, all of it."""
        form = await request.form()
        asked = _asked_in(request, form)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                await request_export(
                    work, request.user.id, EXPORT.name, asking(asked), words_for(request)
                )
        except ConflictError as refused:
            return await _list(request, runtime, asked, status=409, error=refused.sentence)
        return Redirect(f"{ADDRESS}/files", status_code=303)

    @get("/files")
    async def show_files(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
        """One's own files of the last day, and how far each is."""
        async with runtime.database.reading() as work:
            found = await find_exports(work, request.user.id)
            words = words_for(request)
            names = await Names.find(runtime, work, await find_places(work), words)
            now = now_for(request, await work.now())
        context = {
            "room": ROOM,
            "address": ADDRESS,
            "files": [
                (
                    one,
                    _told(asked_of(one.filter, words.zone.key), names, words),
                    Moment.of(one.requested_at, now=now),
                )
                for one in found
            ],
        }
        return Template("console/contract_files.html", context=frame(request) | context)

    @get("/files/{export_id:uuid}")
    async def fetch(
        self, request: Request[Any, Any, Any], export_id: FromPath[UUID], runtime: FromRuntime
    ) -> Stream:
        """One of them, for nobody but whoever asked for it."""
        user = request.user
        export = await open_export(runtime, user.id, export_id, user.name)
        return Stream(
            read_export(runtime, export),
            media_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="contracts-{export_id}.csv"',
                "Cache-Control": "no-store",
            },
        )


def _at(query: str) -> str:
    return f"{ADDRESS}?{query}" if query else ADDRESS


def _asked_in(request: AnyRequest, form: Mapping[str, Any]) -> Asked:
    """What the list was narrowed to, as a form below it says: a query within a form."""
    query = str(form.get("query", ""))
    if "%00" in query:
        raise NulCharacter
    return _asked_by(request, query)


async def _list(
    request: AnyRequest,
    runtime: Runtime,
    asked: Asked,
    *,
    cursor: str | None = None,
    status: int = 200,
    error: str | None = None,
) -> Template:
    context = await _context(request, runtime, asked, cursor)
    context |= frame(request) | {"error": error, "notice": None}
    return Template("console/contracts.html", status_code=status, context=context)


async def _context(
    request: AnyRequest, runtime: Runtime, asked: Asked, cursor: str | None
) -> dict[str, Any]:
    after = decode_cursor(cursor, tuple[datetime, UUID])
    async with runtime.database.reading() as work:
        places = await find_places(work)
        found = await find_contracts(work, asked, asked.among(places), after=after, limit=ROWS + 1)
        counts = await count_contracts(work, asked, _groups(asked, places))
        names = await Names.find(runtime, work, places, words_for(request))
        views = await list_views(work, request.user.id, ROOM)
        now = now_for(request, await work.now())
    page = to_page(
        found,
        ROWS,
        present=lambda row: _shown(row, names, now),
        key=asked.key_of,
    )
    count = counts["asked"]
    return {
        "room": ROOM,
        "address": ADDRESS,
        "views": views,
        "longest_name": LONGEST_NAME,
        "lines": page.items,
        "count": min(count, MOST_COUNTED),
        "are_more": count > MOST_COUNTED,
        "tabs": _tabs(asked, places, counts),
        "stages": [
            (key, one.stamp.word, counts[f"stage {key}"])
            for key, one in _stages(asked, places).items()
        ],
        "choices": _choices(asked, places, names),
        "ends": [(key, ENDS[end]) for key, end in ENDED.items()],
        "spans": [(name, said) for name, (_, said) in SPANS.items()],
        "asked": asked,
        "query": asking(asked),
        "is_first": cursor is None,
        "first": query_for(asked),
        "next": page.next_cursor and query_for(asked, page.next_cursor),
    }


def _shown(row: Line, names: Names, now: Now) -> Shown:
    return Shown(
        row,
        stage_of(row.backend, row.stage),
        title_of(row.backend),
        names.product(row.product),
        names.partner(row.tenant),
        names.provider(row.provider),
        Moment.of(row.since, now=now),
    )


def _told(asked: Asked, names: Names, words: Words) -> list[str]:
    """What a list is narrowed to, as a person says it; to be translated."""
    stage = stage_of(asked.backend or "", asked.stage).stamp.word if asked.stage else ""
    ended = ENDS[asked.ended] if asked.ended else ""
    spans = dict(SPANS.values())
    told = [
        title_of(asked.backend) if asked.backend else "",
        (_UNDER_WAY if asked.under_way else ended) or stage,
        names.provider(asked.provider or ""),
        names.product(asked.product or ""),
        names.partner(asked.tenant or ""),
        spans[asked.stood] if asked.stood else "",
        words.gettext("there since %(day)s", day=words.date(asked.came)) if asked.came else "",
        words.gettext("begun since %(day)s", day=words.date(asked.begun)) if asked.begun else "",
    ]
    return [one for one in told if one]


def _groups(asked: Asked, places: Sequence[Place]) -> dict[str, Sequence[Place]]:
    """What is counted: what is asked for, and beside it each journey and each stage of the one."""
    elsewhere = replace(asked, backend=None, stage=None)
    groups: dict[str, Sequence[Place]] = {
        "asked": asked.among(places),
        "journey ": elsewhere.among(places),
    }
    for key in {one.backend for one in places}:
        groups[f"journey {key}"] = replace(elsewhere, backend=key).among(places)
    for stage in _stages(asked, places):
        alone = replace(asked, stage=stage, under_way=False, ended=None)
        groups[f"stage {stage}"] = alone.among(places)
    return groups


def _stages(asked: Asked, places: Sequence[Place]) -> Mapping[str, Stage]:
    """The stages of the journey that is asked for, if it is one."""
    backend = asked.backend
    there = {one.stage for one in places if one.backend == backend}
    return stages_of(backend, there) if backend else {}


def _tabs(asked: Asked, places: Sequence[Place], counts: Mapping[str, int]) -> list[Tab]:
    keys = sorted({one.backend for one in places} | ({asked.backend} if asked.backend else set()))
    return [
        Tab(
            title_of(key) if key else "",
            query_for(replace(asked, backend=key or None, stage=None, product=None)),
            counts.get(f"journey {key}", 0),
            is_current=(asked.backend or _ALL) == key,
        )
        for key in (_ALL, *keys)
    ]


def _choices(
    asked: Asked, places: Sequence[Place], names: Names
) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to: what there is on the journey that is asked for."""
    there = Asked(backend=asked.backend).among(places)

    def named(keys: set[str], call: Callable[[str], str]) -> list[tuple[str, str]]:
        called = [(key, call(key)) for key in keys if key]
        return sorted(called, key=lambda one: one[1].casefold())

    return {
        "provider": named({one.provider for one in there} | {asked.provider or ""}, names.provider),
        "product": named({one.product for one in there} | {asked.product or ""}, names.product),
        "partner": named({one.tenant for one in there} | {asked.tenant or ""}, names.partner),
    }
