"""No tenant, and no guest of its chats, fills what is everybody's."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio

from tests.hours import until_an_hour_lasts
from tests.transfers.webapp.lobby import AGENT, ASSETS, PDF, Lobby, form
from tramita.kit.quotas import QuotaSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def unspent(lobby: Lobby) -> AsyncIterator[None]:
    """Nothing was sent within this hour before, and it does not turn meanwhile."""
    await until_an_hour_lasts(lobby.site.runtime.database)
    await lobby.site.runtime.database.fetch("DELETE FROM quotas")
    yield
    lobby.site.runtime.configure(QuotaSettings())


class TestFiles:
    async def test_of_one_guest_end_where_there_are_too_many(self, lobby: Lobby) -> None:
        """They are told when to come again; everybody else in the chat goes on."""
        lobby.site.runtime.configure(QuotaSettings(guest_uploads=2))
        room = await lobby.room()
        client, agent = await lobby.visit(room), await lobby.visit(room, AGENT)

        told = [await client.ask("POST", ASSETS, data=form()) for _ in range(3)]

        assert [201, 201, 429] == [one.status for one in told]
        assert "quota_exceeded" == told[2].body["code"]
        assert 0 < int(told[2].headers["Retry-After"]) <= 3600
        assert 201 == (await agent.ask("POST", ASSETS, data=form())).status

    async def test_of_one_tenant_end_by_their_size(self, lobby: Lobby) -> None:
        """Whoever brings them, our bot too."""
        lobby.site.runtime.configure(QuotaSettings(upload_megabytes=1))
        room = await lobby.room()
        bot = await lobby.bot()
        large = PDF + b"%" * 900_000

        first = await (await lobby.visit(room)).ask("POST", ASSETS, data=form(large))
        second = await bot.ask("POST", f"/chats/{room.number}/assets", data=form(large))

        assert (201, 429) == (first.status, second.status)


class TestMessages:
    async def test_are_not_read_where_they_are_as_long_as_a_file(self, lobby: Lobby) -> None:
        """JSON is read at once, while everybody else waits; an export goes as a file."""
        room, bot = await lobby.room(), await lobby.bot()
        body = b'{"items": [' + b"{}," * 700_000 + b"{}]}"

        told = await bot.ask("POST", f"/chats/{room.number}/messages:batch", data=BytesIO(body))

        assert (413, "too_large") == (told.status, told.body["code"])

    async def test_that_programs_hand_in_have_an_end(self, lobby: Lobby) -> None:
        """A batch counts as many as it has, and is refused as a whole."""
        lobby.site.runtime.configure(QuotaSettings(messages=3))
        room, bot = await lobby.room(), await lobby.bot()
        items = [{"message_id": n, "date": 1767225600, "text": "x"} for n in (1, 2)]
        path = f"/chats/{room.number}/messages:batch"

        told = [await bot.ask("POST", path, json={"items": items}) for _ in range(2)]

        assert [200, 429] == [one.status for one in told]
