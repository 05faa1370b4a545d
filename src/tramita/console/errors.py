"""The console's error pages, in the reader's language: what happened, and where to go on."""

from typing import Any
from urllib.parse import quote

from litestar.response import Redirect, Response, Template
from litestar.types import ExceptionHandlersMap

from tramita.console.access import (
    SESSION_COOKIES,
    RoleMissing,
    SignInNeeded,
)
from tramita.console.reader import around
from tramita.kit.http.error_pages import ErrorPages, Words
from tramita.kit.http.forms import SAFE_METHODS, AnyRequest, FormNotOurs, read_address
from tramita.kit.languages.words import to_translate

LOGIN = "/console/login"

ERROR_PAGES = ErrorPages(
    "console/error.html",
    refused=Words(
        to_translate("This cannot be done"),
        to_translate("The request is not one the console knows."),
    ),
    failed=Words(
        to_translate("Something went wrong on our side"),
        to_translate("The log has it, under the number below."),
    ),
    by_status={
        400: Words(
            to_translate("This address cannot be read"),
            to_translate("Part of it is not what the console expects."),
        ),
        404: Words(
            to_translate("There is no such page"),
            to_translate("It may have been mistyped, or it never existed."),
        ),
        409: Words(
            to_translate("Somebody else was faster"),
            to_translate("The same thing was changed at the same time. Try again."),
        ),
        429: Words(to_translate("Too much at once"), to_translate("Wait a moment and try again.")),
        503: Words(
            to_translate("The database cannot be used now"),
            to_translate(
                "It is away, too busy, or takes nothing in, as with a full disk; /health/ready says "
                "which. What was under way goes on afterwards."
            ),
        ),
    },
    has_forms=True,
    # Whoever is in the console stays in it; each room asks for the session itself.
    rooms_for=SESSION_COOKIES,
    around=around,
)
_NO_ROLE = Words(
    to_translate("You may not do this"),
    to_translate("Your role does not allow it. Ask an admin."),
)
_NOT_OURS = Words(
    to_translate("Nothing was done"),
    to_translate(
        "The form was too old, or did not come from the console. Open the page anew and try again."
    ),
)


def to_sign_in(request: AnyRequest, _error: SignInNeeded) -> Response[Any]:
    """To the sign-in page, and from there back here: whoever has sent a form, to where it stands."""
    path, query = request.url.path, request.url.query
    if request.method not in SAFE_METHODS:
        # Whatever a browser says there, it leads nobody out of the console.
        sent_from = read_address(request.headers.get("referer", ""))
        path, query = sent_from.path, sent_from.query
    onward = quote(f"{path}?{query}" if query else path, safe="/")
    return Redirect(f"{LOGIN}?next={onward}", status_code=303)


def on_missing_role(request: AnyRequest, _error: RoleMissing) -> Response[Any]:
    """Signed in, and still not allowed."""
    return _refuse(request, _NO_ROLE)


def on_foreign_form(request: AnyRequest, _error: FormNotOurs) -> Response[Any]:
    """A form of another site, another session or another day."""
    return _refuse(request, _NOT_OURS)


def _refuse(request: AnyRequest, words: Words) -> Template:
    return ERROR_PAGES.show(
        403,
        request_id=request_id_of(request),
        words=words,
        cookies=request.cookies,
        around=around(request),
    )


def request_id_of(request: AnyRequest) -> str:
    """The number under which the log has this request."""
    return str(request.state.get("request_id", ""))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    SignInNeeded: to_sign_in,
    RoleMissing: on_missing_role,
    FormNotOurs: on_foreign_form,
}
