"""Files of chats: fetched once, kept by what they are, and known again."""

import asyncio

import pytest

from tests.chats.messenger import House, message
from tests.chats.test_updates import messages
from tests.locks import until_waiting
from tramita.chats.attaching import Handed, get_asset, save_asset, tidy_name
from tramita.chats.errors import AssetNotFound
from tramita.chats.lifecycle import AssetState
from tramita.chats.ports import LARGEST_DOWNLOAD, Asset

PDF = b"%PDF-1.7 invoice %%EOF"


def attached(unique: str = "one", size: int = len(PDF), file_id: str = "file") -> Asset:
    """A document that calls itself something else."""
    return Asset("document", file_id, unique, "../../счёт\u202efdp.exe", "image/png", size)


class TestAnAttachment:
    async def test_is_fetched_and_kept_as_what_it_is(self, house: House) -> None:
        """Its name is nobody's path, its type is seen from its content; twice is once."""
        chat = await house.begin()
        house.messenger.files["file"] = PDF
        said = house.update(message(5, "Invoice", assets=[attached()]))

        await house.tell(said, house.update(said.event))

        [one] = (await messages(house))[0].assets
        assert ("счётfdp.exe", "application/pdf", AssetState.KEPT) == (
            one.name,
            one.media_type,
            one.state,
        )
        async with house.database.unit_of_work() as work:
            kept = await get_asset(work, chat.id, one.id)
        assert PDF == await house.runtime.files.get(kept.file)

    @pytest.mark.parametrize(
        ("asset", "why"),
        [
            (attached(size=LARGEST_DOWNLOAD + 1), "larger than the 20 MB"),
            (attached(file_id="gone"), "gone"),
            (attached(file_id=""), "no name"),
        ],
    )
    async def test_that_cannot_be_had_is_shown_as_missing(
        self, house: House, asset: Asset, why: str
    ) -> None:
        """With the reason; the message stays."""
        await house.begin()

        await house.tell(house.update(message(5, "Invoice", assets=[asset])))

        [one] = (await messages(house))[0].assets
        assert AssetState.MISSING is one.state
        assert why in (one.reason or "")

    async def test_of_an_album_belongs_to_it_however_late(self, house: House) -> None:
        """Ten messages of one album, one of them late, are ten files of the same album."""
        await house.begin()
        house.messenger.files["file"] = PDF
        told = [
            house.update(message(n, "", n, album="a1", assets=[attached(f"file {n}")]))
            for n in range(1, 11)
        ]

        await house.tell(*told[1:])
        await house.tell(told[0])

        kept = await messages(house)
        assert {"a1"} == {one.album for one in kept}
        assert 10 == len({file.id for one in kept for file in one.assets})


class TestAFileHandedIn:
    async def test_is_kept_and_known_again(self, house: House) -> None:
        """The same content in the same chat is told to be that; only its chat has it."""
        chat = await house.begin()

        first = await save_asset(house.runtime, chat.id, Handed("a.pdf", PDF), actor="klim")
        again = await save_asset(house.runtime, chat.id, Handed("b.pdf", PDF), actor="klim")

        assert (None, first.id) == (first.duplicate_of, again.duplicate_of)
        assert ("application/pdf", len(PDF)) == (first.media_type, first.size)
        async with house.database.unit_of_work() as work:
            assert "b.pdf" == (await get_asset(work, chat.id, again.id)).name
            with pytest.raises(AssetNotFound):
                await get_asset(work, again.id, again.id)

    async def test_is_known_again_although_both_come_at_once(self, house: House) -> None:
        """Neither is there when they begin."""
        chat = await house.begin()

        async with asyncio.TaskGroup() as tasks, house.database.unit_of_work() as work:
            await work.fetch("LOCK TABLE chat_assets IN SHARE MODE")
            both = [
                tasks.create_task(
                    save_asset(house.runtime, chat.id, Handed("a.pdf", PDF), actor="klim")
                )
                for _ in range(2)
            ]
            await until_waiting(house.database, 2)

        kept = [one.result() for one in both]
        [first] = [one for one in kept if one.duplicate_of is None]
        assert {None, first.id} == {one.duplicate_of for one in kept}


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("C:\\scans\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("...", ""),
        ("a\x00b\n.pdf", "a\N{REPLACEMENT CHARACTER}b.pdf"),
        ("x" * 500, "x" * 200),
    ],
)
def test_names_are_tidied(given: str, tidy: str) -> None:
    """No folders, nothing that cannot be seen, and no more than a line."""
    assert tidy == tidy_name(given)
