"""History from before: batches, and exports of Telegram's desktop application."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chats.messenger import CLIENT, GROUP, OTHER, House, at, message
from tests.chats.test_updates import messages
from tramita.chats.desktop import Export, read_export, read_item
from tramita.chats.errors import ChatNotBound
from tramita.chats.importing import Item, TooManyMessages, import_export, save_messages
from tramita.kit.identifiers import new_id
from tramita.kit.outside import NotUnderstood


def exported(*items: dict[str, Any], number: int = 4001, kind: str = "private_group") -> bytes:
    """A file as the application writes it."""
    return json.dumps({"name": "x", "type": kind, "id": number, "messages": items}).encode()


def line(number: int, text: Any, **more: Any) -> dict[str, Any]:
    """One message in it."""
    seconds = str(int(at(number).timestamp()))
    return {
        "id": number,
        "type": "message",
        "date": "2036-11-30T15:00:00",
        "date_unixtime": seconds,
        "from": "Klim",
        "from_id": f"user{CLIENT.id}",
        "text": text,
        **more,
    }


class TestABatch:
    async def test_keeps_what_is_new_and_says_what_was_done(self, house: House) -> None:
        """The same batch again changes nothing; an edit is a revision; the odd one is told by its place."""
        chat = await house.begin()
        items = [Item(n, at(n), f"No {n}", sender=CLIENT) for n in range(1, 4)]
        odd = [Item(0, at(0), "no number"), Item(9, at(9), "elsewhere", in_chat=OTHER.id)]
        edited = replace(items[0], text="No 1, corrected", edited_at=at(60))

        async with house.database.unit_of_work() as work:
            first = await save_messages(work, chat.id, [*items, *odd])
        async with house.database.unit_of_work() as work:
            again = await save_messages(work, chat.id, [edited, *items[1:]])

        assert (3, 0, 0) == (first.created, first.updated, first.unchanged)
        assert [(3, "message_id_invalid"), (4, "other_chat")] == first.rejected
        assert (0, 1, 2) == (again.created, again.updated, again.unchanged)

    async def test_changes_nothing_that_updates_told_better(self, house: House) -> None:
        """What comes again without an update's number is the same version."""
        chat = await house.begin()
        await house.tell(house.update(message(5, "Told", 5)))

        async with house.database.unit_of_work() as work:
            again = await save_messages(work, chat.id, [Item(5, at(5), "Told", sender=CLIENT)])

        assert (0, 1) == (again.created, again.unchanged)

    async def test_has_bounds(self, house: House) -> None:
        """Five hundred at once, and only of a chat that is somebody's."""
        chat = await house.begin()
        async with house.database.unit_of_work() as work:
            with pytest.raises(TooManyMessages):
                await save_messages(work, chat.id, [Item(n, at(n)) for n in range(1, 502)])
            await work.fetch("UPDATE chats SET tenant = NULL")
            with pytest.raises(ChatNotBound):
                await save_messages(work, chat.id, [])


class TestAnExport:
    async def test_is_read_in_once_page_by_page(self, house: House) -> None:
        """More than one page; read in again it finds everything known."""
        chat = await house.begin()
        content = exported(*(line(n, f"No {n}") for n in range(1, 602)), {"type": "odd"})
        for _ in range(2):
            await import_export(house.runtime, chat.id, content, actor="ana")
            await house.work()

        rows = await house.fetch(
            "SELECT state, created, unchanged, rejected FROM chat_imports ORDER BY id"
        )
        assert [("done", 601, 0, 1), ("done", 0, 601, 1)] == [tuple(row) for row in rows]

    async def test_goes_on_where_its_worker_died(self, house: House) -> None:
        """What one page noted is not read again."""
        chat = await house.begin()
        made = await import_export(
            house.runtime, chat.id, exported(line(1, "One"), line(2, "Two")), actor="ana"
        )
        await house.fetch("UPDATE chat_imports SET next_item = 1 WHERE id = $1", made)

        await house.work()

        assert ["Two"] == [one.text for one in await messages(house)]

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (exported(number=4002), "another chat"),
            (b"{", "no JSON"),
            (b"[]", "no export"),
            (exported(kind="personal_chat"), "not the export of a group"),
        ],
    )
    async def test_of_something_else_is_refused_with_the_reason(
        self, house: House, content: bytes, why: str
    ) -> None:
        """Nothing is read in, and whoever asked reads why."""
        chat = await house.begin()
        await house.begin(OTHER)

        await import_export(house.runtime, chat.id, content, actor="ana")
        await house.work()

        [row] = await house.fetch("SELECT state, reason FROM chat_imports")
        assert "refused" == row["state"]
        assert why in row["reason"]

    def test_says_texts_in_pieces_edits_and_what_is_no_text(self) -> None:
        """Texts with links come in pieces; what happened in the chat has a name."""
        pieces = line(
            7, ["See ", {"type": "link", "text": "this"}, "!"], edited_unixtime="1796040100"
        )
        pinned = {**line(8, ""), "type": "service", "action": "pin_message"}

        read = read_export(exported(pieces, pinned, number=1009001, kind="private_supergroup"))

        assert isinstance(read, Export)
        assert -1000001009001 == read.number
        first, second = (read_item(new_id(), read.number, one) for one in read.items)
        assert first is not None
        assert second is not None
        assert ("See this!", True) == (first.text, first.edited_at is not None)
        assert "pin_message" == second.service

    @given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
    def test_is_read_totally(self, content: bytes) -> None:
        """Whatever somebody hands in is an export or is not."""
        assert isinstance(read_export(content), Export | NotUnderstood)

    @given(
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5) | st.floats(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "id",
                            "type",
                            "text",
                            "from_id",
                            "from",
                            "date_unixtime",
                            "edited_unixtime",
                        ]
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=8,
        ).filter(lambda one: isinstance(one, dict))
    )
    def test_has_messages_that_are_read_totally(self, item: dict[str, Any]) -> None:
        """What is odd in one is no message, or is left out of it."""
        read = read_item(new_id(), GROUP.id, item)
        assert read is None or read.message_id > 0
