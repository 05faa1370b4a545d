"""``/console/welcome/…``: the link by which somebody sets their password, once.

Its secret is what shows that the form is theirs, too. It signs nobody in: whoever has a second
factor is asked for it as always.
"""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from tramita.console.accounts.words import said_of
from tramita.console.errors import ERROR_PAGES, LOGIN
from tramita.console.reader import around
from tramita.kit.accounts.links import LinkOver, read_link, set_password_by_link
from tramita.kit.accounts.model import AccountInvalid
from tramita.kit.accounts.passwords import TooManyPasswords
from tramita.kit.accounts.sessions import csrf_token_of
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.forms import CSRF_FIELD, AnyRequest, check_form
from tramita.kit.languages.words import to_translate
from tramita.kit.runtime import Runtime

_DIFFER = to_translate("The two passwords are not the same.")


class WelcomePages(Controller):
    """The form behind a link."""

    path = "/welcome/{secret:str}"
    include_in_schema = False
    opt = {"public": "whoever has the link", "page": ERROR_PAGES}  # noqa: RUF012 - Litestar's own

    @get()
    async def show(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, secret: FromPath[str]
    ) -> Template:
        """The form, as long as the link is good; looking uses nothing up."""
        return await _page(request, runtime, secret)

    @post(status_code=303)
    async def keep(
        self, request: Request[Any, Any, Any], runtime: FromRuntime, secret: FromPath[str]
    ) -> Response[Any]:
        """Set the password, and go to sign in."""
        await check_form(request, secret=secret)
        form = await request.form()
        password, again = (str(form.get(name, "")) for name in ("password", "again"))
        if password != again:
            return await _page(request, runtime, secret, error=_DIFFER, status=422)
        try:
            await set_password_by_link(runtime.database, secret, password)
        except AccountInvalid as error:
            return await _page(request, runtime, secret, error=said_of(error), status=422)
        except TooManyPasswords as error:
            page = await _page(request, runtime, secret, error=said_of(error), status=503)
            page.headers["Retry-After"] = "5"
            return page
        except LinkOver:
            return await _page(request, runtime, secret)
        return Redirect(f"{LOGIN}?done=password", status_code=303)


async def _page(
    request: AnyRequest,
    runtime: Runtime,
    secret: str,
    *,
    error: str | None = None,
    status: int = 200,
) -> Template:
    linked = None
    try:
        async with runtime.database.reading() as work:
            linked = await read_link(work, secret)
    except LinkOver as over:
        error, status = said_of(over), 410
    context = around(request) | {
        "csrf_field": CSRF_FIELD,
        "csrf_token": csrf_token_of(secret),
        "linked": linked,
        "error": error,
        "address": request.url.path,
    }
    return Template("console/welcome.html", status_code=status, context=context)
