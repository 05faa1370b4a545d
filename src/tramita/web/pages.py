"""Routes that are pages (``opt={"page": …}``): their headers, and errors people can read.

Where there is no route at all, a browser gets a page too; a program gets a problem.
"""

from collections.abc import Mapping
from dataclasses import replace

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from tramita.kit.http.error_pages import FOR_VISITORS, ErrorPages, Words

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

NOWHERE = replace(
    FOR_VISITORS,
    by_status={
        **FOR_VISITORS.by_status,
        404: Words(
            "Não há nada neste endereço",
            "Confira se ele está completo, igual ao que você recebeu.",
        ),
    },
)


def find_error_pages(app: Litestar, scope: Scope) -> ErrorPages | None:
    """What a person sees instead of the answer; None where no person looks at it.

    A person does where the route is a page, or the address is none and near that of one, or
    none at all and a browser asks.
    """
    handler: BaseRouteHandler | None = scope.get("route_handler", None)
    near = (
        _by_first_segment(app).get(_first_segment(scope["path"]))
        if handler is None
        else _declared_by(handler)
    )
    is_nowhere = near == NOWHERE or (near is None and handler is None)
    return (NOWHERE if _is_browser(scope) else None) if is_nowhere else near


def security_headers(pages: ErrorPages | None) -> Mapping[str, str]:
    """What a browser may do with a page of this area, or with any HTML of ours."""
    return _HEADERS_WITH_FORMS if pages is not None and pages.has_forms else SECURITY_HEADERS


def _is_browser(scope: Scope) -> bool:
    """Whether a person is going to read the answer."""
    accept = dict(scope["headers"]).get(b"accept", b"")
    return scope.get("method") in ("GET", "HEAD") and b"text/html" in accept


def _first_segment(path: str) -> str:
    # ``OPTIONS *`` has a path without any.
    return path.lstrip("/").split("/")[0]


def _declared_by(handler: BaseRouteHandler) -> ErrorPages | None:
    declared: ErrorPages | None = handler.opt.get("page")
    return declared


def _by_first_segment(app: Litestar) -> dict[str, ErrorPages]:
    return {
        _first_segment(route.path): pages
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if (pages := _declared_by(handler)) is not None
    }
