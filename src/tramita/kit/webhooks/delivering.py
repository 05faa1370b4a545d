"""The jobs: deliver one event to one endpoint; what the outbox does for every channel."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from tramita.kit.jobs import Job, Schedule
from tramita.kit.outbox import sending
from tramita.kit.webhooks.channel import CHANNEL
from tramita.kit.webhooks.courier import Courier


class Host(sending.Host, Protocol):
    """What delivering needs of the runtime."""

    @property
    def webhooks(self) -> Courier: ...


async def deliver(host: Host, delivery_id: UUID) -> None:
    """Post an event to an endpoint once, and record what came of it.

    A 2xx delivers it, 410 disables the endpoint; anything else is tried again when the
    schedule says. An operator sees a delivery that is stuck as ``waiting`` with the time of
    its next attempt, or ``failed`` with all of its attempts.
    """
    await sending.send_once(host, CHANNEL, host.webhooks, delivery_id)


JOBS: Sequence[Job[Any]] = [Job(CHANNEL.job, deliver)]
SCHEDULES: Sequence[Schedule[Any]] = [sending.sweep_of(CHANNEL)]
