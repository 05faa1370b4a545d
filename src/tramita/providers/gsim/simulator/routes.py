"""GSIM's paths, and the reception every request passes through. All of it is assumed."""

import hmac
from dataclasses import dataclass
from uuid import uuid4

from litestar import HttpMethod
from litestar.types import ControllerRouterHandler

from tramita.providers.gsim.simulator.asking import Asking
from tramita.providers.gsim.simulator.desk import Desk
from tramita.providers.gsim.simulator.twisting import Twist
from tramita.providers.gsim.simulator.voice import GSIMVoice
from tramita.simulation.calls import Call, play
from tramita.simulation.routes import HTTPRequest, operations_of, routes_of
from tramita.simulation.wire import Delivery

PREFIX = "/gsim"

# Method, path, operation; {key} is a path parameter.
_TABLE = (
    (HttpMethod.GET, "/v1/brands", "list_brands"),
    (HttpMethod.GET, "/v1/brands/{key:str}/models", "list_models"),
    (HttpMethod.POST, "/v1/esim/compatibility", "check_esim"),
    (HttpMethod.POST, "/v1/sims/{key:str}/assignments", "assign_sim"),
    (HttpMethod.DELETE, "/v1/sims/{key:str}/assignments", "release_sim"),
    (HttpMethod.GET, "/v1/sims/{key:str}", "read_sim"),
    (HttpMethod.GET, "/v1/requests/{key:str}", "read_request"),
)
OPERATIONS = operations_of(_TABLE)


@dataclass(frozen=True, slots=True)
class Reception:
    """Looks at the token, hands the request to the desk and the answer to the wire."""

    desk: Desk
    token: str

    async def receive(self, request: HTTPRequest, operation: str) -> Delivery:
        """Play one request from its arrival to its delivery, and keep it in the journal."""
        world = self.desk.world
        asking = await self._asked(request, operation)
        entry = world.journal.open(
            at=world.clock.now(),
            request_id=asking.request_id,
            method=request.method,
            path=request.scope["path"].removeprefix(PREFIX),
        )
        entry.request = asking.body
        call = Call(operation, self.desk.fields(asking), entry)
        return await play(
            world,
            call,
            effect=lambda: self.desk.answer(asking),
            voice=GSIMVoice(asking),
            twist=Twist(self.desk, asking),
        )

    async def _asked(self, request: HTTPRequest, operation: str) -> Asking:
        headers = request.headers
        shown, known = headers.get("authorization", ""), f"Bearer {self.token}"
        return Asking(
            operation,
            headers.get("x-request-id") or uuid4().hex,
            key=request.path_params.get("key", ""),
            query={name: str(value) for name, value in request.query_params.items()},
            body=await request.body(),
            if_none_match=headers.get("if-none-match", ""),
            is_ours=hmac.compare_digest(shown.encode(), known.encode()),
        )


def vendor_routes(reception: Reception) -> list[ControllerRouterHandler]:
    """The whole API."""
    return routes_of("gsim", _TABLE, reception.receive)
