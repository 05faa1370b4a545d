"""``/console/login`` and ``/console/logout``."""

import secrets
from typing import Any, Final, Literal
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from tramita.console.access import presented_session, recognize
from tramita.console.accounts.second_step import ADDRESS as SECOND_STEP
from tramita.console.accounts.second_step import entering_cookie, session_cookies
from tramita.console.errors import ERROR_PAGES, LOGIN
from tramita.console.frame import PAGE
from tramita.console.onward import Onward, local_path
from tramita.console.reader import LANGUAGE, around
from tramita.kit.accounts.attempts import TooManyAttempts
from tramita.kit.accounts.passwords import TooManyPasswords
from tramita.kit.accounts.sessions import (
    SecondStepNeeded,
    WrongCredentials,
    csrf_token_of,
    end_session,
    sign_in,
)
from tramita.kit.accounts.settings import AccountSettings
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import (
    CSRF_FIELD,
    AnyRequest,
    FormNotOurs,
    check_form,
    cookie_name,
    make_cookie,
)
from tramita.kit.languages.catalogs import LANGUAGES, OPERATORS
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime

YEAR = 365 * 24 * 3600
_HAS_ENDED: Final = to_translate("Your session has ended. Sign in again.")
_IS_SET: Final = to_translate("Your password is set. Sign in with it.")
_WRONG: Final = to_translate("The e-mail or the password is wrong.")
_BUSY: Final = to_translate("Too many people sign in at this moment; try again in a few seconds.")

Spoken = Literal["en", "pt", "ru"]


@get(
    "/login",
    opt={"public": "signing in", "page": ERROR_PAGES},
    include_in_schema=False,
)
async def show_login(
    request: Request[Any, Any, Any],
    onward: Onward = None,
    language: FromQuery[Spoken | None] = None,
    done: FromQuery[Literal["password"] | None] = None,
) -> Response[Any]:
    """The form; whoever is signed in goes on at once, and who chooses a language comes back."""
    if language is not None:
        chosen = make_cookie(request, LANGUAGE, language, seconds=YEAR)
        query = urlencode({"next": local_path(onward)})
        return Redirect(f"{LOGIN}?{query}", status_code=303, cookies=[chosen])
    session_id = presented_session(request)
    if session_id and await recognize(request, session_id):
        return Redirect(local_path(onward), status_code=303)
    notice = _HAS_ENDED if session_id else None
    return _form(request, onward=onward, notice=_IS_SET if done else notice)


@post(
    "/login",
    status_code=303,
    opt={"public": "signing in", "page": ERROR_PAGES},
    include_in_schema=False,
)
async def log_in(request: Request[Any, Any, Any], runtime: FromRuntime) -> Response[Any]:
    """Check the credentials and open a session."""
    secret = request.cookies.get(cookie_name(request, "login"))
    if not secret:
        raise FormNotOurs
    await check_form(request, secret=secret)
    form = await request.form()
    email, password, onward = (str(form.get(name, "")) for name in ("email", "password", "next"))
    address = request.client.host if request.client else ""
    try:
        entry = await sign_in(
            runtime.database,
            email=email,
            password=password,
            address=address,
            device=request.cookies.get(cookie_name(request, "device")),
            demand=runtime.configured(AccountSettings).second_factor,
        )
    except SecondStepNeeded as needed:
        cookies = [entering_cookie(request, needed.entry_id), make_cookie(request, "login", None)]
        address = f"{SECOND_STEP}?{urlencode({'next': local_path(onward)})}"
        return Redirect(address, status_code=303, cookies=cookies)
    except WrongCredentials:
        return _form(request, onward=onward, error=_WRONG, email=email, status=403)
    except TooManyAttempts as error:
        page = _form(request, onward=onward, wait=error.seconds, email=email, status=429)
        page.headers["Retry-After"] = str(error.seconds)
        return page
    except TooManyPasswords:
        page = _form(request, onward=onward, error=_BUSY, email=email, status=503)
        page.headers["Retry-After"] = "5"
        return page
    await _end(runtime, presented_session(request))
    cookies = session_cookies(request, entry)
    return Redirect(local_path(onward), status_code=303, cookies=cookies)


@post(
    "/logout",
    status_code=303,
    opt=PAGE,
    include_in_schema=False,
)
async def log_out(request: Request[Any, Any, Any], runtime: FromRuntime) -> Redirect:
    """End the session."""
    await _end(runtime, presented_session(request))
    return Redirect(LOGIN, status_code=303, cookies=[make_cookie(request, "session", None)])


async def _end(runtime: Runtime, session_id: str | None) -> None:
    if session_id:
        async with runtime.database.unit_of_work() as work:
            await end_session(work, session_id)


def _form(
    request: AnyRequest,
    *,
    onward: str | None,
    status: int = 200,
    wait: int | None = None,
    **shown: str | None,
) -> Template:
    """The form, tied to a cookie of its own, since there is no session yet to tie it to."""
    presented = request.cookies.get(cookie_name(request, "login"))
    secret = presented or secrets.token_urlsafe(32)
    cookies: list[Cookie] = [] if presented else [make_cookie(request, "login", secret)]
    context = around(request) | {
        "csrf_field": CSRF_FIELD,
        "csrf_token": csrf_token_of(secret),
        "onward": local_path(onward),
        "languages": {one: LANGUAGES[one] for one in OPERATORS},
        "wait": wait,
        "error": None,
        "notice": None,
        "email": "",
    }
    return Template(
        "console/login.html", status_code=status, context=context | shown, cookies=cookies
    )
