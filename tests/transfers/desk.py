"""Applications of a house, and the 1C that they are priced in: what tests of the way there ask for."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pytest

from tests.conftest import world_apart
from tests.transfers.house import ONEC, House, open_house
from tests.transfers.pricing import price
from tests.world import World, until
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.files import StoredFile, digest_of
from tramita.testing.control import VendorControl
from tramita.transfers.documents import DocumentKind, NewDocument, add_document
from tramita.transfers.journey.look_there import look_there
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application
from tramita.transfers.office.settings import OfficeSettings
from tramita.transfers.office.standing import OnecState, Standing, standings
from tramita.transfers.service import assign_agent, edit_application, get_application
from tramita.transfers.who import Who

# What takes minutes in a back office is a matter of moments here. Nothing is left to a person because
# a busy machine has asked late, and nothing is believed that 1C may still be at.
QUICK = OfficeSettings(ask_after=0.05, grace=3.0, outage_wait=600.0, files_after=0)
# For so long whoever is silent is waited for, by those who are impatient.
IMPATIENT = timedelta(seconds=1)


@dataclass
class Desk:
    """A house whose applications go to ``onec``."""

    world: World
    house: House
    onec: VendorControl

    @classmethod
    async def of_world(cls, world: World) -> Self:
        """A desk in a world, with a house."""
        world.runtime.configure(QUICK)
        onec = VendorControl(world.qitech.session, "onec")
        await onec.act(licences=1000)
        return cls(world, await open_house(world.database), onec)

    async def application(self, id_: UUID) -> Application:
        """As it is now."""
        async with self.house.database.unit_of_work(actor="test") as work:
            return await get_application(work, id_)

    async def standing(self, id_: UUID) -> Standing:
        """How it stands in 1C."""
        async with self.house.database.unit_of_work(actor="test") as work:
            return (await standings(work, [id_]))[id_]

    async def until_stands(self, id_: UUID, state: OnecState, *, deadline: float = 60) -> None:
        """Wait until it stands so in 1C; what waits is done at once."""

        async def is_so() -> bool:
            await self.world.hasten()
            return (await self.standing(id_)).state is state

        await until(is_so, deadline=deadline)

    async def at_onec(self, **more: Any) -> Application:
        """An application that has its document."""
        made = await self.house.in_house(**more)
        await self.until_stands(made.id, OnecState.ACKED)
        return await self.application(made.id)

    async def at_onec_in(self, state: str) -> Application:
        """An application that 1C has, in this state."""
        made, house = await self.at_onec(), self.house
        if state != "new_in_house":
            await price(house, made)
        if state in ("in_work", "completed"):
            await house.move(made.id, T.START_WORK, ONEC)
        if state == "completed":
            await house.move(made.id, T.COMPLETE, house.as_lead, reason="signed on paper")
        return await self.application(made.id)

    async def edit(self, id_: UUID, who: Who | None = None, **groups: Any) -> Application:
        """Somebody, the agent unless it is said, changes groups of its form."""
        who = who or self.house.as_agent
        async with self.house.acting(who) as work:
            return await edit_application(work, id_, groups, None, who)

    async def assign(self, id_: UUID, agent: UUID) -> Application:
        """The manager has another agent work on it."""
        who = self.house.as_lead
        async with self.house.acting(who) as work:
            return await assign_agent(work, id_, agent, who)

    async def agent_there(self, id_: UUID) -> str | None:
        """Whose it is as far as 1C knows, if it knows of it."""
        document = (await self.documents_there()).get(str(id_))
        return None if document is None else document["agent"]

    async def documents_there(self) -> dict[str, dict[str, Any]]:
        """What every application's document in 1C says, by our name of it."""
        return {
            one["subject"]: one["data"]
            for one in await self.onec.effects()
            if "agent" in one["data"]
        }

    async def add(
        self,
        id_: UUID,
        name: str = "Contract.pdf",
        *,
        kind: DocumentKind = DocumentKind.CONTRACT,
        who: Who | None = None,
    ) -> str:
        """Somebody, the client unless it is said, adds a document; its id."""
        who = who or self.house.as_client
        digest = await digest_of(f"%PDF of {name}".encode())
        kept = StoredFile(digest.hex(), 1024, "application/pdf")
        new = NewDocument(kind, name, kept, digest)
        async with self.house.acting(who) as work:
            made, _ = await add_document(work, id_, new, who)
        return str(made.id)

    async def files_there(self, id_: UUID) -> list[str]:
        """What people have put to it as far as 1C knows, by our names of the files."""
        return list((await self.documents_there())[str(id_)]["files"])

    async def until_filed(self, id_: UUID, *files: str) -> None:
        """Wait until 1C knows of these files of it, and its invoice; what waits is done at once."""

        async def is_so() -> bool:
            await self.world.hasten()
            return set(files) < set(await self.files_there(id_))

        await until(is_so)

    async def effects(self, id_: UUID) -> list[str]:
        """What really happened to it in 1C, in order."""
        return [one["effect"] for one in await self.onec.effects() if one["subject"] == str(id_)]

    async def until_done(self, id_: UUID, effect: str) -> None:
        """Wait until that happened to it in 1C."""

        async def is_so() -> bool:
            await self.world.hasten()
            return effect in await self.effects(id_)

        await until(is_so)

    async def until_looked_at(self, id_: UUID) -> None:
        """Wait until 1C was asked what has become of what was in doubt, and what follows is done."""

        async def is_so() -> bool:
            await look_there(self.world.runtime)
            return not await self.world.fetch(
                "SELECT FROM office_standings WHERE application_id = $1 AND doubted_at IS NOT NULL",
                id_,
            )

        await until(is_so)
        await self.world.until_at_rest()

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Wait a second for each of 1C's answers, and no longer."""
        runtime = self.world.runtime
        exchange = runtime.exchanges["onec"]
        usual, exchange.deadline = exchange.deadline, IMPATIENT
        # By the deadline that it finds a kind's desk counts its leases, when it is made.
        runtime._desks.clear()
        try:
            yield
        finally:
            exchange.deadline = usual
            runtime._desks.clear()

    async def fail(self, operation: str, id_: UUID, *, kind: str, **more: Any) -> None:
        """Have the next such call about it fail."""
        await self.onec.fail(kind, operation=operation, match={"external_id": str(id_)}, **more)


@asynccontextmanager
async def open_desk(server: EmbeddedPostgres, folder: Path, **onec: str) -> AsyncIterator[Desk]:
    """A world with 1C, set up so (``way="odata"``), and a house."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in onec.items():
            patch.setenv(f"TRAMITA_ONEC_{name.upper()}", value)
        async with world_apart(server, folder) as world:
            yield await Desk.of_world(world)
