"""``/console/audit``: what people did, in the audit and in the history, as a list and as CSV."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Self, TypeAlias
from uuid import UUID

from litestar import Controller, Request, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from litestar.response import Stream, Template

from tramita.console.audit.words import ACTIONS, DETAILS, SUBJECTS
from tramita.console.frame import KEEP, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.reader import words_for
from tramita.console.things import directory_of
from tramita.console.times import Moment, Now, now_for, to_utc
from tramita.console.words import STAMPS, Stamp, name_of_actor, name_of_kind, name_of_move
from tramita.kit.accounts.service import get_account, list_accounts
from tramita.kit.accounts.sessions import name_of
from tramita.kit.audit import CLI, NOBODY, Subject, note_act
from tramita.kit.audit_queries import Asked, Deed, Place, list_deeds
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, Text, decode_cursor, to_page
from tramita.kit.http.showing import PartWords
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.runtime import Runtime
from tramita.kit.spreadsheets import MARK, write_rows
from tramita.kit.tenants import name_tenants

ADDRESS: Final = "/console/audit"
ROWS: Final = 50
_AT_ONCE: Final = 1_000
# So many accounts can be chosen from; any other by its own page.
_CHOICES: Final = 500
# What has a page of its own in the console.
_PAGES: Final = {
    "account": "/console/accounts",
    "token": "/console/tokens",
    "operations": "/console/operations",
    "orders": "/console/orders",
    "applications": "/console/applications",
    "provider": "/console/providers",
}
_STATES: Final[Mapping[str, Mapping[str, Stamp]]] = {
    "operations": {state.value: stamp for state, stamp in STAMPS.items()}
}
_HEAD: Final = (
    to_translate("When"),
    to_translate("Who"),
    to_translate("What"),
    to_translate("On what"),
    to_translate("Id"),
    to_translate("From state"),
    to_translate("To state"),
    to_translate("Tenant"),
    to_translate("Details"),
    to_translate("From where"),
    to_translate("Request id"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form of the list asks for, as its address has it."""

    person: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None

    def query(self, cursor: str | None = None) -> str:
        """The same as a query of an address."""
        return query_of(
            person=self.person,
            action=self.action,
            subject=self.subject,
            since=self.since.isoformat() if self.since else None,
            until=self.until.isoformat() if self.until else None,
            cursor=cursor,
        )

    async def asked(self, work: UnitOfWork, words: Words) -> Asked:
        """What it narrows the list by; days are the reader's."""
        return Asked(
            actor=await _actor_of(work, self.person),
            action=self.action or None,
            subject_id=self.subject or None,
            since=_begin(self.since, words),
            until=_begin(_day_after(self.until), words),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One deed as its line shows it."""

    row: Deed
    who: str
    what: str
    on: str
    states: tuple[str, str] | None
    address: str | None
    details: Sequence[tuple[str, str]]
    at: Moment

    @classmethod
    def of(cls, row: Deed, parts: Mapping[str, PartWords], *, now: Now) -> Self:
        """``row`` as its reader is told it; ``parts`` are the words of what has a life cycle."""
        part = parts.get(row.subject_kind)
        known = SUBJECTS.get(row.subject_kind)
        return cls(
            row,
            name_of_actor(row.actor, now.words),
            what_of(row),
            known or (part.name if part else row.subject_kind),
            _states(row, part) if row.to_state else None,
            _address(row),
            [
                (DETAILS.get(name, name), _detail(name, value))
                for name, value in row.details.items()
                if value is not None
            ],
            Moment.of(row.at, now=now),
        )


def _states(row: Deed, part: PartWords | None) -> tuple[str, str]:
    """Where it moved from, if anywhere, and to."""
    words: Mapping[str, Stamp] = part.states if part else _STATES.get(row.subject_kind, {})
    found = [words.get(state) if state else None for state in (row.from_state, row.to_state)]
    [before, after] = [stamp.word if stamp else "" for stamp in found]
    return before or row.from_state or "–", after or row.to_state or "–"


def _detail(name: str, value: object) -> str:
    if name == "what":
        return name_of_move(str(value))
    return name_of_kind(str(value)) if name == "kind" else _told(value)


def wanted_of(
    person: Text = None,
    action: Text = None,
    subject: Text = None,
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
) -> Wanted:
    """What the address asks for."""
    return Wanted(person or "", action or "", subject or "", since, until)


FromWanted: TypeAlias = NamedDependency[Wanted]


class AuditPages(Controller):
    """The list, and the same as CSV."""

    path = "/audit"
    include_in_schema = False
    opt = PAGE | KEEP
    dependencies = {"wanted": Provide(wanted_of, sync_to_thread=False)}  # noqa: RUF012 - Litestar's own

    @get()
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        wanted: FromWanted,
        cursor: Cursor = None,
    ) -> Template:
        """Newest first."""
        return await _index(request, runtime, wanted, cursor)

    @get("/csv")
    async def export(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        wanted: FromWanted,
    ) -> Stream:
        """All that fits, as a spreadsheet opens it; that somebody took it along is noted, too."""
        words = words_for(request)
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            asked = await wanted.asked(work, words)
            await note_act(work, work.actor, "audit.exported", Subject("audit"))
        return Stream(
            _rows(runtime, asked, directory_of(request).parts, words),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
        )


def what_of(row: Deed) -> str:
    """What was done, to be translated."""
    return (
        name_of_move(row.action) if row.move_id is not None else ACTIONS.get(row.action, row.action)
    )


async def _index(
    request: AnyRequest, runtime: Runtime, wanted: Wanted, cursor: str | None
) -> Template:
    before = decode_cursor(cursor, Place)
    parts = directory_of(request).parts
    async with runtime.database.reading() as work:
        now = now_for(request, await work.now())
        asked = await wanted.asked(work, now.words)
        found = await list_deeds(work, asked, before=before, limit=ROWS + 1)
        accounts = await list_accounts(work, limit=_CHOICES)
        partners = await name_tenants(work)
    page = to_page(found, ROWS, present=lambda row: Line.of(row, parts, now=now), key=Place.of)
    context = {
        "room": "audit",
        "lines": page.items,
        "partner_names": partners,
        "accounts": sorted(accounts, key=lambda one: one.email),
        "actions": ACTIONS,
        "wanted": wanted,
        "is_narrowed": wanted != Wanted(),
        "is_first": cursor is None,
        "first": wanted.query(),
        "next": page.next_cursor and wanted.query(page.next_cursor),
        "csv": f"{ADDRESS}/csv?{wanted.query()}",
    }
    return Template("console/audit.html", context=frame(request) | context)


async def _actor_of(work: UnitOfWork, person: str) -> str | None:
    """Whose deeds: an account by its id, so that no address names anybody."""
    if not person or person in {CLI, NOBODY}:
        return person or None
    try:
        account_id = UUID(person)
    except ValueError:
        return person
    return name_of((await get_account(work, account_id)).email)


def _begin(day: date | None, words: Words) -> datetime | None:
    if day is None:
        return None
    return to_utc(datetime.combine(day, time.min, tzinfo=words.zone))


def _day_after(day: date | None) -> date | None:
    """None comes after the last one that there is."""
    return None if day in {None, date.max} else day + timedelta(days=1)


def _address(row: Deed) -> str | None:
    where = _PAGES.get(row.subject_kind)
    return f"{where}/{row.subject_id}" if where and row.subject_id else None


def _told(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


async def _rows(
    runtime: Runtime, asked: Asked, parts: Mapping[str, PartWords], words: Words
) -> AsyncIterator[bytes]:
    """Everything that fits, page after page: it takes little memory and holds nothing up."""
    yield MARK + write_rows([[str(words.catalog.gettext(one)) for one in _HEAD]], words)
    before: Place | None = None
    while True:
        async with runtime.database.reading() as work:
            found = await list_deeds(work, asked, before=before, limit=_AT_ONCE)
        yield write_rows([_cells(row, parts, words) for row in found], words)
        if len(found) < _AT_ONCE:
            return
        before = Place.of(found[-1])


def _cells(row: Deed, parts: Mapping[str, PartWords], words: Words) -> list[str | datetime | None]:
    line, said = Line.of(row, parts, now=Now(row.at, words)), words.translated
    before, after = (said(one) for one in line.states) if line.states else (None, None)
    return [
        row.at,
        line.who,
        said(line.what),
        said(line.on),
        row.subject_id,
        before,
        after,
        row.tenant,
        "; ".join(f"{said(name)}: {said(value)}" for name, value in line.details),
        row.network,
        row.request_id,
    ]
