"""QI Tech's paths, and the reception every request passes through."""

from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

from litestar import HttpMethod, MediaType, Request, Response, get, route
from litestar.datastructures import State
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery
from litestar.types import ASGIApp, ControllerRouterHandler

from tramita.providers.qitech.simulator.desk import Asking, Desk
from tramita.providers.qitech.simulator.documents import ccb, signing_page
from tramita.providers.qitech.simulator.envelopes import Refused
from tramita.providers.qitech.simulator.seal import Asked, Letter, Seal, generation_of
from tramita.providers.qitech.simulator.voice import QITechVoice
from tramita.simulation.calls import Call, play
from tramita.simulation.wire import Delivery
from tramita.simulation.world import World

PREFIX = "/qitech"
HTTPRequest = Request[Any, Any, State]

# Method, path, operation; {key} is a path parameter.
_TABLE = (
    (HttpMethod.POST, "/v2/credit_transfer/proposal", "create_proposal"),
    (HttpMethod.POST, "/v2/credit_transfer/proposal_simulation", "simulate_proposal"),
    (HttpMethod.GET, "/v2/credit_transfer/proposal", "find_proposals"),
    (HttpMethod.GET, "/v2/credit_transfer/proposal/{key:str}", "read_proposal"),
    (HttpMethod.PATCH, "/v2/credit_transfer/proposal/{key:str}", "update_proposal"),
    (HttpMethod.GET, "/v2/credit_transfer/participants", "list_participants"),
    (HttpMethod.GET, "/document/{key:str}/url", "read_document_url"),
    (HttpMethod.GET, "/test/{key:str}", "test"),
    (HttpMethod.POST, "/test/{key:str}", "test"),
)
OPERATIONS = tuple(dict.fromkeys(operation for _, _, operation in _TABLE))


@dataclass(frozen=True, slots=True)
class Reception:
    """Checks the seal, hands the request to the desk and the answer to the wire."""

    world: World
    seal: Seal
    desk: Desk

    async def receive(self, request: HTTPRequest, operation: str, key: str = "") -> Delivery:
        """Play one request from its arrival to its delivery, and keep it in the journal."""
        started = perf_counter()
        asked = await _asked(request)
        request_id = asked.headers.get("x-request-id") or uuid4().hex
        entry = self.world.journal.open(
            at=self.world.clock.now(),
            request_id=request_id,
            method=asked.method,
            path=asked.path,
        )
        base_url = f"{request.url.scheme}://{request.url.netloc}{PREFIX}"
        letter = Letter(asked, generation_of(asked))
        try:
            letter = self.seal.open(asked)
            entry.request = letter.body
            asking = Asking(operation, request_id, base_url, letter.body, asked.query, key)
            task = self.desk.prepare(asking)
        except Refused as refused:
            entry.operation = operation
            parcel = self.seal.close(refused.answer, letter)
            entry.answer = parcel.body
            return Delivery(parcel, entry, started)
        voice = QITechVoice(self.desk, self.seal, letter, base_url)
        call = Call(operation, task.fields, entry, started)
        return await play(self.world, call, effect=task.effect, voice=voice)


def vendor_routes(reception: Reception) -> list[ControllerRouterHandler]:
    """The signed API, and the two addresses that people open in a browser."""
    signed = [_signed_route(reception, *line) for line in _TABLE]
    return [*signed, *_browser_routes(reception)]


def _signed_route(
    reception: Reception, method: HttpMethod, path: str, operation: str
) -> ControllerRouterHandler:
    async def receive(request: HTTPRequest) -> ASGIApp:
        key = request.path_params.get("key", "")
        return await reception.receive(request, operation, key)

    return route(path, http_method=method, name=f"qitech {method} {path}")(receive)


def _browser_routes(reception: Reception) -> list[ControllerRouterHandler]:
    book, clock = reception.desk.book, reception.world.clock

    @get("/files/{name:str}", media_type="application/pdf")
    async def show_ccb(
        name: FromPath[str], expires: FromQuery[int | None] = None
    ) -> Response[bytes]:
        proposal = book.find_by_document(name.removesuffix(".pdf"))
        if proposal is None:
            raise NotFoundException
        if expires is not None and clock.now() > datetime.fromtimestamp(expires, UTC):
            raise PermissionDeniedException("the address has expired")
        return Response(ccb(proposal), media_type="application/pdf")

    @get("/sign/{key:str}", media_type=MediaType.HTML)
    async def show_signing_page(key: FromPath[str]) -> str:
        proposal = book.find(key)
        if proposal is None:
            raise NotFoundException
        return signing_page(proposal)

    return [show_ccb, show_signing_page]


async def _asked(request: HTTPRequest) -> Asked:
    """The request as the vendor sees it: its own path, without our prefix."""
    return Asked(
        method=request.method,
        path=request.scope["path"].removeprefix(PREFIX),
        query=request.scope["query_string"].decode("latin-1"),
        headers=request.headers,
        body=await request.body(),
    )
