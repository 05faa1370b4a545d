"""``/console/catalogue``: what is offered and by whom, kept by admins.

What is wrong is told at its field, and what was typed stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template
from sqlalchemy import select, union

from tramita.console.acting import CONFIRMED, confirmation
from tramita.console.frame import KEEP, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.reader import words_for
from tramita.console.words import ActionWords
from tramita.contracts.api.schemas import Locale
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.records import delete_row, get_one, list_newest
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, InvalidError, NotFoundError
from tramita.kit.http.bodies import decode_body
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.pdf.rendering import MarkdownSource, render_pdf
from tramita.kit.runtime import Runtime
from tramita.orders.api.admin_schemas import MemberBody, given
from tramita.orders.api.files import attached_pdf
from tramita.orders.catalog import add_member, remove_member
from tramita.orders.console.shelves import SHELVES, Field, Look, Shelf, ids_of, of_platform
from tramita.orders.console.typed import (
    Errors,
    by_field,
    member_errors,
    read_body,
    typed_in,
)
from tramita.orders.console.words import ROLES
from tramita.orders.queries import list_members
from tramita.orders.text import NAMES, fill, unknown_names

ROWS: Final = 25
ADDRESS: Final = "/console/catalogue"
# So many of a kind can be chosen from.
_CHOICES: Final = 200
# A text of fifty thousand characters, each of them written as six.
_LONGEST_FORM: Final = 512 * 1024
_DELETE: Final = ActionWords(
    to_translate("Delete"),
    to_translate("It goes for good. What is in use, or was ordered, stays where it is."),
    to_translate("It is gone."),
    asks=to_translate("Delete this?"),
)
_KEPT: Final = to_translate("It is kept.")
_IN_USE: Final = to_translate("This is still in use, and cannot be deleted.")
_MEMBER: Final = tuple(MemberBody.__struct_fields__)
# What a text is shown with before anybody has ordered anything.
_SAMPLE: Final[Mapping[str, str]] = dict.fromkeys(NAMES, "…") | {
    "learner.full_name": "Ana Learner",
    "learner.email": "ana@example.com",
    "organization.title": "The University",
    "course.code": "botany-101",
    "course.title": "Botany",
    "course.starts_on": "2030-03-01",
    "course.ends_on": "2030-09-01",
    "product.title": "Botany",
    "order.id": "01a22927-c5d5-7787-bc07-7988bfc39139",
    "order.total": "300.00",
    "order.total_currency": "EUR",
    "contract.version": "1",
}


class Place(NamedTuple):
    """A thing on a shelf; without an id it is a new one."""

    shelf: str
    row_id: UUID | None


class CataloguePages(Controller):
    """Lists of what is offered, and a form for each thing."""

    path = "/catalogue"
    include_in_schema = False
    opt = PAGE
    request_max_body_size = _LONGEST_FORM

    @get(status_code=303)
    async def begin(self) -> Redirect:
        """To what most is looked for."""
        return Redirect(f"{ADDRESS}/courses", status_code=303)

    @get("/{shelf:str}")
    async def index(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        shelf: FromPath[str],
        cursor: Cursor = None,
    ) -> Template:
        """Everything of one kind, newest first."""
        kind = _shelf(shelf)
        words = words_for(request)
        async with runtime.database.unit_of_work() as work:
            before = decode_cursor(cursor, UUID)
            rows = await list_newest(work.session, kind.kind, [], before=before, limit=ROWS)
            names = await _names(work, kind, [kind.values(one) for one in rows])
        page = to_page(
            rows,
            ROWS,
            present=lambda row: (row.id, *_told(kind, kind.values(row), names, words)),
            key=lambda row: row.id,
        )
        context = {
            "shelf": shelf,
            "kind": kind,
            "shelves": SHELVES,
            "lines": page.items,
            "is_first": cursor is None,
            "first": "",
            "next": page.next_cursor and query_of(cursor=page.next_cursor),
        }
        return Template("console/catalogue.html", context=_frame(request) | context)

    @get("/{shelf:str}/new", opt=KEEP)
    async def begin_new(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, shelf: FromPath[str]
    ) -> Template:
        """The form of a new thing."""
        return await _form(request, runtime, Place(shelf, None), {"is_open": True})

    @post("/{shelf:str}/new", status_code=303, opt=KEEP)
    async def create(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, shelf: FromPath[str]
    ) -> Response[Any]:
        """Add it; what is wrong is told in place."""
        return await _save(request, runtime, shelf, None)

    @get("/{shelf:str}/{row_id:uuid}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        shelf: FromPath[str],
        row_id: FromPath[UUID],
        done: FromQuery[bool] = False,
    ) -> Template:
        """One thing as it is."""
        async with runtime.database.unit_of_work() as work:
            values = _shelf(shelf).values(await get_one(work.session, _shelf(shelf).kind, row_id))
        notice = _KEPT if done else None
        return await _form(request, runtime, Place(shelf, row_id), values, notice=notice)

    @post("/{shelf:str}/{row_id:uuid}", status_code=303, opt=KEEP)
    async def change(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        shelf: FromPath[str],
        row_id: FromPath[UUID],
    ) -> Response[Any]:
        """Change it, delete it, or change who acts for it, as the pressed button says."""
        pressed = str((await request.form()).get("press", ""))
        if pressed == "delete":
            return await _delete(request, runtime, shelf, row_id)
        if pressed == "add_member" or pressed.startswith("remove:"):
            return await _change_members(request, runtime, row_id, pressed)
        return await _save(request, runtime, shelf, row_id)

    @post("/contracts/preview", status_code=200, opt=KEEP)
    async def preview(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What is typed as a PDF, filled in for a learner of the example."""
        form = await request.form()
        words = words_for(request)
        title = str(form.get("title", "")) or words.gettext("Contract")
        text, language = str(form.get("body", "")), _language(str(form.get("language", "")))
        if unknown_names(text):
            text = words.gettext("Nothing is called %(name)s.", name=unknown_names(text)[0])
        filled = fill(text, _SAMPLE) or words.gettext("There is no text yet.")
        made = await render_pdf(MarkdownSource(title=title, language=language, markdown=filled))
        return attached_pdf(made, "preview")


