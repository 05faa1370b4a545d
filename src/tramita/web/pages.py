"""Routes that are pages (``opt={"page": …}``): their headers, and errors people can read."""

from collections.abc import Mapping

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from tramita.kit.http.error_pages import ErrorPages

# Nothing inline and nothing from elsewhere; the address holds a token, so nobody is
# told where the client came from and nobody keeps a copy.
SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Forms go to where they come from, and tell it so.
_HEADERS_WITH_FORMS = SECURITY_HEADERS | {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "Referrer-Policy": "same-origin",
}


def find_error_pages(app: Litestar, scope: Scope) -> ErrorPages | None:
    """What a person sees instead of the answer; None where no person looks at it.

    A person does where the route is a page, or the address is none and near that of one.
    """
    handler: BaseRouteHandler | None = scope.get("route_handler", None)
    if handler is not None:
        return _declared_by(handler)
    return _by_first_segment(app).get(scope["path"].split("/")[1])


def security_headers(pages: ErrorPages) -> Mapping[str, str]:
    """What a browser may do with a page of this area."""
    return _HEADERS_WITH_FORMS if pages.has_forms else SECURITY_HEADERS


def _declared_by(handler: BaseRouteHandler) -> ErrorPages | None:
    declared: ErrorPages | None = handler.opt.get("page")
    return declared


def _by_first_segment(app: Litestar) -> dict[str, ErrorPages]:
    return {
        route.path.split("/")[1]: pages
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if (pages := _declared_by(handler)) is not None
    }
