"""Paths of this simulated Sigan (assumed), and the reception every request passes through."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from time import perf_counter
from uuid import uuid4

from litestar import HttpMethod
from litestar.types import ASGIApp, ControllerRouterHandler

from tramita.providers.sigan.simulator.desk import Desk
from tramita.providers.sigan.simulator.errors import QUOTA_SPENT, UNAUTHORIZED, Refused
from tramita.providers.sigan.simulator.requests import Asking
from tramita.providers.sigan.simulator.voice import SiganVoice
from tramita.simulation.calls import Answer, Call, play
from tramita.simulation.routes import HTTPRequest, operations_of, routes_of
from tramita.simulation.wire import Delivery
from tramita.simulation.world import World

PREFIX = "/sigan"

_HOLD = "/v1/pre-reservations/{key:str}"
_RESERVATION = "/v1/reservations/{key:str}"
# Method, path, operation; {key} is a path parameter.
_TABLE = (
    (HttpMethod.POST, "/v1/pre-reservations", "pre_reserve"),
    (HttpMethod.GET, _HOLD, "find_hold"),
    (HttpMethod.DELETE, _HOLD, "release_hold"),
    (HttpMethod.POST, f"{_HOLD}/reservations", "reserve"),
    (HttpMethod.GET, "/v1/reservations", "find_reservation"),
    (HttpMethod.GET, _RESERVATION, "find_reservation"),
    (HttpMethod.DELETE, _RESERVATION, "release_reservation"),
    (HttpMethod.GET, "/v1/requests/{key:str}", "find_request"),
    (HttpMethod.GET, "/v1/stock/{key:str}", "read_stock"),
)
OPERATIONS = operations_of(_TABLE)
_WINDOW = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Reception:
    """Checks token and quota, hands the request to the desk and the answer to the wire."""

    world: World
    desk: Desk
    token: str
    _served: "deque[datetime]" = field(default_factory=deque)

    async def receive(self, request: HTTPRequest, operation: str) -> ASGIApp:
        """Play one request from its arrival to its delivery, and keep it in the journal."""
        started = perf_counter()
        asking = await _asking(request, operation)
        entry = self.world.journal.open(
            at=self.world.clock.now(),
            request_id=asking.request_id,
            method=request.method,
            path=request.url.path.removeprefix(PREFIX),
        )
        entry.request = asking.body
        voice = SiganVoice(operation, asking.request_id)
        try:
            self._check(request)
            task = self.desk.prepare(asking)
        except Refused as refused:
            entry.operation = operation
            parcel = voice.seal(_refusal(refused, asking.request_id))
            entry.answer = parcel.body
            return Delivery(parcel, entry, started)
        call = Call(operation, task.fields, entry, started)
        return await play(self.world, call, effect=task.effect, voice=voice, twist=task.twist)

    def forget(self) -> None:
        """Count requests anew."""
        self._served.clear()

    def _check(self, request: HTTPRequest) -> None:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise Refused(UNAUTHORIZED)
        quota = self.desk.inventory.conditions.quota_per_second
        if not quota:
            return
        now = self.world.clock.now()
        while self._served and now - self._served[0] >= _WINDOW:
            self._served.popleft()
        if len(self._served) >= quota:
            raise Refused(QUOTA_SPENT)
        self._served.append(now)


def vendor_routes(reception: Reception) -> list[ControllerRouterHandler]:
    """The API under ``/sigan/v1``."""
    return routes_of("sigan", _TABLE, reception.receive)


async def _asking(request: HTTPRequest, operation: str) -> Asking:
    body = await request.body()
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return Asking(
        operation,
        request.headers.get("x-request-id") or uuid4().hex,
        sha256(head + body).hexdigest(),
        body=body,
        key=request.path_params.get("key", ""),
        msisdn=request.query_params.get("msisdn", ""),
    )


def _refusal(refused: Refused, request_id: str) -> Answer:
    answer = refused.answer(request_id)
    if refused.error is QUOTA_SPENT:
        return Answer(answer.status, answer.body, {"retry-after": "1"})
    return answer
