"""Kanal on loopback: rooms, who is in them, and what was written there. SIMULATED."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import msgspec
from litestar import HttpMethod

from tramita.simulation.calls import Answer
from tramita.simulation.dispatch import Notice
from tramita.simulation.front import bending
from tramita.simulation.front.asking import Asking, Error, ErrorTable, Refused, Task
from tramita.simulation.front.callbacks import HMACSign
from tramita.simulation.front.orders import Order, Shown, Wanted
from tramita.simulation.front.vendor import Vendor
from tramita.simulation.front.voice import JSONVoice
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator, UnknownAct

NOT_UNDERSTOOD = Error(400, "not_understood", "The request is not understood.")
UNAUTHORIZED = Error(401, "unauthorized", "Who are you?")
NO_ROOM = Error(403, "not_in_room", "You are not in that room.")
MERGED = Error(409, "merged", "The room was merged with another.")
NO_MESSAGE = Error(404, "no_message", "You wrote no such message.")
NO_MEMBER = Error(404, "no_member", "Nobody knows them.")
NO_FILE = Error(404, "no_file", "There is no such file.")


@dataclass
class Room:
    """A room; ``merged_into`` is what it has become."""

    number: int
    has_us: bool = True
    guests: set[int] = field(default_factory=set)
    written: dict[int, str] = field(default_factory=dict)
    messages: int = 0
    merged_into: int | None = None


class NewText(msgspec.Struct):
    """What is to be written."""

    text: str
    html: bool = False


class OfRoom(Wanted):
    """Which room."""

    room: int


class Handed(Wanted):
    """What somebody hands into a room."""

    room: int
    content: bytes


class Words(OfRoom):
    """What somebody says there."""

    text: str = "Hello"


@dataclass(frozen=True, slots=True)
class KanalVoice(JSONVoice):
    """Errors by their names."""

    def say_no(self, refused: Refused) -> Answer:
        """``{"error": …}``."""
        return Answer(refused.error.status, {"error": refused.error.code, **refused.more})


class Kanal(Vendor):
    """Everything Kanal knows."""

    key, title = "kanal", "Kanal"
    table = (
        (HttpMethod.POST, "/rooms/{room:int}/messages", "write"),
        (HttpMethod.PUT, "/rooms/{room:int}/messages/{message:int}", "rewrite"),
        (HttpMethod.POST, "/rooms/{room:int}/files", "hand_in"),
        (HttpMethod.GET, "/rooms/{room:int}/members/{person:int}", "read_member"),
        (HttpMethod.DELETE, "/rooms/{room:int}/me", "leave"),
        (HttpMethod.GET, "/files/{key:str}", "read_file"),
    )
    kinds: ClassVar = bending.KINDS
    errors = ErrorTable(NOT_UNDERSTOOD, UNAUTHORIZED, NO_ROOM, NO_MESSAGE)
    request_id = "idempotency-key"
    demo_token = "kanal-demonstration"

    def __init__(self, settings: SimulatorSettings) -> None:
        super().__init__(settings)
        self.rooms: dict[int, Room] = {}
        self.files: dict[str, bytes] = {}
        self.events = 0
        office = self.world.post_office
        office.subscribe_by_default(settings.webhook_url(self.key))
        office.sign = HMACSign("x-kanal-signature", self.token)

    def voice(self, asking: Asking) -> KanalVoice:
        return KanalVoice(asking, self.errors, self.token)

    def forget(self) -> None:
        self.rooms.clear()
        self.files.clear()

    def orders(self) -> Mapping[str, Order[Any]]:
        own: dict[str, Order[Any]] = {
            "open_room": Order(Wanted, self._open_room),
            "merge": Order(OfRoom, self._merge),
            "put_out": Order(OfRoom, self._put_out),
            "say": Order(Words, self._say),
            "hand": Order(Handed, self._hand),
        }
        return {**super().orders(), **own}

    def prepare(self, asking: Asking) -> Task:
        if asking.operation == "read_file":
            return Task({}, lambda _: self._read_file(asking.key))
        number = int(asking.keys["room"])
        fields = {"room": str(number)}
        match asking.operation:
            case "write":
                new = asking.read(NewText, NOT_UNDERSTOOD)
                return Task(fields, lambda _: self._write(number, new.text, asking), is_once=True)
            case "rewrite":
                new = asking.read(NewText, NOT_UNDERSTOOD)
                return Task(fields, lambda _: self._rewrite(number, new.text, asking))
            case "hand_in":
                return Task(fields, lambda _: self._hand_in(number, asking), is_once=True)
            case "read_member":
                person = int(asking.keys["person"])
                return Task(fields, lambda _: self._read_member(number, person))
            case _:
                return Task(fields, lambda _: self._leave(number, asking))

    def _room(self, number: int) -> Room:
        room = self.rooms.get(number)
        if room is None or not room.has_us:
            raise Refused(NO_ROOM)
        if room.merged_into is not None:
            raise Refused(MERGED, room=room.merged_into)
        return room

    def _write(self, number: int, text: str, asking: Asking) -> Answer:
        room = self._room(number)
        room.messages += 1
        room.written[room.messages] = text
        self._record("written", room, asking)
        return Answer(201, {"message": room.messages})

    def _rewrite(self, number: int, text: str, asking: Asking) -> Answer:
        room, message = self._room(number), int(asking.keys["message"])
        if message not in room.written:
            raise Refused(NO_MESSAGE)
        if room.written[message] != text:
            room.written[message] = text
            self._record("rewritten", room, asking)
        return Answer(200, {"message": message})

    def _hand_in(self, number: int, asking: Asking) -> Answer:
        room = self._room(number)
        room.messages += 1
        self._record("handed_in", room, asking)
        return Answer(201, {"message": room.messages, "file": self._keep(asking.body)})

    def _read_member(self, number: int, person: int) -> Answer:
        if person not in self._room(number).guests:
            raise Refused(NO_MEMBER)
        return Answer(200, {"role": "guest"})

    def _leave(self, number: int, asking: Asking) -> Answer:
        room = self._room(number)
        room.has_us = False
        self._record("left", room, asking)
        return Answer(200, {"message": 0})

    def _read_file(self, name: str) -> Answer:
        if name not in self.files:
            raise Refused(NO_FILE)
        headers = {"content-type": "application/octet-stream"}
        content = self.files[name]
        return Answer(200, content, {**headers, "x-kanal-size": str(len(content))})

    def _keep(self, content: bytes) -> str:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return name

    def _record(self, effect: str, room: Room, asking: Asking) -> None:
        said = {"messages": room.messages}
        self.world.record(effect, subject=str(room.number), request_id=asking.request_id, data=said)

    def _known(self, number: int) -> Room:
        if number not in self.rooms:
            raise UnknownAct("there is no such room")
        return self.rooms[number]

    def _open_room(self, _: Wanted) -> Shown:
        room = Room(len(self.rooms) + 1, guests={7})
        self.rooms[room.number] = room
        return {"room": room.number, "person": 7}

    def _merge(self, order: OfRoom) -> Shown:
        old = self._known(order.room)
        new = Room(len(self.rooms) + 1, guests=set(old.guests))
        self.rooms[new.number] = new
        old.merged_into = new.number
        return {"room": new.number}

    def _put_out(self, order: OfRoom) -> Shown:
        self._known(order.room).has_us = False
        return {}

    def _hand(self, order: Handed) -> Shown:
        self._known(order.room)
        return {"file": self._keep(order.content)}

    def _say(self, order: Words) -> Shown:
        room = self._known(order.room)
        room.messages += 1
        self.events += 1
        said = {
            "event": f"e-{self.events}",
            "number": self.events,
            "room": room.number,
            "message": room.messages,
            "by": 7,
            "text": order.text,
            "at": int(self.world.clock.now().timestamp()),
        }
        body = msgspec.json.encode(said)
        fields = {"type": "said", "status": "said"}
        self.world.post_office.post(Notice("said", str(room.number), fields, body, lambda: body))
        return said


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Kanal on loopback."""
    return Kanal(settings).simulator()
