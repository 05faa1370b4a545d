"""``/console/second-step``: a code after the password, or setting up the app where one is demanded.

The cookie that a browser holds meanwhile is no session's: no other page of the console reads it.
"""

from collections.abc import Sequence
from typing import Any, Final

import segno
from litestar import Controller, Request, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect, Response, Template
from markupsafe import Markup

from tramita.console.access import presented_session
from tramita.console.accounts.words import said_of
from tramita.console.errors import ERROR_PAGES, LOGIN
from tramita.console.onward import Onward, local_path
from tramita.console.reader import around
from tramita.kit.accounts.attempts import TooManyAttempts
from tramita.kit.accounts.devices import LONGEST
from tramita.kit.accounts.entering import (
    LONGEST_BETWEEN,
    Entering,
    EntryOver,
    Presented,
    enter_by_code,
    enter_by_enrolment,
    leave_entry,
    read_entry,
)
from tramita.kit.accounts.second_factor import CodeWrong, begin_enrolment, find_begun
from tramita.kit.accounts.sessions import Entry, csrf_token_of, end_session
from tramita.kit.accounts.totp import address_of, written
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import (
    CSRF_FIELD,
    AnyRequest,
    check_form,
    cookie_name,
    make_cookie,
)
from tramita.kit.mail.settings import MailSettings
from tramita.kit.runtime import Runtime

ADDRESS: Final = "/console/second-step"


class SecondStepPages(Controller):
    """The step between the password and the session."""

    path = "/second-step"
    include_in_schema = False
    opt = {"public": "signing in", "page": ERROR_PAGES}  # noqa: RUF012 - Litestar's own

    @get()
    async def show(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, onward: Onward = None
    ) -> Response[Any]:
        """Ask for the code, or show the secret of a new app."""
        return await _page(request, runtime, onward)

    @post(status_code=303)
    async def go_on(self, request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
        """Open the session, for a code; or go back to the beginning."""
        entry_id = presented_entry(request)
        if entry_id is None:
            return _back(request)
        await check_form(request, secret=entry_id)
        form = await request.form()
        onward = str(form.get("next", ""))
        if "back" in form:
            async with runtime.database.unit_of_work() as work:
                await leave_entry(work, entry_id)
            return _back(request)
        try:
            return await _enter(request, runtime, entry_id, str(form.get("code", "")))
        except CodeWrong as error:
            return await _page(
                request, runtime, onward, error=said_of(error), status=422, is_again=True
            )
        except TooManyAttempts as error:
            page = await _page(
                request, runtime, onward, wait=error.seconds, status=429, is_again=True
            )
            page.headers["Retry-After"] = str(error.seconds)
            return page
        except EntryOver:
            return _back(request)


def presented_entry(request: AnyRequest) -> str | None:
    """The id of the sign-in under way, valid or not."""
    return request.cookies.get(cookie_name(request, "entering"))


def entering_cookie(request: AnyRequest, entry_id: str) -> Cookie:
    """What a browser holds between the two steps."""
    seconds = round(LONGEST_BETWEEN.total_seconds())
    return make_cookie(request, "entering", entry_id, seconds=seconds)


def session_cookies(request: AnyRequest, entry: Entry) -> list[Cookie]:
    """What a browser holds from now on."""
    return [
        make_cookie(request, "session", entry.session_id),
        make_cookie(request, "device", entry.device, seconds=LONGEST),
        make_cookie(request, "login", None),
        make_cookie(request, "entering", None),
    ]


def setting_up(runtime: Runtime, secret: bytes, email: str) -> dict[str, Any]:
    """What a page shows of a new secret: as a picture for the app, and in letters."""
    issuer = runtime.configured(MailSettings).brand
    code = segno.make(address_of(secret, email=email, issuer=issuer), error="m", micro=False)
    # Dark on light in both schemes: apps read no other.
    picture = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return {"picture": Markup(picture), "secret": written(secret)}  # noqa: S704 - made by segno


async def recovery_page(
    request: AnyRequest, codes: Sequence[str], *, onward: str, cookies: Sequence[Cookie]
) -> Template:
    """The recovery codes, this once."""
    context = around(request) | {"codes": codes, "onward": onward}
    return Template("console/recovery_codes.html", context=context, cookies=list(cookies))


async def _enter(request: AnyRequest, runtime: Runtime, entry_id: str, code: str) -> Response[Any]:
    address = request.client.host if request.client else ""
    device = request.cookies.get(cookie_name(request, "device"))
    shown = Presented(entry_id, code, address, device)
    onward = local_path(str((await request.form()).get("next", "")))
    async with runtime.database.reading() as work:
        has_one = (await read_entry(work, entry_id)).has_second_factor
    if has_one:
        entry, codes = await enter_by_code(runtime.database, shown), None
    else:
        entry, codes = await enter_by_enrolment(runtime.database, shown)
    if before := presented_session(request):
        async with runtime.database.unit_of_work() as work:
            await end_session(work, before)
    cookies = session_cookies(request, entry)
    if codes is not None:
        return await recovery_page(request, codes, onward=onward, cookies=cookies)
    return Redirect(onward, status_code=303, cookies=cookies)


def _back(request: AnyRequest) -> Redirect:
    return Redirect(LOGIN, status_code=303, cookies=[make_cookie(request, "entering", None)])


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    onward: str | None,
    *,
    status: int = 200,
    is_again: bool = False,
    **shown: Any,
) -> Response[Any]:
    entry_id = presented_entry(request)
    if entry_id is None:
        return _back(request)
    try:
        async with runtime.database.unit_of_work() as work:
            entering = await read_entry(work, entry_id)
            secret = await _secret_for(work, entering, is_again=is_again)
    except EntryOver:
        return _back(request)
    context = around(request) | {
        "csrf_field": CSRF_FIELD,
        "csrf_token": csrf_token_of(entry_id),
        "onward": local_path(onward),
        "email": entering.email,
        "setting_up": secret and setting_up(runtime, secret, entering.email),
        "error": None,
        "wait": None,
    }
    return Template("console/second_step.html", status_code=status, context=context | shown)


async def _secret_for(work: UnitOfWork, entering: Entering, *, is_again: bool) -> bytes | None:
    """The secret of the app that is being set up; another one each time the page is opened."""
    if entering.has_second_factor:
        return None
    begun = await find_begun(work, entering.account_id) if is_again else None
    return begun or await begin_enrolment(work, entering.account_id)
