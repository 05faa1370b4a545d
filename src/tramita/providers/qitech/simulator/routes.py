"""QI Tech's paths, and the reception every request passes through."""

from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from litestar import HttpMethod
from litestar.datastructures import UploadFile
from litestar.types import ControllerRouterHandler

from tramita.providers.qitech.simulator.browsing import browser_routes
from tramita.providers.qitech.simulator.desk import Desk
from tramita.providers.qitech.simulator.envelopes import Refused
from tramita.providers.qitech.simulator.office import Asking
from tramita.providers.qitech.simulator.seal import Asked, Letter, Seal, generation_of
from tramita.providers.qitech.simulator.voice import QITechVoice
from tramita.simulation.calls import Call, play
from tramita.simulation.routes import HTTPRequest, operations_of, routes_of
from tramita.simulation.wire import Delivery
from tramita.simulation.world import World

PREFIX = "/qitech"

_KEY = "/v2/credit_transfer/proposal/{key:str}"
_GROUP = "/document/document_batch_group"
_EVENTS = "/notification/events"
# Method, path, operation; {key} is a path parameter.
_TABLE = (
    (HttpMethod.POST, "/v2/credit_transfer/proposal", "create_proposal"),
    (HttpMethod.POST, "/v2/credit_transfer/proposal_simulation", "simulate_proposal"),
    (HttpMethod.GET, "/v2/credit_transfer/proposal", "find_proposals"),
    (HttpMethod.GET, "/v2/credit_transfer/proposal/{key:str}", "read_proposal"),
    (HttpMethod.PATCH, "/v2/credit_transfer/proposal/{key:str}", "update_proposal"),
    (HttpMethod.POST, f"{_KEY}/portability_credit_operation/signature", "sign"),
    (
        HttpMethod.POST,
        f"{_KEY}/related_party/{{other_key:str}}/attached_document",
        "attach_document",
    ),
    (HttpMethod.PUT, f"{_KEY}/refinancing_credit_operation", "correct_refinancing"),
    (HttpMethod.GET, f"{_KEY}/portability_credit_operation/collateral", "read_collateral"),
    (HttpMethod.GET, f"{_KEY}/refinancing_credit_operation/collateral", "read_collateral"),
    (
        HttpMethod.POST,
        "/v2/credit_operation/{key:str}/recalculate_portability",
        "recalculate",
    ),
    (HttpMethod.GET, "/v2/credit_transfer/participants", "list_participants"),
    (HttpMethod.POST, "/upload", "upload_document"),
    (HttpMethod.POST, _GROUP, "open_group"),
    (HttpMethod.GET, f"{_GROUP}/{{key:str}}", "read_group"),
    (HttpMethod.PUT, f"{_GROUP}/{{key:str}}/send_to_signature", "send_group"),
    (HttpMethod.DELETE, f"{_GROUP}/{{key:str}}/operation/{{other_key:str}}", "remove_from_group"),
    (HttpMethod.POST, "/social_security/balance_request", "balance_request"),
    (HttpMethod.POST, "/mock/credit_transfer/ctc", "mock_ctc"),
    (HttpMethod.GET, "/document/{key:str}/url", "read_document_url"),
    (HttpMethod.GET, _EVENTS, "list_events"),
    (HttpMethod.PATCH, f"{_EVENTS}/{{key:str}}/callbacks/{{other_key:str}}", "resend_event"),
    (HttpMethod.GET, "/test/{key:str}", "test"),
    (HttpMethod.POST, "/test/{key:str}", "test"),
)
OPERATIONS = operations_of(_TABLE)


@dataclass(frozen=True, slots=True)
class Reception:
    """Checks the seal, hands the request to the desk and the answer to the wire."""

    world: World
    seal: Seal
    desk: Desk

    async def receive(self, request: HTTPRequest, operation: str) -> Delivery:
        """Play one request from its arrival to its delivery, and keep it in the journal."""
        started = perf_counter()
        asked = await _asked(request, is_file=operation == "upload_document")
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
            entry.request = _journalled(letter)
            asking = Asking(
                operation,
                request_id,
                base_url,
                body=letter.body,
                path=asked.path,
                query=asked.query,
                key=request.path_params.get("key", ""),
                other_key=request.path_params.get("other_key", ""),
            )
            task = self.desk.prepare(asking)
        except Refused as refused:
            entry.operation = operation
            parcel = self.seal.close(refused.answer, letter)
            entry.answer = parcel.body
            return Delivery(parcel, entry, started)
        voice = QITechVoice(self.desk.office, self.seal, letter, base_url)
        call = Call(operation, task.fields, entry, started)
        return await play(self.world, call, effect=task.effect, voice=voice)


def vendor_routes(reception: Reception) -> list[ControllerRouterHandler]:
    """The signed API, and the addresses that people open in a browser."""
    signed = routes_of("qitech", _TABLE, reception.receive)
    return [*signed, *browser_routes(reception.desk.office)]


async def _asked(request: HTTPRequest, *, is_file: bool) -> Asked:
    """The request as the vendor sees it: its own path, without our prefix."""
    return Asked(
        method=request.method,
        path=request.scope["path"].removeprefix(PREFIX),
        query=request.scope["query_string"].decode("latin-1"),
        headers=request.headers,
        body=await (_file_in(request) if is_file else request.body()),
        is_file=is_file,
    )


async def _file_in(request: HTTPRequest) -> bytes:
    """The uploaded bytes, in the field of either of the two public pages; none if absent."""
    form = await request.form()
    sent = form.get("file") or form.get("files")
    return await sent.read() if isinstance(sent, UploadFile) else b""


def _journalled(letter: Letter) -> bytes:
    """What the journal keeps of a request: a picture is only counted."""
    return b"a file of %d bytes" % len(letter.body) if letter.asked.is_file else letter.body
