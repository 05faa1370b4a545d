"""A payer is erased with everything of theirs, but for what the law wants; and is told what is held."""

from typing import Any

import msgspec
import pytest

from tests.forgetting import PEOPLE
from tests.transfers.house import FIELDS, MASTER, OTHER, House
from tests.transfers.test_documents import INVOICE
from tramita.chats.importing import Item, save_messages
from tramita.chats.ports import Person
from tramita.kit.people.erasing import erase_person
from tramita.kit.people.erasures import (
    PersonUnderWay,
    find_roots,
    identify,
    request_erasure,
)
from tramita.kit.people.exporting import export_person
from tramita.kit.people.lifecycle import ErasureState
from tramita.transfers.documents import add_document
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.model import Application
from tramita.transfers.notes import add_note
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import get_application
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWNER = Who(Role.MANAGER, "token:northway")
INN = "500100732259"
OF_PAYER: dict[str, Any] = {
    **FIELDS,
    "payer": {
        "name": "ИП Кварцев Захар Ильич",
        "kind": "sole_trader",
        "inn": INN,
        "address": "Химки, ул. Лесная, 3",
        "contact": "+7 915 555-44-33",
    },
}


async def furnished(house: House) -> Application:
    """An application of the payer's, with a document and a note."""
    made = await house.ordinary(fields=OF_PAYER)
    async with house.acting(OWNER) as work:
        await add_document(work, made.id, INVOICE, OWNER)
        await add_note(work, made.id, "Кварцев просит позвонить", OWNER)
    return made


class TestAPayer:
    async def test_is_erased_when_nothing_is_under_way(self, house: House) -> None:
        """By their INN: names, form, files and notes are gone, sums and states stay."""
        made = await furnished(house)
        async with house.database.unit_of_work() as work:
            person = await identify(work, PEOPLE, INN, tenant=OTHER)
            with pytest.raises(PersonUnderWay):
                await request_erasure(work, PEOPLE, person)
        await house.move(made.id, T.CANCEL, OWNER, reason="Кварцев передумал")

        async with house.database.unit_of_work() as work:
            requested = await request_erasure(work, PEOPLE, person)
        erasure = await erase_person(house.database, PEOPLE, requested.id)

        assert ErasureState.ERASED == erasure.state
        async with house.database.reading() as work:
            found = await get_application(work, made.id)
        assert ({}, None, "cancelled", "CNY") == (
            found.fields,
            found.reason,
            found.state,
            found.currency,
        )
        for table, column in (
            ("application_notes", "text"),
            ("application_documents", "name"),
            ("application_revisions", "fields::text"),
        ):
            rows = await house.database.fetch(
                f"SELECT {column} AS value FROM {table} WHERE application_id = $1", made.id
            )
            assert {row["value"] for row in rows} <= {"(erased)", "{}"}, table

    async def test_takes_along_what_was_said_in_the_chat(self, house: House) -> None:
        """Although nothing was ever accepted there; not while another application is under way in it."""
        made = await house.draft(fields=OF_PAYER)
        assert made.chat_id is not None
        async with house.acting(house.as_client) as work:
            sender = Person(9001, "Захар", "Кварцев")
            said = Item(1, await work.now(), "Кварцев, счёт прилагаю", sender=sender)
            await save_messages(work, made.chat_id, [said])
        await house.move(made.id, T.CANCEL)
        other = await house.draft(chat_id=made.chat_id)
        await house.database.fetch("UPDATE chat_deliveries SET state = 'delivered'")
        async with house.database.unit_of_work() as work:
            person = await identify(work, PEOPLE, INN, tenant=MASTER)
            with pytest.raises(PersonUnderWay):
                await request_erasure(work, PEOPLE, person)
        await house.move(other.id, T.CANCEL)
        await house.database.fetch("UPDATE chat_deliveries SET state = 'delivered'")

        async with house.database.unit_of_work() as work:
            requested = await request_erasure(work, PEOPLE, person)
        await erase_person(house.database, PEOPLE, requested.id)

        [row] = await house.database.fetch(
            "SELECT m.text, p.name FROM chat_messages AS m "
            "JOIN chat_people AS p ON p.chat_id = m.chat_id WHERE m.chat_id = $1",
            made.chat_id,
        )
        assert ("(erased)", "(erased)") == (row["text"], row["name"])

    async def test_is_told_what_is_held(self, house: House) -> None:
        """The form as it stands, with every revision, document and note of it."""
        made = await furnished(house)
        async with house.database.reading() as work:
            person = await identify(work, PEOPLE, str(made.id), tenant=OTHER)
            roots = await find_roots(work, PEOPLE, person)

        pieces = [one async for one in export_person(house.database, PEOPLE, roots)]
        await house.move(made.id, T.CANCEL, OWNER)

        held = msgspec.json.decode(b"".join(pieces))["held"]
        [application] = [one for one in held["applications"] if one["id"] == str(made.id)]
        assert OF_PAYER["payer"]["name"] == application["fields"]["payer"]["name"]
        assert ["Кварцев просит позвонить"] == [one["text"] for one in held["application_notes"]]
        assert ["Счёт 77.pdf"] == [one["name"] for one in held["application_documents"]]

    async def test_is_told_nobody_elses_words(self, house: House) -> None:
        """Of the chat what their own people wrote, and our bot; agents' names and words are theirs."""
        made = await house.draft(fields=OF_PAYER)
        assert made.chat_id is not None
        async with house.acting(house.as_agent) as work:
            now = await work.now()
            senders = (Person(9001, "Захар"), Person(4711, "Анна"), Person(77, "Бот", is_bot=True))
            words = ("Мой счёт", "Клиент сложный", "Курс 11,25")
            given = [
                Item(n, now, text, sender=sender)
                for n, (text, sender) in enumerate(zip(words, senders, strict=True), start=1)
            ]
            await save_messages(work, made.chat_id, given)
        async with house.database.reading() as work:
            person = await identify(work, PEOPLE, str(made.id), tenant=MASTER)
            roots = await find_roots(work, PEOPLE, person)

        pieces = [one async for one in export_person(house.database, PEOPLE, roots)]
        await house.move(made.id, T.CANCEL)

        held = msgspec.json.decode(b"".join(pieces))["held"]
        of_chat = [one for one in held["chat_messages"] if one["chat_id"] == str(made.chat_id)]
        assert ["Мой счёт"] == [one["text"] for one in of_chat if not one["is_ours"]]
        people = [one for one in held["chat_people"] if one["chat_id"] == str(made.chat_id)]
        assert ["Захар"] == [one["name"] for one in people]
