"""Every area's routes, templates, jobs and schedules: the one list of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from litestar.types import ControllerRouterHandler
from pydantic_settings import BaseSettings

import tramita
from tramita.console.routes import TEMPLATES as CONSOLE_TEMPLATES
from tramita.console.routes import console
from tramita.contracts import api as contracts_api
from tramita.contracts.backends import load_backends
from tramita.kit import inbox
from tramita.kit.idempotency import forget_old_keys
from tramita.kit.jobs import Job, Schedule
from tramita.kit.operations import ledger
from tramita.kit.operations.kind import OperationKind
from tramita.kit.runtime import Runtime
from tramita.kit.webhooks import delivering
from tramita.numbering import jobs as numbering
from tramita.numbering.api.ddds import DDDsController
from tramita.numbering.api.devices import DevicesController
from tramita.numbering.api.numbers import NumbersController, release
from tramita.numbering.api.previews import PreviewsController, reserve_random
from tramita.numbering.devices import jobs as devices
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.pages import NumberingDemo
from tramita.numbering.settings import NumberingSettings
from tramita.portability import jobs as portability
from tramita.portability.api.documents import DocumentsController
from tramita.portability.api.envelopes import EnvelopesController
from tramita.portability.api.formalization import send_link, show_details
from tramita.portability.api.socket import envelope_socket
from tramita.portability.pages import formalization_page
from tramita.portability.settings import PortabilitySettings
from tramita.web import health, webhooks
from tramita.web.inbox import receive_webhook
from tramita.web.operations import OperationsController

ROUTES: Sequence[ControllerRouterHandler] = [
    *contracts_api.handlers,
    EnvelopesController,
    DocumentsController,
    send_link,
    show_details,
    envelope_socket,
    formalization_page,
    DDDsController,
    DevicesController,
    PreviewsController,
    reserve_random,
    NumbersController,
    release,
    NumberingDemo,
    OperationsController,
    console,
    receive_webhook,
    *webhooks.handlers,
    *health.handlers,
]

# What areas read from the environment for themselves, by the title of the page about it.
AREA_SETTINGS: Mapping[str, type[BaseSettings]] = {
    "Portability": PortabilitySettings,
    "Numbering": NumberingSettings,
    "Devices": DeviceSettings,
}

_AREAS_WITH_PAGES = ("portability", "numbering")
TEMPLATES = [
    *(Path(tramita.__file__).parent / area / "templates" for area in _AREAS_WITH_PAGES),
    CONSOLE_TEMPLATES,
]


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


async def sweep_lost_operations(runtime: Runtime) -> None:
    """Enqueue anew whatever lost its job or its worker."""
    async with runtime.database.unit_of_work(actor="sweep") as work:
        await ledger.enqueue_lost(work)


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
