"""The jobs: deliver one event to one endpoint; find what was lost."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tramita.kit.batching import MicroBatch
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job, Schedule
from tramita.kit.webhooks import deliveries
from tramita.kit.webhooks.courier import Courier
from tramita.kit.webhooks.deliveries import ACTOR, Settlement
from tramita.kit.webhooks.emission import DELIVER
from tramita.kit.webhooks.retries import wait_after

I = TypeVar("I")  # noqa: E741 - an item
O = TypeVar("O")  # noqa: E741 - its answer


class Host(Protocol):
    """What delivering needs of the runtime."""

    @property
    def database(self) -> Database: ...

    @property
    def webhooks(self) -> Courier: ...

    def gathered(
        self, query: Callable[[UnitOfWork, Sequence[I]], Awaitable[Sequence[O]]]
    ) -> MicroBatch[I, O]: ...


async def deliver(host: Host, delivery_id: UUID) -> None:
    """Post an event to an endpoint once, and record what came of it.

    A 2xx delivers it, 410 disables the endpoint; anything else is tried again when the
    schedule says. An operator sees a delivery that is stuck as ``waiting`` with the time of
    its next attempt, or ``failed`` with all of its attempts.
    """
    letter = await host.gathered(deliveries.take).add(delivery_id)
    if letter is None:
        return
    courier = host.webhooks
    posted = await courier.post(letter)
    wait = wait_after(
        letter.tries,
        courier.schedule,
        retry_after=posted.retry_after,
        chance=courier.chance(),
    )
    await host.gathered(deliveries.settle).add(Settlement(letter, posted, wait))


async def sweep_lost(host: Host) -> None:
    """Enqueue again whatever lost its job or its worker."""
    async with host.database.unit_of_work(actor=ACTOR) as work:
        await deliveries.enqueue_lost(work)


JOBS: Sequence[Job[Any]] = [Job(DELIVER, deliver)]
SCHEDULES: Sequence[Schedule[Any]] = [
    Schedule("webhooks.sweep_lost", "* * * * * */5", sweep_lost),
]
