"""Where a browser opens an application's document in its back office."""

from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.runtime import Runtime
from tramita.transfers.model import Application
from tramita.transfers.ports import OfficeLinks


async def web_link_of(runtime: Runtime, work: UnitOfWork, application: Application) -> str | None:
    """The document's address for browsers; ``None`` where there is none, or its office has no such."""
    if application.onec_link is None:
        return None
    provider = await _provider(work, application.id)
    if provider not in runtime.providers(OfficeLinks):
        return None
    return runtime.gateway(OfficeLinks, provider).web_link(application.onec_link)


async def _provider(work: UnitOfWork, application_id: UUID) -> str:
    rows = await work.fetch(
        "SELECT provider FROM office_standings WHERE application_id = $1", application_id
    )
    return rows[0]["provider"] if rows else ""
