"""SIM cards, and the numbers that are assigned to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import uuid4

from tramita.providers.gsim.simulator.digits import luhn_digit

# Telecommunications, Brazil, and an issuer.
PREFIX = "895510"
STOCK = 1000
_LONG_EVERY = 4

# The life of an assignment: status, event, next status. Other pairs cannot happen.
LIFE: Mapping[tuple[str, str], str] = {
    ("ASSIGNED", "activate"): "ACTIVE",
    ("ASSIGNED", "reject"): "REJECTED",
    ("ASSIGNED", "release"): "RELEASED",
    ("ACTIVE", "release"): "RELEASED",
}
IN_FORCE = frozenset({"ASSIGNED", "ACTIVE"})


@dataclass(slots=True, eq=False)
class Assignment:
    """A number on a SIM card; ``request_id`` is that of the request that asked for it.

    Ids are never given twice, not even by another run of the simulator: clients keep them.
    """

    iccid: str
    msisdn: str
    request_id: str
    id: str = field(default_factory=lambda: f"as-{uuid4().hex}")
    status: str = "ASSIGNED"

    @property
    def is_in_force(self) -> bool:
        """Whether it holds its SIM card and its number."""
        return self.status in IN_FORCE


@dataclass(slots=True, eq=False)
class Sim:
    """A SIM card; ``assignment`` is its latest, in force or not."""

    iccid: str
    assignment: Assignment | None = None
    is_blocked: bool = False
    _past: list[tuple[datetime, dict[str, object]]] = field(default_factory=list)

    @property
    def holder(self) -> Assignment | None:
        """The assignment in force."""
        return self.assignment if self.assignment and self.assignment.is_in_force else None

    @property
    def state(self) -> str:
        """STOCK, ASSIGNED, ACTIVE or BLOCKED."""
        if self.is_blocked:
            return "BLOCKED"
        return "STOCK" if self.holder is None else self.holder.status

    def shown(self) -> dict[str, object]:
        """The SIM card as it is now."""
        shown: dict[str, object] = {"iccid": self.iccid, "state": self.state}
        if self.holder is not None:
            shown |= {"msisdn": self.holder.msisdn, "assignmentId": self.holder.id}
        return shown

    def note(self, at: datetime) -> None:
        """Keep how it is since ``at``, for those who look too late."""
        self._past.append((at, self.shown()))

    def shown_at(self, at: datetime) -> dict[str, object]:
        """The SIM card as it was then."""
        past = [shown for since, shown in self._past if since <= at]
        return past[-1] if past else {"iccid": self.iccid, "state": "STOCK"}


def stock_of(seed: int) -> dict[str, Sim]:
    """The SIM cards there are at first, always the same for a seed: 19 digits, some 20."""
    random = Random(f"SIM cards of GSIM {seed}")
    stock: dict[str, Sim] = {}
    while len(stock) < STOCK:
        length = 13 if len(stock) % _LONG_EVERY == _LONG_EVERY - 1 else 12
        payload = PREFIX + "".join(random.choices("0123456789", k=length))
        iccid = payload + luhn_digit(payload)
        stock[iccid] = Sim(iccid)
    return stock
