"""Keeping the list of devices up to date.

A sweep looks every few seconds whether a reading is due: once an hour, at once where there is
no list yet, sooner after one that failed. The reading is a job: it asks for page after page
with no transaction open, and takes over what it read in one. Until then, and for as long as
no reading succeeds, everybody is answered from the list before, with the time it is of.
"""

from datetime import timedelta
from typing import Final

import structlog

from tramita.kit.jobs import Job
from tramita.kit.masking import mask_text
from tramita.kit.runtime import Runtime
from tramita.numbering.devices.ports import DeviceCatalog
from tramita.numbering.devices.provider import PROVIDER
from tramita.numbering.devices.reading import CatalogReader, Reading, ReadingFailed
from tramita.numbering.devices.settings import DeviceSettings
from tramita.numbering.devices.stored import begin_reading, note_failure, take_due, take_over

log = structlog.get_logger(__name__)


async def sync_devices(runtime: Runtime) -> None:
    """Read the provider's list of devices, and take it over when it was read whole.

    Nothing can come of it but a newer list: one that fails is logged as
    ``device_list_not_read`` with the reason, which ``device_catalog.failure`` keeps, and is
    tried again by the sweep.
    """
    settings = runtime.configured(DeviceSettings)
    async with runtime.database.unit_of_work(actor="sync") as work:
        course = await begin_reading(work, settings)
    catalog = runtime.gateway(DeviceCatalog, PROVIDER)
    reader = CatalogReader(catalog, timedelta(seconds=settings.sync_pause))
    try:
        reading = await reader.read(course.known)
    except ReadingFailed as failed:
        why = mask_text(str(failed))
        log.warning("device_list_not_read", provider=PROVIDER, why=why)
        async with runtime.database.unit_of_work(actor="sync") as work:
            await note_failure(work, course, why)
        return
    async with runtime.database.unit_of_work(actor="sync") as work:
        is_taken = await take_over(work, course, reading, settings)
    log.info("device_list_read", is_taken_over=is_taken, is_full=course.is_full, **_size(reading))


def _size(reading: Reading) -> dict[str, int]:
    models = sum(len(listing.items) for listing in reading.models.values())
    return {"brands": len(reading.brands.items) if reading.brands else 0, "models": models}


SYNC: Final[Job[Runtime]] = Job("numbering.sync_devices", sync_devices, concurrency=1)


async def sync_when_due(runtime: Runtime) -> None:
    """Enqueue a reading when one is due; an installation without the provider has no list."""
    if PROVIDER not in runtime.exchanges:
        return
    async with runtime.database.unit_of_work(actor="timer") as work:
        if await take_due(work, runtime.configured(DeviceSettings)):
            work.enqueue(SYNC, key="numbering.sync_devices", is_sweep=True)
