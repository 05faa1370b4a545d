"""The smallest possible vendor, to try the engine with: it bakes one loaf per request."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from litestar import HttpMethod

from tramita.simulation.calls import Answer
from tramita.simulation.conditions import VendorConditions
from tramita.simulation.dispatch import Notice
from tramita.simulation.faults import Fault, FaultOrder
from tramita.simulation.front.asking import Asking, Error, Task
from tramita.simulation.front.orders import Order, Wanted
from tramita.simulation.front.vendor import REPEATED, Vendor
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.kinds import Conduct, Step
from tramita.simulation.latency import Fixed
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Scenario, Simulator, operator_act, operator_button
from tramita.simulation.wire import Parcel

NO_LOAF = Error(400, "NO_LOAF", "The order is not for a loaf.")


class LoafOrder(msgspec.Struct):
    """The body of ``POST /loaves``."""

    client: str


class Opening(VendorConditions):
    """Whether the bakery is open."""

    is_open: bool = True


class BakerVoice(JSONVoice):
    """Words answers as the bakery does; its seal is a plain header."""

    def hear(self, asking: Asking) -> Asking:
        return asking

    def refusal(self, fault: Fault, status: int) -> Answer:
        return Answer(status, {"sorry": fault.kind})

    def bend(self, answer: Answer, fault: Fault) -> Answer:
        return Answer(answer.status, {"loaf": fault.kind})

    def seal(self, answer: Answer, *, is_forged: bool = False) -> Parcel:
        signed = {**answer.headers, "x-baker": "stranger" if is_forged else "anna"}
        return Parcel(answer.status, tuple(signed.items()), answer.encoded())


class Bakery(Vendor):
    """Its ledger has a ``baked`` row per loaf, under the name of the client."""

    key = "bakery"
    title = "Bakery"
    table = ((HttpMethod.POST, "/loaves", "bake"),)
    kinds: ClassVar = {
        "burnt": Conduct(Step.BEND),
        "no_flour": Conduct(Step.REFUSE, status=409),
        "two_loaves": Conduct(Step.TWIST),
        **REPEATED,
    }
    demo_token = ""
    scenarios: ClassVar = {
        "rush": Scenario("Rush", Fixed(milliseconds=1), (FaultOrder(kind="burnt"),)),
        "siesta": Scenario("Siesta", acts=(operator_act("close"),)),
    }
    buttons = (operator_button("Close", "close"),)
    conditions: Opening

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Opening())
        self.world.post_office.sign = sign

    def voice(self, asking: Asking) -> BakerVoice:
        return BakerVoice(asking, self.errors, self.token)

    def prepare(self, asking: Asking) -> Task:
        client = asking.read(LoafOrder, NO_LOAF).client

        def bake(fault: Fault | None) -> Answer:
            for _ in range(1 if fault is None else 2):
                self.world.record("baked", subject=client, request_id=asking.request_id, data={})
                self.world.post_office.post(loaf(client, "baked"))
            return Answer(201, {"loaf": "rye", "crumbs": "." * 400})

        return Task({"client": client}, bake, is_once=True)

    def orders(self) -> Mapping[str, Order[Any]]:
        return {**super().orders(), "close": Order(Wanted, self._close)}

    def forget(self) -> None:
        """Loaves are eaten."""

    def _close(self, _: Wanted) -> None:
        self.conditions.is_open = False


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
    """A bakery on loopback."""
    return Bakery(SimulatorSettings(Path(), seed=seed)).simulator()
