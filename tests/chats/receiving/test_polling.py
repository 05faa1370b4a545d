"""Updates are asked for, kept, and only then forgotten at the messenger."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chats.receiving.reception import Reception, reception_at
from tramita.chats.receiving import polling
from tramita.chats.receiving.polling import poll
from tramita.kit import inbox
from tramita.kit.database.engine import Database

ONCE = timedelta()
A_WHILE = timedelta(seconds=0.3)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pauses."""
    monkeypatch.setattr(polling, "_LONGEST_PAUSE", timedelta())


async def pending(reception: Reception) -> int:
    """How many updates wait at Telegram."""
    async with reception.vendor.session.get("/telegram/__sim/state") as answer:
        waiting: int = (await answer.json())["conditions"]["pending_updates"]
        return waiting


@pytest.mark.usefixtures("at_once")
class TestAnUpdate:
    async def test_is_kept_and_then_forgotten_there(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In one turn: the next question says up to where the first was heard."""
        # It begins, goes on after the first answer, and is over after the second.
        monkeypatch.setattr(polling, "monotonic", iter((0.0, 0.0, 1.0)).__next__)
        async with reception_at(database, tmp_path, polls=True) as reception:
            await reception.new_group()
            waiting = await pending(reception)
            await poll(reception.runtime, A_WHILE)
            kept, left = await reception.kept(), await pending(reception)

        assert (2, 2, 0) == (waiting, len(kept), left)

    async def test_that_could_not_be_kept_comes_again(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The database was away; nothing is confirmed, nothing is lost, and nothing is kept twice."""
        async with reception_at(database, tmp_path, polls=True) as reception:
            await reception.new_group()
            with monkeypatch.context() as broken:

                async def fail(*_: object) -> list[bool]:
                    raise ConnectionResetError

                broken.setattr(inbox, "receive_all", fail)
                with pytest.raises(ConnectionResetError):
                    await poll(reception.runtime, ONCE)
            lost = await reception.kept(), await pending(reception)
            for _ in range(2):
                await poll(reception.runtime, ONCE)
            kept = await reception.kept()

        assert ([], 2) == lost
        assert 2 == len(kept) == len(set(kept))

    async def test_is_given_to_one_of_two_who_ask(self, database: Database, tmp_path: Path) -> None:
        """The other hears of a conflict, and asks again later."""
        async with reception_at(database, tmp_path, polls=True, waits=True) as reception:
            asking = [asyncio.create_task(poll(reception.runtime, ONCE)) for _ in range(2)]
            await until_two_have_asked(reception)
            await reception.new_group()
            await asyncio.gather(*asking)
            journal = [one for one in await reception.vendor.journal() if "Updates" in one["path"]]
            kept = await reception.kept()

        assert {200, 409} == {one["status"] for one in journal}
        assert kept

    async def test_is_not_asked_for_where_it_is_posted(
        self, database: Database, tmp_path: Path
    ) -> None:
        """Nobody asked for that."""
        async with reception_at(database, tmp_path) as reception:
            await poll(reception.runtime)
            asked = await reception.vendor.requests()

        assert 0 == asked


async def until_two_have_asked(reception: Reception) -> None:
    """The first is told at once that it is not alone."""
    async with asyncio.timeout(20):
        while not any(one["status"] == 409 for one in await reception.vendor.journal()):
            await asyncio.sleep(0)