def _language(typed: str) -> str:
    """By which words are broken; of what is no language yet, English."""
    try:
        return msgspec.convert(typed, Locale)
    except msgspec.ValidationError:
        return "en"


def _shelf(name: str) -> Shelf:
    if name not in SHELVES:
        raise NotFoundException
    return SHELVES[name]


def _frame(request: AnyRequest) -> dict[str, Any]:
    return frame(request) | {"room": "catalogue"}


async def _form(
    request: AnyRequest,
    runtime: Runtime,
    place: Place,
    values: Mapping[str, Any],
    *,
    errors: Errors | None = None,
    **shown: Any,
) -> Template:
    """The form of one thing, with what was typed and what is wrong with it."""
    shelf, row_id = place
    kind, errors = _shelf(shelf), errors or {}
    async with runtime.database.unit_of_work() as work:
        choices = {
            one.name: await _choices(work, one, values.get(one.name), words_for(request))
            for one in kind.fields
            if one.of
        }
        has_members = shelf == "organizations" and row_id is not None
        members = await list_members(work, row_id) if has_members and row_id else []
    context = {
        "shelf": shelf,
        "kind": kind,
        "row_id": row_id,
        "values": values,
        "errors": errors,
        "general": errors.get("", ()),
        "choices": choices,
        "names": sorted(NAMES),
        "filled": _filled(values.get("body")),
        "has_members": has_members,
        "members": [one.masked for one in members],
        "roles": ROLES,
        "typed": {},
        "notice": None,
    }
    return Template(
        "console/catalogue_form.html",
        status_code=422 if errors else 200,
        context=_frame(request) | context | shown,
    )


def _filled(body: Any) -> str | None:
    return fill(body, _SAMPLE) if body and not unknown_names(body) else None


async def _choices(
    work: UnitOfWork, field: Field, chosen: Any, words: Words
) -> Sequence[tuple[str, str]]:
    """The newest of a kind, and whatever is chosen: what a form does not show it takes away."""
    if field.of is None:
        return ()
    if not isinstance(field.of, str):
        return [(key, words.translated(name)) for key, name in field.of.items()]
    kind: Any = SHELVES[field.of].kind
    newest = select(kind.id, kind.title).order_by(kind.id.desc()).limit(_CHOICES).subquery()
    also = select(kind.id, kind.title).where(kind.id.in_(ids_of(chosen)))
    found = await work.session.execute(union(newest.select(), also))
    return sorted(((str(id_), title) for id_, title in found), key=lambda one: one[1].lower())


