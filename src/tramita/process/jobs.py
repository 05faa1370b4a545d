"""What runs in workers, of every area: jobs, schedules, kinds of operation; the one list of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from tramita.contracts.backends import load_backends
from tramita.kit import inbox
from tramita.kit.idempotency import forget_old_keys
from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations import sweep
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks import delivering
from tramita.numbering import jobs as numbering
from tramita.numbering.devices import jobs as devices
from tramita.portability import jobs as portability


def all_jobs() -> list[Job[Any]]:
    """The jobs of every area and of every installed contract backend."""
    backends = load_backends().loaded.values()
    return [
        *portability.JOBS,
        *numbering.JOBS,
        *devices.JOBS,
        *delivering.JOBS,
        *(job for backend in backends for job in backend.jobs),
    ]


KINDS: Mapping[str, OperationKind[Any, Any]] = {
    kind.name: kind for kind in (*portability.KINDS, *numbering.KINDS)
}

_ON_HELD = {kind.name: kind.hold for kind in KINDS.values() if kind.hold is not None}


async def sweep_lost_operations(runtime: Runtime) -> None:
    """Enqueue anew whatever lost its job or its worker."""
    async with runtime.database.unit_of_work(actor="sweep") as work:
        await sweep.enqueue_lost(work, on_held=_ON_HELD)


async def enqueue_forgotten_messages(runtime: Runtime) -> None:
    """Try kept messages of providers again that lost their job."""
    async with runtime.database.unit_of_work(actor="sweep") as work:
        for provider, receiver in runtime.receivers.items():
            await inbox.enqueue_forgotten(work, provider, job=receiver.job)


async def forget_idempotency_keys(runtime: Runtime) -> None:
    """Drop idempotency keys older than a day."""
    await forget_old_keys(runtime.database)


SCHEDULES: Sequence[Schedule[Runtime]] = [
    Schedule("operations.sweep_lost", "* * * * * */2", sweep_lost_operations),
    Schedule("inbox.enqueue_forgotten", "*/5 * * * *", enqueue_forgotten_messages),
    Schedule("idempotency.forget_old_keys", "17 * * * *", forget_idempotency_keys),
    *portability.SCHEDULES,
    *numbering.SCHEDULES,
    *devices.SCHEDULES,
    *delivering.SCHEDULES,
]
