"""A channel that is not HTTP: what it declares is all that the outbox asks of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.live import Live
from tramita.kit.outbox import letters
from tramita.kit.outbox.channel import Channel
from tramita.kit.outbox.letters import Sent, Settlement, Verdict
from tramita.kit.outbox.lifecycle import life_of_delivery
from tramita.kit.outbox.sending import send_once
from tramita.kit.outbox.tables import Tables
from tramita.kit.runtime import Runtime
from tramita.kit.settings import Settings
from tramita.kit.transitions import Stateful

TABLES = (
    "CREATE TABLE pigeon_lofts (id uuid PRIMARY KEY, place text, is_closed boolean DEFAULT false)",
    "CREATE TABLE pigeon_notes (id uuid PRIMARY KEY, words text)",
    """
    CREATE TABLE pigeons (
        id uuid PRIMARY KEY, note_id uuid, loft_id uuid, state text DEFAULT 'waiting',
        attempts integer DEFAULT 0, tries integer DEFAULT 0, is_held boolean DEFAULT false,
        next_attempt_at timestamptz DEFAULT now(), lease_until timestamptz,
        wake_at timestamptz DEFAULT now()
    )
    """,
    """
    CREATE TABLE pigeon_flights (
        delivery_id uuid, number integer, started_at timestamptz, status integer, error text,
        answer text, milliseconds integer, PRIMARY KEY (delivery_id, number)
    )
    """,
)


@dataclass(frozen=True, slots=True)
class Note(letters.Letter):
    """What a pigeon carries, and where to."""

    words: str
    place: str


async def never_mind(_: UnitOfWork, __: Sequence[Settlement[Note]]) -> None:
    """A loft stays what it is, whatever becomes of its pigeons."""


PIGEONS = Channel(
    name="pigeons",
    job="pigeons.fly",
    letter=Note,
    deliveries=Stateful(life_of_delivery("pigeon"), "pigeons"),
    tables=Tables(
        messages="pigeon_notes",
        message="note_id",
        receivers="pigeon_lofts",
        receiver="loft_id",
        attempts="pigeon_flights",
        columns={"words": "m.words", "place": "r.place"},
        is_open="NOT r.is_closed",
        closed="its loft is closed",
    ),
    judge=never_mind,
)


@dataclass
class Pigeoneer:
    """Sends pigeons; the next of ``ends`` is what comes of each."""

    runtime: Runtime
    ends: list[Sent] = field(default_factory=list)
    flown: list[Note] = field(default_factory=list)
    schedule: Sequence[timedelta] = (timedelta(minutes=1),)
    chance: Callable[[], float] = lambda: 0

    async def send(self, letter: Note) -> Sent:
        self.flown.append(letter)
        return self.ends.pop(0)

    async def write(self, words: str, place: str) -> UUID:
        """A note for a place; answers its pigeon."""
        loft, note, pigeon = new_id(), new_id(), new_id()
        await self.fetch("INSERT INTO pigeon_lofts VALUES ($1, $2)", loft, place)
        await self.fetch("INSERT INTO pigeon_notes VALUES ($1, $2)", note, words)
        await self.fetch(
            "INSERT INTO pigeons (id, note_id, loft_id) VALUES ($1, $2, $3)", pigeon, note, loft
        )
        return pigeon

    async def fly(self, pigeon: UUID) -> tuple[str, int | None]:
        """Run its job; answers its state, and the whole minutes until the next flight."""
        await send_once(self.runtime, PIGEONS, self, pigeon)
        [row] = await self.fetch(
            "SELECT state, round(extract(epoch FROM next_attempt_at - now()) / 60)::int AS minutes "
            "FROM pigeons WHERE id = $1",
            pigeon,
        )
        return row["state"], row["minutes"]

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        async with self.runtime.database.unit_of_work(actor="test") as work:
            return list(await work.fetch(query, *arguments))


def ended(verdict: Verdict, retry_after: timedelta | None = None) -> Sent:
    """A flight's end."""
    return Sent(verdict, None, None, "", 1, retry_after)


@pytest.fixture
async def pigeoneer(database: Database) -> AsyncIterator[Pigeoneer]:
    """Whoever keeps pigeons, with lofts and notes of its own in the database."""
    made = Pigeoneer(Runtime(Settings(), database, Live(database.connect)))
    for table in TABLES:
        await made.fetch(table)
    yield made
    await made.fetch("DROP TABLE pigeons, pigeon_notes, pigeon_lofts, pigeon_flights")


class TestALetter:
    async def test_is_made_of_what_the_channel_names(self, pigeoneer: Pigeoneer) -> None:
        """What message and receiver say, and which attempt it is."""
        pigeoneer.ends = [ended(Verdict.ACCEPTED)]
        pigeon = await pigeoneer.write("Come home", "Olinda")

        state, _ = await pigeoneer.fly(pigeon)

        [note] = pigeoneer.flown
        assert ("delivered", "Come home", "Olinda", 1) == (
            state,
            note.words,
            note.place,
            note.number,
        )

    async def test_waits_as_its_receiver_asks_then_fails_with_the_schedule(
        self, pigeoneer: Pigeoneer
    ) -> None:
        """A longer wait is granted; the attempt after the last wait is the last."""
        pigeoneer.ends = [ended(Verdict.AGAIN, timedelta(minutes=7)), ended(Verdict.AGAIN)]
        pigeon = await pigeoneer.write("Come home", "Olinda")

        assert ("waiting", 7) == await pigeoneer.fly(pigeon)
        await pigeoneer.fetch("UPDATE pigeons SET next_attempt_at = now()")
        assert ("failed", None) == await pigeoneer.fly(pigeon)

    async def test_is_not_sent_to_a_closed_receiver(self, pigeoneer: Pigeoneer) -> None:
        """It is cancelled, and the history says why in the channel's words."""
        pigeon = await pigeoneer.write("Come home", "Olinda")
        await pigeoneer.fetch("UPDATE pigeon_lofts SET is_closed = true")

        state, _ = await pigeoneer.fly(pigeon)

        causes = await pigeoneer.fetch("SELECT cause FROM history WHERE subject_id = $1", pigeon)
        assert ("cancelled", [], ["its loft is closed"]) == (
            state,
            pigeoneer.flown,
            [row["cause"] for row in causes],
        )

    async def test_that_is_given_up_makes_room_for_the_next(self, pigeoneer: Pigeoneer) -> None:
        """What stood behind it waits for nobody else to wake it."""
        spent = await pigeoneer.write("Come home", "Olinda")
        behind = await pigeoneer.write("At once", "Olinda")
        await pigeoneer.fetch(
            "UPDATE pigeons SET loft_id = (SELECT loft_id FROM pigeons WHERE id = $1)", spent
        )
        await pigeoneer.fetch(
            "UPDATE pigeons SET state = 'sending', tries = 20, lease_until = now() - interval '1 s' "
            "WHERE id = $1",
            spent,
        )
        await pigeoneer.fetch("UPDATE pigeons SET is_held = true WHERE id = $1", behind)

        state, _ = await pigeoneer.fly(spent)

        [row] = await pigeoneer.fetch("SELECT is_held FROM pigeons WHERE id = $1", behind)
        assert ("failed", False) == (state, row["is_held"])
