"""``/console/exchanges``: every request to a provider and its answer, masked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from litestar import Controller, Request, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ValidationException
from litestar.params import FromPath, PathParameter
from litestar.response import Template

from tramita.console.frame import PAGE, frame
from tramita.console.journals.one import PageOfOne
from tramita.console.presentation import Part, query_of
from tramita.console.times import Moment, Now, now_for, to_utc
from tramita.console.words import OUTCOMES, Stamp, name_of_kind
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.operations.exchanges import (
    ExchangeInFull,
    ExchangeLine,
    ExchangePlace,
    ExchangesAsked,
    find_exchange_places,
    find_exchanges,
    get_exchange,
)
from tramita.kit.runtime import Runtime

ROWS: Final = 25
ADDRESS: Final = "/console/exchanges"
# What an id of PostgreSQL's may be.
_ID: Final = PathParameter(ge=1, le=2**63 - 1)


def provide_query(
    provider: Text = None,
    kind: Text = None,
    outcome: Text = None,
    since: Text = None,
    until: Text = None,
) -> Mapping[str, str]:
    """What the form asks for, without what it sends empty."""
    given = {
        "provider": provider,
        "kind": kind,
        "outcome": outcome,
        "since": since,
        "until": until,
    }
    return {name: value for name, value in given.items() if value}


ASKED: Final = {"asked": Provide(provide_query, sync_to_thread=False)}


class ExchangePages(Controller):
    """The journal, and one exchange."""

    path = "/exchanges"
    include_in_schema = False
    opt = PAGE

    @get(dependencies=ASKED)
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        asked: NamedDependency[Mapping[str, str]],
        cursor: Cursor = None,
    ) -> Template:
        """Exchanges, the latest first."""
        return await _list(request, runtime, asked, cursor)

    @get("/{exchange_id:int}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        exchange_id: Annotated[FromPath[int], _ID],
        runtime: FromRuntime,
    ) -> Template:
        """What was sent, and what came back."""
        return await _EXCHANGE.show(request, runtime, exchange_id)


async def _list(
    request: AnyRequest, runtime: Runtime, query: Mapping[str, str], cursor: str | None
) -> Template:
    async with runtime.database.reading() as work:
        now = now_for(request, await work.now())
        asked = ExchangesAsked(
            provider=query.get("provider"),
            kind=query.get("kind"),
            outcome=query.get("outcome"),
            since=_time(query.get("since"), now.words.zone),
            until=_time(query.get("until"), now.words.zone),
        )
        places = await find_exchange_places(work)
        found = await find_exchanges(
            work,
            asked,
            asked.among(places),
            before=decode_cursor(cursor, tuple[datetime, int]),
            limit=ROWS + 1,
        )
    page = to_page(
        found,
        ROWS,
        present=lambda row: _shown(row, now),
        key=lambda row: (row.started_at, row.id),
    )
    context = {
        "room": "exchanges",
        "address": ADDRESS,
        "query": query,
        "choices": _choices(places, query),
        "zone": now.words.zone.key,
        "lines": page.items,
        "is_first": cursor is None,
        "first": query_of(**query),
        "next": page.next_cursor and query_of(**query, cursor=page.next_cursor),
    }
    return Template("console/exchanges.html", context=frame(request) | context)


def _shown(row: ExchangeLine, now: Now) -> tuple[ExchangeLine, str, Stamp, Moment]:
    title = name_of_kind(row.kind) if row.kind else row.provider
    return row, title, _stamp(row.outcome), Moment.of(row.started_at, now=now)


def _stamp(outcome: str) -> Stamp:
    return OUTCOMES.get(outcome, Stamp(outcome.replace("_", " "), "idle"))


def _choices(
    places: list[ExchangePlace], query: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to, each with what a person calls it."""
    found = {
        name: {getattr(one, name) for one in places} | {query.get(name, "")} - {""}
        for name in ("provider", "kind", "outcome")
    }
    return {
        "provider": sorted((one, one) for one in found["provider"]),
        "kind": sorted((one, name_of_kind(one)) for one in found["kind"] if one),
        "outcome": sorted((one, _stamp(one).word) for one in found["outcome"]),
    }


def _time(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A time as a form sends it, in the zone of whoever reads."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationException(f"{text} is no time") from None
    return to_utc(at if at.tzinfo else at.replace(tzinfo=zone))


def _tell(one: ExchangeInFull, now: Now) -> Mapping[str, Any]:
    return {
        "one": one,
        "stamp_of": _stamp(one.outcome),
        "title": name_of_kind(one.kind) if one.kind else one.provider,
        "at": Moment.of(one.started_at, now=now),
        "sent": Part.of(one.request),
        "came_back": Part.of(one.answer),
    }


_EXCHANGE: Final = PageOfOne("exchanges", "console/exchange_in_full.html", get_exchange, _tell)
