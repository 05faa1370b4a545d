"""The smallest possible vendor, to try the engine with: it bakes one loaf per request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.types import ASGIApp

from tramita.simulation.calls import Answer, Call, play
from tramita.simulation.dispatch import Notice
from tramita.simulation.faults import Fault, FaultOrder
from tramita.simulation.kinds import Conduct, Step
from tramita.simulation.latency import Fixed
from tramita.simulation.simulator import ActButton, Scenario, Simulator, UnknownAct
from tramita.simulation.wire import Parcel
from tramita.simulation.world import World

KINDS = {
    "burnt": Conduct(Step.BEND),
    "no_flour": Conduct(Step.REFUSE, status=409),
    "two_loaves": Conduct(Step.TWIST),
}


class BakerVoice:
    """Words answers as the bakery does; its seal is a plain header."""

    def refusal(self, fault: Fault, status: int) -> Answer:
        return Answer(status, {"sorry": fault.kind})

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        return Answer(answer.status, {"loaf": fault.kind})

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        signed = {**answer.headers, "x-baker": "stranger" if is_forged else "anna"}
        return Parcel(answer.status, tuple(signed.items()), answer.encoded())


def loaf(client: str, status: str) -> Notice:
    """What the bakery tells of a client's loaf."""
    fields = {"type": "loaf", "client": client, "status": status}
    told, untold = {"client": client, "status": status}, {"client": "nobody", "status": status}
    return Notice(
        "loaf", client, fields, msgspec.json.encode(told), lambda: msgspec.json.encode(untold)
    )


def sign(path: str, body: bytes, *, age: timedelta, is_forged: bool) -> Mapping[str, str]:
    """The bakery's seal, which says how old it is."""
    baker = "stranger" if is_forged else "anna"
    return {
        "x-baker": baker,
        "x-path": path,
        "x-age": f"{age.total_seconds():.0f}",
        "x-length": f"{len(body)}",
    }


def make_bakery(seed: int = 7) -> Simulator:
    """A bakery whose ledger has a ``baked`` row per loaf, under the name of the client."""
    world = World(seed=seed, vendor_kinds=KINDS)
    world.post_office.sign = sign
    opening: dict[str, Any] = {"is_open": True}

    @post("/loaves", status_code=201)
    async def bake(request: Request[Any, Any, State]) -> ASGIApp:
        order = msgspec.json.decode(await request.body())
        entry = world.journal.open(
            at=world.clock.now(), request_id="r", method="POST", path="/loaves"
        )

        def effect() -> Answer:
            world.record("baked", subject=order["client"], request_id="r", data={})
            world.post_office.post(loaf(order["client"], "baked"))
            return Answer(201, {"loaf": "rye", "crumbs": "." * 400})

        def twist(_: Fault) -> Answer:
            effect()
            return effect()

        call = Call("bake", {"client": order["client"]}, entry)
        return await play(world, call, effect=effect, voice=BakerVoice(), twist=twist)

    def act(order: Any) -> dict[str, object]:
        if order.get("action") != "close":
            raise UnknownAct("bakers only close")
        opening["is_open"] = False
        return opening

    return Simulator(
        key="bakery",
        title="Bakery",
        world=world,
        handlers=[bake],
        operations=("bake",),
        reset=lambda: opening.update(is_open=True),
        act=act,
        conditions=lambda: opening,
        scenarios={
            "rush": Scenario("Rush", Fixed(milliseconds=1), (FaultOrder(kind="burnt"),)),
            "siesta": Scenario("Siesta", acts=({"actor": "baker", "action": "close"},)),
        },
        buttons=(ActButton("Close", {"actor": "baker", "action": "close"}),),
    )
