"""The jobs of a channel: send one letter; find what was lost."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from tramita.kit.batching import MicroBatch
from tramita.kit.database.conditions import one_of
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Schedule
from tramita.kit.outbox.channel import Channel
from tramita.kit.outbox.letters import L, Letter, Sent, Settlement, Verdict, wait_after
from tramita.kit.outbox.lifecycle import OPEN
from tramita.kit.outlasting import outlast
from tramita.kit.transient import is_transient

I = TypeVar("I")  # noqa: E741 - an item
O = TypeVar("O")  # noqa: E741 - its answer
L_contra = TypeVar("L_contra", bound=Letter, contravariant=True)

_AWAY: Final = "the database was away before it went"


class Host(Protocol):
    """What sending needs of the runtime."""

    @property
    def database(self) -> Database: ...

    def gathered(
        self, query: Callable[[UnitOfWork, Sequence[I]], Awaitable[Sequence[O]]]
    ) -> MicroBatch[I, O]: ...


class Sender(Protocol[L_contra]):
    """Whoever sends a channel's letters.

    ``schedule`` is how long to wait between attempts, ``chance`` by how much each wait varies.
    """

    @property
    def schedule(self) -> Sequence[timedelta]: ...

    @property
    def chance(self) -> Callable[[], float]: ...

    async def send(self, letter: L_contra) -> Sent:
        """Send it once. Never raises for what a receiver does.

        What it reads and writes down of ours it does before anything goes.
        """


async def send_once(host: Host, channel: Channel[L], sender: Sender[L], delivery_id: UUID) -> None:
    """Send a delivery once, if it is to be sent now, and record what came of it.

    What a receiver has said is not lost because our own database is away just now.
    """
    letter = await host.gathered(channel.take).add(delivery_id)
    if letter is None:
        return
    try:
        sent = await sender.send(letter)
    except Exception as error:
        if not is_transient(error):
            raise
        sent = Sent(Verdict.AGAIN, None, _AWAY, "", 0)
    wait = wait_after(
        letter.tries, sender.schedule, retry_after=sent.retry_after, chance=sender.chance()
    )
    settlement = Settlement(letter, sent, wait)
    await outlast(lambda: host.gathered(channel.settle).add(settlement), channel.lease)


def sweep_of(channel: Channel[L]) -> Schedule[Any]:
    """What looks after a channel's deliveries."""

    async def sweep_lost(host: Host) -> None:
        async with host.database.unit_of_work(actor=channel.name) as work:
            await enqueue_lost(work, channel)

    return Schedule(f"{channel.name}.sweep_lost", "* * * * * */5", sweep_lost)


async def enqueue_lost(work: UnitOfWork, channel: Channel[L], *, limit: int = 500) -> int:
    """Enqueue again what lost its job or its worker; answers how many."""
    deliveries = channel.deliveries.table
    rows = await work.fetch(
        f"""
        WITH lost AS (
            SELECT id FROM {deliveries}
            WHERE {one_of("state", OPEN)} AND wake_at < now()
            ORDER BY wake_at LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        UPDATE {deliveries} AS d SET wake_at = now() + $2::interval
        FROM lost WHERE d.id = lost.id
        RETURNING d.id
        """,  # noqa: S608 - names are ours
        limit,
        channel.patience,
    )
    for row in rows:
        key = f"{channel.job}:{row['id']}"
        work.enqueue(channel.job, key=key, is_sweep=True, delivery_id=row["id"])
    return len(rows)
