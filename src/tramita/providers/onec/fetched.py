"""``BackOffice`` on a 1C that cannot be called: it fetches its messages itself.

Whatever is wanted of it is accepted by being written down; it ends when 1C acknowledges it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import NotSent, Outcome, Pending
from tramita.providers.onec.links import web_link
from tramita.transfers.ports import (
    TO_BE_FETCHED,
    AgentTold,
    DocumentRequest,
    FilesTold,
    OfficeApplication,
    OfficeDocument,
    OfficeJob,
    PaymentTold,
    Pong,
)

# Nothing is learnt by asking; that it is looked at at all shows what waits for long.
_LOOK_AGAIN: Final = timedelta(hours=1)
_WAITS: Final = Pending(TO_BE_FETCHED, _LOOK_AGAIN)


@dataclass(frozen=True)
class FetchedGateway:
    """``web_url`` is where browsers find the base; empty: nowhere."""

    web_url: str

    async def create_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """It fetches it."""
        return _WAITS

    async def find_application(
        self, external_id: str, attempt: Attempt
    ) -> Outcome[OfficeDocument | None]:
        """It says so when it has fetched it."""
        return _WAITS

    async def update_application(
        self, application: OfficeApplication, attempt: Attempt
    ) -> Outcome[OfficeDocument]:
        """It fetches it."""
        return _WAITS

    async def cancel_application(
        self, external_id: str, reason: str, attempt: Attempt
    ) -> Outcome[None]:
        """It fetches it."""
        return _WAITS

    async def set_payment_status(self, told: PaymentTold, attempt: Attempt) -> Outcome[None]:
        """It fetches it."""
        return _WAITS

    async def set_agent(self, told: AgentTold, attempt: Attempt) -> Outcome[None]:
        """It fetches it."""
        return _WAITS

    async def set_files(self, told: FilesTold, attempt: Attempt) -> Outcome[None]:
        """It fetches it."""
        return _WAITS

    async def request_document(
        self, request: DocumentRequest, attempt: Attempt
    ) -> Outcome[OfficeJob]:
        """It fetches it."""
        return _WAITS

    async def find_document_job(
        self, external_id: str, job_id: str, attempt: Attempt
    ) -> Outcome[OfficeJob | None]:
        """The document comes by itself."""
        return _WAITS

    async def is_there(self, attempt: Attempt) -> Outcome[Pong]:
        """It is never called."""
        return NotSent("1C fetches its messages, and cannot be asked", _LOOK_AGAIN)

    def web_link(self, link: str) -> str | None:
        """Where the base is published."""
        return web_link(self.web_url, link)
