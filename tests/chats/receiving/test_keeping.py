"""A messenger posts to this installation, and it is seen where it does not."""

from pathlib import Path

import pytest

from tests.chats.receiving.reception import Reception, reception_at
from tests.world import until
from tramita.chats.ports import Chat, ChatType
from tramita.chats.receiving.keeping import find_unreceived, keep_receiving
from tramita.chats.receiving.settings import ReceivingSettings
from tramita.chats.registry import add_chats
from tramita.kit.database.engine import Database
from tramita.kit.findings import Verdict
from tramita.providers.telegram.settings import DEMO_PATH
from tramita.testing.messages import listening_for

DOOR = f"/telegram/webhook/{DEMO_PATH}"


async def sentences(reception: Reception) -> list[str]:
    """What the check says."""
    found = await find_unreceived(reception.runtime, "H6")
    return [one.sentence for one in found.differences]


class TestAMessenger:
    async def test_posts_to_us_from_the_first_look_on(
        self, database: Database, tmp_path: Path
    ) -> None:
        """What had waited comes too; a second look changes nothing."""
        async with (
            listening_for("telegram", DOOR) as (port, posted),
            reception_at(database, tmp_path, port=port) as reception,
        ):
            await reception.new_group()
            before = await sentences(reception)
            for _ in range(2):
                await keep_receiving(reception.runtime)
            first = await posted.get()
            after = await find_unreceived(reception.runtime, "H6")
            registered = await reception.vendor.ledger("webhook_set")

        assert ["updates go nowhere, not here"] == before
        assert (DOOR, 1) == (first.path, len(registered))
        assert "telegram-demonstration-secret" == first.headers["x-telegram-bot-api-secret-token"]
        assert Verdict.KEPT is after.verdict

    async def test_that_has_nothing_for_us_yet_may_post_nowhere(
        self, database: Database, tmp_path: Path
    ) -> None:
        """An installation that has just begun is sound, with no chat and nothing that waits."""
        async with reception_at(database, tmp_path) as reception:
            found = await find_unreceived(reception.runtime, "H6")

        assert (Verdict.KEPT, ()) == (found.verdict, found.differences)

    async def test_that_posts_elsewhere_is_called_back(
        self, database: Database, tmp_path: Path
    ) -> None:
        """Somebody has tried the bot on another machine."""
        async with reception_at(database, tmp_path) as reception:
            await reception.vendor.subscribe("http://127.0.0.1:9/elsewhere")
            before = await sentences(reception)
            await keep_receiving(reception.runtime)
            after = await reception.webhook()

        assert ["updates go elsewhere, not here"] == before
        assert f"http://127.0.0.1:8000{DOOR}" == after["url"]

    async def test_that_is_asked_posts_nowhere(self, database: Database, tmp_path: Path) -> None:
        """One of both, or the messenger answers neither."""
        async with reception_at(database, tmp_path, polls=True) as reception:
            await reception.vendor.subscribe(f"http://127.0.0.1:9{DOOR}")
            await keep_receiving(reception.runtime)
            after = await reception.webhook()
            found = await find_unreceived(reception.runtime, "H6")

        assert after["url"] is None
        assert Verdict.KEPT is found.verdict

    async def test_that_cannot_deliver_is_told_of(self, database: Database, tmp_path: Path) -> None:
        """With its own words, as long as anything waits."""
        async with reception_at(database, tmp_path, port=9) as reception:
            await keep_receiving(reception.runtime)
            await reception.new_group()

            async def has_failed() -> bool:
                return any(one["attempts"] for one in await reception.vendor.deliveries())

            await until(has_failed)
            [said] = await sentences(reception)
            await keep_receiving(reception.runtime)
            registered = await reception.vendor.ledger("webhook_set")

        assert said.startswith("it cannot deliver: ")
        assert 2 == len(registered)

    @pytest.mark.parametrize("most", [1, 100])
    async def test_for_whom_too_much_waits_is_told_of(
        self, database: Database, tmp_path: Path, most: int
    ) -> None:
        """From as many on as the settings say."""
        async with reception_at(database, tmp_path, polls=True) as reception:
            await reception.new_group()
            reception.runtime.configure(ReceivingSettings(polls=True, most_pending=most))
            found = await sentences(reception)

        assert (["2 updates wait there"] if most == 1 else []) == found

    async def test_that_does_not_answer_is_not_verified(
        self, database: Database, tmp_path: Path
    ) -> None:
        """As soon as there is a chat; and looking at it raises nothing."""
        async with reception_at(database, tmp_path) as reception:
            with reception.scene.disconnected():
                await keep_receiving(reception.runtime)
                before = await find_unreceived(reception.runtime, "H6")
                async with database.unit_of_work(actor="test") as work:
                    await add_chats(work, "telegram", {-4711: Chat(-4711, ChatType.GROUP, "Чай")})
                found = await find_unreceived(reception.runtime, "H6")

        assert Verdict.KEPT is before.verdict
        assert Verdict.NOT_VERIFIED is found.verdict
        assert found.unasked is not None
        assert found.unasked.startswith("telegram: ")
