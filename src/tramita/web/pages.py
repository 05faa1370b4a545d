"""Routes that are pages (``opt={"page": True}``): their headers, and errors people can read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.response import Template
from litestar.types import Scope

from tramita.console.errors import error_page as console_error_page

# Nothing inline and nothing from elsewhere; the address holds a token, so nobody is
# told where the client came from and nobody keeps a copy.
SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# The console's forms go to the console, and tell it that they come from there.
_CONSOLE_HEADERS = SECURITY_HEADERS | {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads when a page cannot be shown."""

    heading: str
    explanation: str
    comfort: str = "Seus contratos não mudam por causa disso."


_NOT_FOUND = Words(
    "Não encontramos esta formalização",
    "Confira se o endereço está completo, igual ao que você recebeu. "
    "Se estiver, peça um link novo a quem o enviou.",
)
_REFUSED = Words(
    "Não entendemos este pedido",
    "Abra de novo o endereço que você recebeu, sem mudar nada nele.",
)
_FAILED = Words(
    "Algo deu errado do nosso lado",
    "Já ficamos sabendo. Tente de novo daqui a alguns minutos.",
)
_WORDS = {404: _NOT_FOUND, 410: _NOT_FOUND}
_NO_NUMBERS = Words(
    "Não encontramos estes números",
    "Confira o endereço, ou comece de novo pela escolha do DDD.",
    "Nenhum número foi reservado por causa disso.",
)


def is_page(app: Litestar, scope: Scope) -> bool:
    """Whether a person looks at the answer: the route is a page, or the address is near one."""
    handler: BaseRouteHandler | None = scope.get("route_handler", None)
    if handler is not None:
        return bool(handler.opt.get("page"))
    return scope["path"].split("/")[1] in _first_segments(app)


def security_headers(scope: Scope) -> Mapping[str, str]:
    """What a browser may do with a page at this address."""
    return _CONSOLE_HEADERS if _is_of_the_console(scope) else SECURITY_HEADERS


def _is_of_the_console(scope: Scope) -> bool:
    return scope["path"].split("/")[1] == "console"


def _first_segments(app: Litestar) -> set[str]:
    return {
        route.path.split("/")[1]
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("page")
    }


def error_page(scope: Scope, status: int) -> Template:
    """The page that says why there is none, in the words of whoever reads it."""
    if _is_of_the_console(scope):
        request_id = str(scope["state"].get("request_id", ""))
        return console_error_page(status, request_id=request_id)
    words = _WORDS.get(status, _FAILED if status >= 500 else _REFUSED)
    if scope["path"].startswith("/numbering"):
        comfort = _NO_NUMBERS.comfort
        words = _NO_NUMBERS if status == 404 else replace(words, comfort=comfort)
    return Template(
        template_name="error.html",
        status_code=status,
        context={
            "status": status,
            "heading": words.heading,
            "explanation": words.explanation,
            "comfort": words.comfort,
        },
    )
