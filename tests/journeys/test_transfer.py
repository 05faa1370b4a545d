"""A payment abroad, from a group in Telegram to 1C and back, over HTTP from one end to the other."""

import json

import pytest

from tests.conftest import fresh_database
from tests.conversation import Reader, blocks
from tests.databases import opened
from tests.journeys.bank import CHATS, OFFICE
from tests.world import running_world
from tramita.chats.check import check_chats
from tramita.chats.receiving.keeping import keep_receiving
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.tokens import create_token
from tramita.transfers.check import check_transfers

SCOPES = [
    "tenants:all",
    "tenants:write",
    "agents:write",
    "applications:read",
    "chats:read",
    "contracts:read",
]

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestThePage:
    async def test_is_as_it_says(
        self,
        server: EmbeddedPostgres,
        tmp_path_factory: pytest.TempPathFactory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Every command of ``docs/journeys/transfers.md`` gives the answer printed below it."""
        for name, value in CHATS.items():
            monkeypatch.setenv(name, value)
        async with fresh_database(server) as url, opened(url) as database:
            folder = tmp_path_factory.mktemp("page")
            async with running_world(database, url, folder) as world:
                world.runtime.configure(OFFICE)
                await keep_receiving(world.runtime)
                compared = 0
                async with world.database.unit_of_work(actor="test") as work:
                    token = await create_token(work, "page", SCOPES)
                reader = Reader(world, {"TOKEN": token})
                for language, text in blocks("transfers.md"):
                    if language == "sh":
                        await reader.type(text)
                        continue
                    expected = json.loads(text)

                    assert expected == await reader.read(expected)

                    compared += 1
                assert compared == 13
                found = [*await check_transfers(world.runtime), *await check_chats(world.runtime)]
                assert [] == [one for one in found if one.differences]
