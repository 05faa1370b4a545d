"""Deaths while applications are carried to 1C.

The ledger of the base judges: one document of an application, whatever was lost on the way.
"""

from collections.abc import Mapping
from typing import ClassVar, Final
from uuid import UUID

from tests.crashes.dying import ActCrashes
from tests.transfers.house import House, open_house
from tests.transfers.pricing import price
from tests.world import until
from tramita.transfers.documents import DocumentKind, Request, request_document
from tramita.transfers.lifecycle import ApplicationTrigger, PaymentTrigger
from tramita.transfers.model import Application
from tramita.transfers.service import edit_application, get_application, move_payment

ONEC: Final = "onec"


class Transfers(ActCrashes):
    """A house whose processes are killed."""

    environment: ClassVar[Mapping[str, str]] = {
        "TRAMITA_ONEC_DEADLINE": "120",
        "TRAMITA_ONEC_CONCURRENCY": "20",
        "TRAMITA_OFFICE_ASK_AFTER": "0.2",
        "TRAMITA_OFFICE_GRACE": "600",
    }
    house: House

    async def ready(self) -> None:
        """Two tenants with their agents, and licences for everybody."""
        self.house = await open_house(self.world.database)
        await self.vendor(ONEC).act(licences=1000)

    # Subjects.

    async def drafted(self) -> UUID:
        """An application that is filled in."""
        return (await self.house.draft()).id

    async def sent(self) -> UUID:
        """One that 1C has."""
        id_ = (await self.house.in_house()).id
        await until(lambda: self.is_sent(id_))
        return id_

    async def accepted(self) -> UUID:
        """One whose conditions are accepted."""
        id_ = await self.sent()
        await price(self.house, await self.look(id_))
        return id_

    async def look(self, id_: UUID) -> Application:
        """The application as it is."""
        async with self.world.database.reading() as work:
            return await get_application(work, id_)

    # What is begun.

    async def check_it(self, id_: UUID) -> None:
        """The agent finds it right."""
        await self.house.move(id_, ApplicationTrigger.CHECK)

    async def change(self, id_: UUID) -> None:
        """The agent corrects it."""
        who = self.house.as_agent
        async with self.house.acting(who) as work:
            await edit_application(work, id_, {"money": {"amount": "13000.00"}}, None, who)

    async def give_up(self, id_: UUID) -> None:
        """The agent takes it back."""
        await self.house.move(id_, ApplicationTrigger.REOPEN_DRAFT)

    async def pay(self, id_: UUID) -> None:
        """The client says that the money is sent."""
        who = self.house.as_client
        async with self.house.acting(who) as work:
            await move_payment(work, id_, PaymentTrigger.SEND, who)

    async def ask_for_document(self, id_: UUID) -> None:
        """The agent asks for an act."""
        who = self.house.as_agent
        async with self.house.acting(who) as work:
            await request_document(work, id_, Request(DocumentKind.ACT), who)

    # By which words 1C knows it.

    async def names(self, id_: UUID) -> set[str]:
        """Our own."""
        return {str(id_)}

    # Where it stands in the end.

    async def is_sent(self, id_: UUID) -> bool:
        """Whether 1C has made its document, with what stands in it."""
        one = await self.look(id_)
        return one.onec_ref is not None and one.onec_revision == one.revision

    async def is_changed(self, id_: UUID) -> bool:
        """Whether 1C has the second revision."""
        return (await self.look(id_)).onec_revision == 2

    async def is_given_up(self, id_: UUID) -> bool:
        """Whether 1C has given it up."""
        query = "SELECT FROM office_standings WHERE application_id = $1 AND is_cancelled"
        return bool(await self.fetch(query, id_))

    async def is_told(self, id_: UUID) -> bool:
        """Whether 1C knows of the money."""
        query = "SELECT FROM office_standings WHERE application_id = $1 AND payment_told = 'client_sent'"
        return bool(await self.fetch(query, id_))

    async def is_asked_for(self, id_: UUID) -> bool:
        """Whether the act is being made."""
        query = "SELECT FROM document_jobs WHERE application_id = $1 AND state <> 'requested'"
        return bool(await self.fetch(query, id_))
