"""What this simulated Sigan answers to each request, and how many of them a second."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import HttpMethod

from tramita.providers.sigan.simulator.acts import BUTTONS, SiganOperator
from tramita.providers.sigan.simulator.area_codes import DDDS
from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.providers.sigan.simulator.errors import (
    ERRORS,
    INVALID_REQUEST,
    QUOTA_SPENT,
    STOCK_UNKNOWN,
)
from tramita.providers.sigan.simulator.fault_codes import ARGUMENTS, KINDS
from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.providers.sigan.simulator.looking_up import LookingUp
from tramita.providers.sigan.simulator.requests import PreReservation, WantedReservation
from tramita.providers.sigan.simulator.scenarios import SCENARIOS
from tramita.providers.sigan.simulator.stock import ddd_of
from tramita.providers.sigan.simulator.voice import SiganVoice
from tramita.providers.sigan.simulator.writing import Writing
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Do, Refused, Task
from tramita.simulation.front.orders import Order, Shown
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

_HOLD = "/v1/pre-reservations/{key:str}"
_RESERVATION = "/v1/reservations/{key:str}"
_WINDOW = timedelta(seconds=1)


class Sigan(Vendor):
    """Everything Sigan knows, and the answer to every request."""

    key = "sigan"
    title = "Sigan (simulated, not Vivo’s API)"
    table = (
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
    kinds = KINDS
    arguments = ARGUMENTS
    errors = ERRORS
    demo_token = "sigan-demonstration"
    remembers_ignored_ids = True
    buttons = BUTTONS
    scenarios = SCENARIOS
    conditions: Conditions

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings, Conditions())
        self.inventory = Inventory(self.world, self.conditions, self.agenda)
        self.looking_up = LookingUp(self.inventory, self.memory)
        self.operator = SiganOperator(self.inventory)
        self._served: deque[datetime] = deque()

    def voice(self, asking: Asking) -> SiganVoice:
        """Plain JSON."""
        return SiganVoice(asking, self.errors, self.token)

    def orders(self) -> Mapping[str, Order[Any]]:
        """What Sigan's operator can be told."""
        return {**super().orders(), **self.operator.orders()}

    def shown(self) -> Shown:
        """Records in numbers, stock by state, and conditions."""
        self.agenda.run()
        return {**self.operator.shown(), **self.conditions.shown()}

    def forget(self) -> None:
        """Lose every record, and count requests anew."""
        self.inventory.forget()
        self._served.clear()

    def prepare(self, asking: Asking) -> Task:
        """What changes something is done once for each request id."""
        self._check_quota()
        writing, key = Writing(self.inventory, asking.request_id), asking.key
        match asking.operation:
            case "pre_reserve":
                wanted = asking.read(PreReservation, INVALID_REQUEST)
                fields = {
                    "ddd": wanted.ddd,
                    "brand_id": wanted.brand_id,
                    "previous_external_id": wanted.previous_external_id or "",
                }
                return _once(asking, fields, lambda fault: writing.pre_reserve(wanted, fault))
            case "release_hold":
                fields = self._fields_of_hold(key)
                return _once(asking, fields, lambda fault: writing.release_hold(key, fault))
            case "reserve":
                chosen = asking.read(WantedReservation, INVALID_REQUEST).msisdn
                fields = {"msisdn": chosen, "external_id": key, "ddd": ddd_of(chosen)}
                return _once(asking, fields, lambda _: writing.reserve(key, chosen))
            case "release_reservation":
                fields = self._fields_of_reservation(key)
                return _once(asking, fields, lambda fault: writing.release(key, fault))
            case _:
                return self._reading(asking)

    def _reading(self, asking: Asking) -> Task:
        look, key = self.looking_up, asking.key
        match asking.operation:
            case "find_hold":
                fields = self._fields_of_hold(key)
                return _task(asking, fields, lambda fault: look.hold(key, fault))
            case "find_reservation":
                msisdn = asking.parameters.get("msisdn", "")
                if not key and not msisdn:
                    raise Refused(INVALID_REQUEST)
                fields = self._fields_of_reservation(key, msisdn)
                return _task(asking, fields, lambda fault: look.reservation(key, msisdn, fault))
            case "find_request":
                fields = {"sought_request_id": key}
                return _task(asking, fields, lambda fault: look.request(key, fault))
            case _:  # read_stock, the last of the operations.
                return _task(asking, {"ddd": key}, lambda _: self._stock(key))

    def _check_quota(self) -> None:
        quota = self.conditions.quota_per_second
        if not quota:
            return
        now = self.world.clock.now()
        while self._served and now - self._served[0] >= _WINDOW:
            self._served.popleft()
        if len(self._served) >= quota:
            raise Refused(QUOTA_SPENT)
        self._served.append(now)

    def _stock(self, ddd: str) -> Answer:
        if ddd not in DDDS:
            raise Refused(STOCK_UNKNOWN)
        return Answer(200, {"ddd": ddd, "counts": self.inventory.stock.counts(ddd)})

    def _fields_of_hold(self, external_id: str) -> dict[str, str]:
        hold = self.inventory.holds.get(external_id)
        return {"external_id": external_id, "ddd": hold.ddd if hold else ""}

    def _fields_of_reservation(self, reservation_id: str, msisdn: str = "") -> dict[str, str]:
        found = self.inventory.reservations.get(reservation_id)
        number = found.msisdn if found else msisdn
        return {"msisdn": number, "reservation_id": reservation_id, "ddd": ddd_of(number)}


def _task(asking: Asking, fields: Mapping[str, str], do: Do, *, is_once: bool = False) -> Task:
    """What is known of the fields may be matched, and the request's id."""
    known = {name: value for name, value in fields.items() if value}
    return Task(known | {"request_id": asking.request_id}, do, is_once)


def _once(asking: Asking, fields: Mapping[str, str], do: Do) -> Task:
    return _task(asking, fields, do, is_once=True)


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Sigan on loopback. SIMULATED, not Vivo's API: all of it is assumed."""
    return Sigan(settings).simulator()
