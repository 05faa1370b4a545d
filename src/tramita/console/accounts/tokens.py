"""``/console/tokens``: which systems may call the API, and for what; a token is shown this once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pkgutil import resolve_name
from typing import Any, Final, Self
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.accounts.words import said_of
from tramita.console.acting import CONFIRMED, NO_BUTTON, confirmation
from tramita.console.frame import KEEP, PAGE, frame
from tramita.console.presentation import query_of
from tramita.console.times import Moment, Now, now_for
from tramita.console.words import ActionWords, Stamp
from tramita.kit.bounds import HOUSE
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, MalformedError, NotFoundError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import AnyRequest
from tramita.kit.http.pages import Cursor, decode_cursor, to_page
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime
from tramita.kit.tenants import list_tenants
from tramita.kit.tokens import (
    ServiceToken,
    create_token,
    get_token,
    page_of_tokens,
    revoke_token,
    rotate_seen,
)

ADDRESS: Final = "/console/tokens"
ROWS: Final = 50
_LONGEST_NAME: Final = 100
_TERMS: Final = {
    "": to_translate("for ever"),
    "30": to_translate("30 days"),
    "90": to_translate("90 days"),
    "365": to_translate("a year"),
}
_HOURS: Final = {
    "0": to_translate("at once"),
    "1": to_translate("after an hour"),
    "24": to_translate("after a day"),
    "168": to_translate("after a week"),
    "720": to_translate("after 30 days"),
}
_NO_NAME: Final = to_translate("Say who will use it, in 1 to 100 characters.")
_NO_SCOPE: Final = to_translate("Choose what it may do.")
_NO_TERM: Final = to_translate("That is no time that a token may have.")
_REVOKE: Final = ActionWords(
    to_translate("Revoke"),
    to_translate("It opens nothing from now on, and cannot be brought back."),
    to_translate("The token is revoked."),
    asks=to_translate("Revoke this token?"),
)
_REFUSED: Final = (ConflictError, MalformedError, NotFoundError)


@dataclass(frozen=True, slots=True)
class Line:
    """A token as its line shows it."""

    row: ServiceToken
    stamp: Stamp
    made: Moment
    used: Moment | None
    ends: Moment | None
    both_until: Moment | None

    @classmethod
    def of(cls, row: ServiceToken, *, now: Now, real: datetime) -> Self:
        """``row`` as its reader is told times; what is by the ``real`` clock is told by it."""

        def told(at: datetime | None) -> Moment | None:
            return Moment.of(at, now=Now(real, now.words)) if at else None

        is_over = row.expires_at is not None and row.expires_at <= real
        if row.revoked_at is not None:
            stamp = Stamp(to_translate("Revoked"), "idle")
        elif is_over:
            stamp = Stamp(to_translate("Past its end"), "idle")
        else:
            stamp = Stamp(to_translate("Valid"), "done")
        both = row.previous_until if row.previous_until and row.previous_until > real else None
        made = Moment.of(row.created_at, now=now)
        return cls(row, stamp, made, told(row.used_at), told(row.expires_at), told(both))


class TokenPages(Controller):
    """The list, a form for a new one, and a page for each."""

    path = "/tokens"
    include_in_schema = False
    opt = PAGE | KEEP

    @get()
    async def index(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, cursor: Cursor = None
    ) -> Template:
        """Every token, newest first."""
        return await _index(request, runtime, cursor=cursor)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Template:
        """Make one and show it, this once; what is wrong is told in place."""
        form = await request.form()
        said = {name: str(form.get(name, "")).strip() for name in form}
        scopes = sorted({str(one) for one in form.getall("scope", [])} & set(_scopes()))
        name, term = said.get("name", ""), said.get("term", "")
        problem = (
            ((not name or len(name) > _LONGEST_NAME) and _NO_NAME)
            or (not scopes and _NO_SCOPE)
            or (term not in _TERMS and _NO_TERM)
        )
        if problem:
            return await _index(request, runtime, said, scopes, error=problem, status=422)
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                token = await create_token(
                    work,
                    name,
                    scopes,
                    carrier=said.get("carrier") or None,
                    tenant=said.get("tenant") or HOUSE,
                    term=timedelta(days=int(term)) if term else None,
                )
        except _REFUSED as error:
            status = 409 if isinstance(error, ConflictError) else 422
            return await _index(request, runtime, said, scopes, error=said_of(error), status=status)
        return await _index(request, runtime, token=token, name=name)

    @get("/{token_id:uuid}")
    async def show(
        self,
        request: Request[Any, Any, Any],
        runtime: FromRuntime,
        token_id: FromPath[UUID],
        done: FromQuery[bool] = False,
    ) -> Template:
        """One token, without its secret."""
        return await _page(request, runtime, token_id, notice=_REVOKE.done if done else None)

    @post("/{token_id:uuid}", status_code=303)
    async def act(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, token_id: FromPath[UUID]
    ) -> Response[Any]:
        """Rotate or revoke it, as the pressed button says; a refusal is told in place."""
        form = await request.form()
        pressed, hours = str(form.get("action", "")), str(form.get("hours", ""))
        if pressed == "revoke" and form.get(CONFIRMED) != "yes":
            return await _ask(request, runtime, token_id)
        if pressed not in {"rotate", "revoke"} or (pressed == "rotate" and hours not in _HOURS):
            return await _page(request, runtime, token_id, error=NO_BUTTON, status=422)
        token = None
        try:
            async with runtime.database.unit_of_work(actor=request.user.name) as work:
                if pressed == "rotate":
                    both_for, seen = timedelta(hours=int(hours)), str(form.get("rotation", ""))
                    token = await rotate_seen(work, token_id, seen, both_for=both_for)
                else:
                    await revoke_token(work, (await get_token(work, token_id)).name)
        except (ConflictError, NotFoundError) as error:
            return await _page(request, runtime, token_id, error=said_of(error), status=409)
        if token is not None:
            return await _page(request, runtime, token_id, token=token)
        return Redirect(f"{ADDRESS}/{token_id}?done=true", status_code=303)


def _scopes() -> Sequence[str]:
    # Routes name them, and these pages are routes: they are looked at when somebody asks.
    find: Callable[[], list[str]] = resolve_name("tramita.web.scopes:find_scopes")
    return find()


async def _ask(request: AnyRequest, runtime: Runtime, token_id: UUID) -> Template:
    async with runtime.database.unit_of_work() as work:
        token = await get_token(work, token_id)
    facts = [
        (to_translate("Token"), token.name),
        (to_translate("Tenant"), token.tenant),
        (to_translate("May do"), ", ".join(token.scopes)),
    ]
    return confirmation(request, _REVOKE, action="revoke", note="", facts=facts, room="tokens")


async def _told(request: AnyRequest, work: UnitOfWork, rows: Sequence[ServiceToken]) -> list[Line]:
    now = now_for(request, await work.now())
    [real] = await work.fetch("SELECT now() AS now")
    return [Line.of(row, now=now, real=real["now"]) for row in rows]


async def _index(
    request: AnyRequest,
    runtime: Runtime,
    said: dict[str, str] | None = None,
    scopes: Sequence[str] = (),
    *,
    cursor: str | None = None,
    status: int = 200,
    **shown: str | None,
) -> Template:
    before = decode_cursor(cursor, UUID)
    async with runtime.database.unit_of_work() as work:
        found = await page_of_tokens(work, before=before, limit=ROWS + 1)
        lines = {line.row.id: line for line in await _told(request, work, found)}
        tenants = await list_tenants(work.session)
    page = to_page(found, ROWS, present=lambda row: lines[row.id], key=lambda row: row.id)
    context = {
        "room": "tokens",
        "lines": page.items,
        "tenants": tenants,
        "partner_names": {one.key: one.title for one in tenants},
        "house": HOUSE,
        "scopes": _scopes(),
        "chosen": scopes,
        "terms": _TERMS,
        "said": said or {},
        "is_first": cursor is None,
        "next": page.next_cursor and query_of(cursor=page.next_cursor),
        "error": None,
        "notice": None,
        "token": None,
    }
    return Template(
        "console/tokens.html", status_code=status, context=frame(request) | context | shown
    )


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    token_id: UUID,
    *,
    status: int = 200,
    **shown: str | None,
) -> Template:
    async with runtime.database.unit_of_work() as work:
        [line] = await _told(request, work, [await get_token(work, token_id)])
    context = {
        "room": "tokens",
        "one": line,
        "hours": _HOURS,
        "revoke": _REVOKE,
        "error": None,
        "notice": None,
        "token": None,
    }
    return Template(
        "console/token.html", status_code=status, context=frame(request) | context | shown
    )
