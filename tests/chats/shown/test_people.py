"""What a client has written in a chat about their contract is theirs: exported, and erased with them."""

from uuid import UUID

import pytest

from tests.chats.story import converse
from tests.forgetting import CUSTOMER, PEOPLE, traces
from tests.web.conftest import Site
from tramita.kit.people.erasing import erase_person
from tramita.kit.people.files import forget_files

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "Zulmira Quartzberg"


async def test_what_was_said_about_a_contract_is_its_clients(site: Site) -> None:
    """While something is being sent nobody is erased; then nothing of them is left, files too."""
    database = site.runtime.database
    client = (await site.ask("POST", "/api/v1/customers", json=CUSTOMER)).body["id"]
    line = {"name": "A payment", "backend": "net", "customer": client}
    contract = (await site.ask("POST", "/api/v1/contracts", json=line)).body["id"]
    await converse(database, site.runtime.settings.data_dir, NAME)
    await database.fetch("UPDATE chat_cards SET subject_id = $1", UUID(contract))
    await site.ask("POST", f"/api/v1/contracts/{contract}/cancel", json={"reason": "over"})

    told = await site.ask("POST", "/api/v1/customers/export", json={"person": client})
    refused = await site.ask("POST", "/api/v1/customers/erase", json={"person": client})
    await database.fetch("UPDATE chat_deliveries SET state = 'delivered'")
    asked = await site.ask("POST", "/api/v1/customers/erase", json={"person": client})
    await erase_person(database, PEOPLE, UUID(asked.body["id"]))

    held = str(told.body)
    assert f"I am still {NAME}" in held
    assert f"Good day, {NAME}" in held
    assert (409, 202) == (refused.status, asked.status)
    assert "is being sent" in refused.body["detail"]
    assert [] == await traces(database)
    await forget_files(site.runtime)
    assert [] == await database.fetch("SELECT FROM stored_files")
