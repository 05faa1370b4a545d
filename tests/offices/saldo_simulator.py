"""Saldo on loopback."""

from dataclasses import dataclass
from datetime import datetime

from litestar import HttpMethod
from msgspec import Struct

from tramita.simulation.calls import Answer
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

MALFORMED = Error(400, "MALFORMED", "The body is not understood.")
UNKNOWN = Error(404, "NO_SUCH_RECORD", "There is no such record.")
TAKEN = Error(409, "CODE_TAKEN", "There is a record of this code.")
OLD = Error(409, "OLD_EDITION", "There is a later edition.")


class NewRecord(Struct):
    """A record to be made."""

    code: str
    edition: int


class Edition(Struct):
    """A later edition."""

    edition: int


class Note(Struct):
    """Something to be noted, once for each number."""

    number: int
    text: str


@dataclass(slots=True)
class Record:
    """One record."""

    id: int
    code: str
    edition: int
    opened: datetime
    noted: int = 0
    is_closed: bool = False

    def shown(self) -> dict[str, object]:
        """As it is told."""
        return {
            "id": self.id,
            "code": self.code,
            "edition": self.edition,
            "opened": self.opened.isoformat(),
            "is_closed": self.is_closed,
        }


class Saldo(Vendor):
    """Its records, by the client's code."""

    key = "saldo"
    title = "Saldo (simulated)"
    table = (
        (HttpMethod.POST, "/v2/records", "create"),
        (HttpMethod.GET, "/v2/records", "find"),
        (HttpMethod.PATCH, "/v2/records/{key:str}", "change"),
        (HttpMethod.POST, "/v2/records/{key:str}/close", "close"),
        (HttpMethod.POST, "/v2/records/{key:str}/notes", "note"),
        (HttpMethod.GET, "/v2/health", "health"),
    )
    kinds = bending.KINDS
    errors = ErrorTable(Error(401, "UNAUTHORIZED", "The token is not known."))
    demo_token = "saldo-demonstration"

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings)
        self.records: dict[str, Record] = {}

    def forget(self) -> None:
        """Lose every record."""
        self.records.clear()

    def prepare(self, asking: Asking) -> Task:
        """Records are matched by their code."""
        fields = {"code": asking.key}
        match asking.operation:
            case "create":
                new = asking.read(NewRecord, MALFORMED)
                return Task({"code": new.code}, lambda _: self._create(new, asking))
            case "find":
                found = self.records.get(asking.parameters.get("code", ""))
                items = [found.shown()] if found else []
                return Task(fields, lambda _: Answer(200, {"items": items}))
            case "change":
                edition = asking.read(Edition, MALFORMED).edition
                return Task(fields, lambda _: self._change(asking, edition))
            case "close":
                return Task(fields, lambda _: self._close(asking))
            case "note":
                note = asking.read(Note, MALFORMED)
                return Task(fields, lambda _: self._note(asking, note))
            case _:
                return Task({}, lambda _: Answer(200, {"release": "2026.11"}))

    def _create(self, new: NewRecord, asking: Asking) -> Answer:
        if new.code in self.records:
            raise Refused(TAKEN)
        made = Record(len(self.records) + 1, new.code, new.edition, self.world.clock.now())
        self.records[new.code] = made
        return self._said(made, "record_created", asking, 201)

    def _change(self, asking: Asking, edition: int) -> Answer:
        known = self._known(asking)
        if edition < known.edition:
            raise Refused(OLD)
        if edition == known.edition and not known.is_closed:
            return Answer(200, known.shown())
        known.edition, known.is_closed = edition, False
        return self._said(known, "record_changed", asking)

    def _close(self, asking: Asking) -> Answer:
        known = self._known(asking)
        if known.is_closed:
            return Answer(200, known.shown())
        known.is_closed = True
        return self._said(known, "record_closed", asking)

    def _note(self, asking: Asking, note: Note) -> Answer:
        known = self._known(asking)
        if note.number <= known.noted:
            return Answer(200, known.shown())
        known.noted = note.number
        return self._said(known, "record_noted", asking)

    def _known(self, asking: Asking) -> Record:
        if asking.key not in self.records:
            raise Refused(UNKNOWN)
        return self.records[asking.key]

    def _said(self, known: Record, effect: str, asking: Asking, status: int = 200) -> Answer:
        said = known.shown()
        self.world.record(effect, subject=known.code, request_id=asking.request_id, data=said)
        return Answer(status, said)


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Saldo on loopback."""
    return Saldo(settings).simulator()
