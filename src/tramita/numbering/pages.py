"""``/numbering/demo``: choose a number, reserve it, give it back; in the demo only.

The page has small routes of its own, which call the use cases of the API as a carrier of
their own. So whoever looks at the demo holds no token, and sees nobody else's numbers. Each
answer is the finished fragment of how things stand then, with the status the API gives.
"""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter
from litestar.response import Template
from msgspec import Meta, Struct

from tramita.kit.bounds import Bounds
from tramita.kit.errors import TramitaError
from tramita.kit.http.dependencies import FromRuntime
from tramita.kit.http.error_pages import FOR_VISITORS, Words
from tramita.kit.runtime import Runtime
from tramita.numbering.ddd import get_ddd, list_ddds
from tramita.numbering.errors import PreviewNotFound
from tramita.numbering.numbers.queries import get_offer
from tramita.numbering.numbers.releasing import release_from_preview
from tramita.numbering.numbers.reserving import reserve_from_preview
from tramita.numbering.page.presentation import (
    SAID_BY_FACE,
    Call,
    DemoView,
    Notice,
    present_choice,
    present_offer,
)
from tramita.numbering.page.words import refusal_of
from tramita.numbering.previews.service import Order, create_preview
from tramita.numbering.settings import NumberingSettings

VISITOR = Bounds(carrier="demo")
ACTOR = "demo:visitor"
BRAND = "vivo"
# Only a script of ours can send it: another site's would have to be allowed to, and none is.
PAGE_HEADER = "x-tramita-page"

ERROR_PAGES = replace(
    FOR_VISITORS,
    by_status={
        **FOR_VISITORS.by_status,
        404: Words(
            "Não encontramos estes números",
            "Confira o endereço, ou comece de novo pela escolha do DDD.",
        ),
    },
    comfort="Nenhum número foi reservado por causa disso.",
)

_API = "/api/v1/numbering"
_OWN_SITES = frozenset({"same-origin", "none"})

AnyRequest = Request[Any, Any, Any]
Index = Annotated[int, PathParameter(ge=0, le=2)]


class Choice(Struct, forbid_unknown_fields=True):
    """The area code somebody chose; ``previous_id`` is the preview they give up for it."""

    ddd: Annotated[str, Meta(max_length=10)]
    previous_id: UUID | None = None


def only_from_the_page(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Nobody's browser reserves a number because of what another site told it."""
    site = connection.headers.get("sec-fetch-site", "none")
    if PAGE_HEADER not in connection.headers or site not in _OWN_SITES:
        raise PermissionDeniedException


class NumberingDemo(Controller):
    """The page, and what its buttons do."""

    path = "/numbering/demo"
    include_in_schema = False
    opt = {  # noqa: RUF012 - Litestar's own declaration
        "demo": "the demonstration; it acts as a carrier of its own",
        "page": ERROR_PAGES,
    }

    @get()
    async def index(self, runtime: FromRuntime, fragment: FromQuery[bool] = False) -> Template:
        """All area codes."""
        return _render(await _choice(runtime), is_fragment=fragment)

    @get("/{preview_id:uuid}")
    async def show(
        self, runtime: FromRuntime, preview_id: FromPath[UUID], fragment: FromQuery[bool] = False
    ) -> Template:
        """A preview as it stands, or with ``?fragment=1`` only what changes."""
        return _render(await _offer(runtime, preview_id), is_fragment=fragment)

    @post("/previews", guards=[only_from_the_page])
    async def choose(self, runtime: FromRuntime, data: JSONBody[Choice]) -> Template:
        """Have three numbers held."""
        call = Call("POST", f"{_API}/previews", 201)
        order = Order(data.ddd, BRAND, VISITOR, ACTOR, data.previous_id)
        try:
            made = await create_preview(runtime, order)
        except TramitaError as error:
            return await _refused(runtime, error, call, preview_id=data.previous_id, ddd=data.ddd)
        return _render(await _offer(runtime, made.id), call=call, status=201)

    @post(
        "/{preview_id:uuid}/numbers/{index:int}/reserve",
        status_code=200,
        guards=[only_from_the_page],
    )
    async def reserve(
        self, runtime: FromRuntime, preview_id: FromPath[UUID], index: Index
    ) -> Template:
        """Reserve one of them."""
        call = Call("POST", f"{_API}/previews/{{id}}/numbers/{index}/reserve", 200)
        try:
            await reserve_from_preview(runtime, preview_id, index, caller=VISITOR, actor=ACTOR)
        except TramitaError as error:
            return await _refused(runtime, error, call, preview_id=preview_id)
        return _render(await _offer(runtime, preview_id), call=call)

    @post("/{preview_id:uuid}/release", status_code=200, guards=[only_from_the_page])
    async def release(self, runtime: FromRuntime, preview_id: FromPath[UUID]) -> Template:
        """Give the reserved number back."""
        call = Call("DELETE", f"{_API}/reservations/{{msisdn}}", 204)
        try:
            async with runtime.database.unit_of_work(actor=ACTOR) as work:
                await release_from_preview(work, preview_id, caller=VISITOR)
        except TramitaError as error:
            return await _refused(runtime, error, call, preview_id=preview_id)
        return _render(await _offer(runtime, preview_id), call=call)


async def _choice(runtime: Runtime) -> DemoView:
    async with runtime.database.unit_of_work() as work:
        codes = await list_ddds(work)
    minutes = runtime.configured(NumberingSettings).preview_minutes
    return present_choice(codes, minutes=minutes)


async def _offer(runtime: Runtime, preview_id: UUID) -> DemoView:
    async with runtime.database.unit_of_work() as work:
        offer = await get_offer(work, preview_id, VISITOR)
    return present_offer(offer, await get_ddd(runtime, offer.preview.ddd))


async def _refused(
    runtime: Runtime,
    error: TramitaError,
    call: Call,
    *,
    preview_id: UUID | None,
    ddd: str | None = None,
) -> Template:
    """How things stand now, and above it why nothing was done."""
    try:
        view = await _offer(runtime, preview_id) if preview_id else await _choice(runtime)
    except PreviewNotFound:
        view = await _choice(runtime)
    refusal = refusal_of(error)
    if (view.face, type(error)) not in SAID_BY_FACE:
        wait = error.retry_after
        seconds = max(1, round(wait.total_seconds())) if wait else None
        view = replace(view, notice=Notice(refusal, seconds, ddd))
    answered = replace(call, status=refusal.status, code=error.code)
    return _render(view, call=answered, status=refusal.status)


def _render(
    view: DemoView,
    *,
    call: Call | None = None,
    status: int = 200,
    is_fragment: bool = False,
) -> Template:
    return Template(
        "_numbering_demo_body.html" if call or is_fragment else "numbering_demo.html",
        status_code=status,
        context={"view": replace(view, call=call)},
    )
