"""The pages of this simulated Lex Persona that people open in a browser."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from tramita.providers.lexpersona.simulator.book import Book
from tramita.providers.lexpersona.simulator.pages import consent_page, nowhere_page
from tramita.providers.lexpersona.simulator.records import Workflow
from tramita.simulation.agenda import Agenda
from tramita.simulation.front.asking import Refused

Token = Annotated[str, QueryParameter(name="requestToken", max_length=200)]


def browser_routes(book: Book, agenda: Agenda) -> list[ControllerRouterHandler]:
    """Where somebody consents to documents, reads them, and signs or refuses."""

    @get("/consent")
    async def show_consent_page(token: Token = "") -> Response[str]:
        agenda.run()
        try:
            email, workflows = book.signable(token)
        except Refused:
            return _page(nowhere_page(), status=404)
        return _page(consent_page(book, token, email, workflows))

    @get("/consent/document")
    async def show_document(workflow: FromQuery[str], token: Token = "") -> Response[bytes]:
        try:
            _, workflows = book.signable(token)
        except Refused:
            raise NotFoundException from None
        found = next((one for one in workflows if one.id == workflow), None)
        if found is None or not found.documents:
            raise NotFoundException
        return Response(found.documents[0].content, media_type="application/pdf")

    @post("/consent/sign")
    async def sign(request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        return await _acted(book, agenda, request, book.sign)

    @post("/consent/refuse")
    async def refuse(request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        return await _acted(book, agenda, request, book.refuse)

    return [show_consent_page, show_document, sign, refuse]


async def _acted(
    book: Book,
    agenda: Agenda,
    request: Request[Any, Any, Any],
    act: Callable[[Workflow, str], None],
) -> Response[str] | Redirect:
    """Do it about everything on the page that it can be done about, and show the page again."""
    agenda.run()
    token = str((await request.form()).get("requestToken", ""))
    try:
        email, workflows = book.signable(token)
    except Refused:
        return _page(nowhere_page(), status=404)
    for one in workflows:
        if book.can_sign(one, email):
            act(one, email)
    return Redirect(f"../consent?requestToken={token}", status_code=303)


def _page(html: str, *, status: int = 200) -> Response[str]:
    return Response(html, status_code=status, media_type=MediaType.HTML)
