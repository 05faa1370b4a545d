"""The page on which people sign at the dummy, or refuse."""

from collections.abc import Callable
from html import escape
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.providers.dummysign.simulator.records import Procedure

Token = Annotated[str, QueryParameter(name="requestToken", max_length=200)]
Shared = Callable[[str], tuple[str, list[Procedure]] | None]
ActOn = Callable[[Procedure, str, str], None]


def page_routes(shared: Shared, act_on: ActOn) -> list[ControllerRouterHandler]:
    """The page, and its two buttons."""

    @get("/sign")
    async def show(token: Token = "") -> Response[str]:
        found = shared(token)
        if found is None:
            return _page("<h1>There is no such signing link</h1>", status=404)
        email, procedures = found
        lines = "".join(f"<li>{escape(one.wanted.title)}: {one.status}</li>" for one in procedures)
        is_open = any(one.may_sign(email) for one in procedures)
        form = _forms(token) if is_open else "<p>There is nothing left to sign.</p>"
        return _page(f"<h1>Documents to sign</h1><p>{escape(email)}</p><ul>{lines}</ul>{form}")

    @post("/sign/{how:str}")
    async def act(how: FromPath[str], request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        token = str((await request.form()).get("requestToken", ""))
        found = shared(token)
        if found is None or how not in ("sign", "refuse"):
            return _page("<h1>There is no such signing link</h1>", status=404)
        email, procedures = found
        for one in procedures:
            if one.may_sign(email):
                act_on(one, email, how)
        return Redirect(f"../sign?requestToken={token}", status_code=303)

    return [show, act]


def _forms(token: str) -> str:
    hidden = f'<input type="hidden" name="requestToken" value="{escape(token)}">'
    return (
        f'<form method="post" action="sign/sign">{hidden}<button>Sign</button></form>'
        f'<form method="post" action="sign/refuse">{hidden}'
        '<button class="quiet danger">Refuse to sign</button></form>'
    )


def _page(content: str, *, status: int = 200) -> Response[str]:
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>Simulated signature</title><link rel="stylesheet" href="/panels.css">'
        f'<main class="sheet">{content}<p><button class="quiet" type="button" data-back>Go back'
        '</button></p><script src="/signing.js" defer></script><p class="soft">A dummy: nothing that is signed here has any '
        "effect.</p></main></html>"
    )
    return Response(html, status_code=status, media_type=MediaType.HTML)