async def _save(
    request: AnyRequest, runtime: Runtime, shelf: str, row_id: UUID | None
) -> Response[Any]:
    kind, typed = _shelf(shelf), await typed_in(request, _shelf(shelf))
    if row_id is not None:
        async with runtime.database.unit_of_work() as work:
            known = kind.values(await get_one(work.session, kind.kind, row_id))
        typed |= {one.name: known[one.name] for one in kind.fields if one.is_fixed}
    try:
        async with of_platform(runtime).database.unit_of_work(actor=request.user.name) as work:
            if row_id is None:
                made = await kind.create(work, read_body(kind, typed, kind.new))
                row_id, action = made.id, "catalogue.added"
            else:
                await kind.alter(work, row_id, read_body(kind, typed, kind.change))
                action = "catalogue.changed"
            await note_act(work, work.actor, action, Subject(shelf, row_id))
    except InvalidError as wrong:
        errors = by_field(wrong, kind)
        return await _form(request, runtime, Place(shelf, row_id), typed, errors=errors)
    except ConflictError as refused:
        errors = {"": [refused.sentence]}
        return await _form(request, runtime, Place(shelf, row_id), typed, errors=errors)
    return Redirect(f"{ADDRESS}/{shelf}/{row_id}?done=true", status_code=303)


async def _delete(request: AnyRequest, runtime: Runtime, shelf: str, row_id: UUID) -> Response[Any]:
    kind = _shelf(shelf)
    async with runtime.database.unit_of_work() as work:
        values = kind.values(await get_one(work.session, kind.kind, row_id))
        names = await _names(work, kind, [values])
        title, facts = _told(kind, values, names, words_for(request))
    if (await request.form()).get(CONFIRMED) != "yes":
        about = [(kind.one, title), *facts]
        return confirmation(
            request,
            _DELETE,
            action="delete",
            note="",
            facts=about,
            room="catalogue",
            field="press",
        )
    try:
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            await delete_row(work, kind.kind, row_id)
            await note_act(work, work.actor, "catalogue.deleted", Subject(shelf, row_id))
    except ConflictError:
        errors = {"": [_IN_USE]}
        return await _form(request, runtime, Place(shelf, row_id), values, errors=errors)
    return Redirect(f"{ADDRESS}/{shelf}", status_code=303)


async def _change_members(
    request: AnyRequest, runtime: Runtime, organization_id: UUID, pressed: str
) -> Response[Any]:
    """Let somebody act for an organization, or no more."""
    form = await request.form()
    kind = SHELVES["organizations"]
    typed = {name: str(form.get(name, "")).strip() for name in _MEMBER}
    async with runtime.database.unit_of_work() as work:
        values = kind.values(await get_one(work.session, kind.kind, organization_id))
    try:
        async with runtime.database.unit_of_work(actor=request.user.name) as work:
            if pressed == "add_member":
                body = decode_body(msgspec.json.encode(typed), MemberBody)
                await add_member(work, organization_id, given(body))
                action = "catalogue.member_added"
            else:
                member = msgspec.convert(pressed.partition(":")[2], UUID)
                await remove_member(work, organization_id, member)
                action = "catalogue.member_removed"
            await note_act(work, work.actor, action, Subject("organizations", organization_id))
    except (InvalidError, ConflictError, NotFoundError, msgspec.ValidationError) as wrong:
        errors = member_errors(wrong)
        place = Place("organizations", organization_id)
        return await _form(request, runtime, place, values, errors=errors, typed=typed)
    return Redirect(f"{ADDRESS}/organizations/{organization_id}?done=true", status_code=303)


async def _names(
    work: UnitOfWork, kind: Shelf, rows: Sequence[Mapping[str, Any]]
) -> Mapping[UUID, str]:
    """The titles of what things of a kind refer to, one statement for each kind of these."""
    found: dict[UUID, str] = {}
    for one in kind.fields:
        if not isinstance(one.of, str):
            continue
        values = [row[one.name] for row in rows]
        ids = {id_ for value in values for id_ in (value if isinstance(value, list) else [value])}
        named: Any = SHELVES[one.of].kind
        query = select(named.id, named.title).where(named.id.in_(ids - {None}))
        found |= {row.id: row.title for row in await work.session.execute(query)}
    return found


def _told(
    kind: Shelf, values: Mapping[str, Any], names: Mapping[UUID, str], words: Words
) -> tuple[str, Sequence[tuple[str, str]]]:
    """A thing as its line shows it: what it is called, and the rest in a few words."""

    def say(value: Any, field: Field) -> str:
        if isinstance(value, list):
            return ", ".join(say(one, field) for one in value)
        if isinstance(field.of, Mapping):
            return words.translated(field.of[value])
        if isinstance(value, bool):
            return words.gettext("yes") if value else words.gettext("no")
        return names.get(value, str(value)) if isinstance(value, UUID) else str(value)

    said = [
        (one.label, say(values[one.name], one))
        for one in kind.fields
        if one.name != "title"
        and one.look is not Look.LONG
        and "." not in one.name
        and values[one.name] not in (None, "", [])
    ]
    if "title" in values:
        return str(values["title"]), said
    return said[0][1], said[1:]
