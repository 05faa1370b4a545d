"""Chats of applications: whose they become, what stands on their card, and what is posted there."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.locks import until_waiting
from tests.transfers.house import FIELDS, MASTER, ONEC, House
from tests.transfers.pricing import price
from tests.transfers.test_documents import INVOICE
from tramita.chats.letters import CARD, OPEN
from tramita.chats.listening import ChatSeen
from tramita.chats.moving import FOLLOW, move_chat
from tramita.chats.ports import Command, Person
from tramita.chats.queries import sends_of
from tramita.chats.registry import find_chats, get_chats
from tramita.transfers.agents import change_agent
from tramita.transfers.documents import (
    add_document,
    list_documents,
    send_document,
    take_document,
)
from tramita.transfers.errors import RoleForbidden
from tramita.transfers.lifecycle import ApplicationTrigger as T
from tramita.transfers.listening import ChatsOfAgents, agent_of_chat
from tramita.transfers.model import Application
from tramita.transfers.ports import StatusTold
from tramita.transfers.queries import finished_of_chat, get_application_of_chat
from tramita.transfers.rows import lock_application
from tramita.transfers.service import edit_application, get_application, move_application
from tramita.transfers.taking import take_status

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHATS = ChatsOfAgents()


async def card_of(house: House, chat_id: Any, subject_id: Any) -> dict[str, Any]:
    """What a card says now."""
    async with house.database.reading() as work:
        [row] = await work.fetch(
            "SELECT content::text FROM chat_cards WHERE chat_id = $1 AND subject_id = $2",
            chat_id,
            subject_id,
        )
        text: dict[str, Any] = msgspec.json.decode(work.keys.decrypt_json(row["content"], CARD))
        return text


class TestAChat:
    @pytest.mark.parametrize(("person", "tenant"), [(4711, MASTER), (4713, None), (9001, None)])
    async def test_belongs_to_the_master_whose_agent_adds_the_bot(
        self, house: House, person: int, tenant: str | None
    ) -> None:
        """An agent of another tenant, or somebody who is on no list, binds nothing."""
        chat = ChatSeen(await house.chat(), -1, None, "Станкоимпорт")

        async with house.database.unit_of_work() as work:
            assert tenant == await CHATS.bot_added(work, chat, Person(person))

        async with house.database.reading() as work:
            greeted = await work.fetch("SELECT FROM chat_cards WHERE chat_id = $1", chat.id)
        assert bool(tenant) == bool(greeted)

    async def test_is_nobodys_whose_agent_is_off_the_list(self, house: House) -> None:
        """At once, and again theirs when they are back."""
        chat_id = await house.chat()
        answers = []
        for is_active in (False, True):
            async with house.database.unit_of_work() as work:
                await change_agent(work, house.agent, is_active=is_active)
                seen = ChatSeen(chat_id, -1, None, "")
                bound = await CHATS.bot_added(work, seen, Person(4711))
                answers.append((bound, await agent_of_chat(work, chat_id)))

        assert [(None, None), (MASTER, house.agent)] == answers

    async def test_is_answered_by_the_card(self, house: House) -> None:
        """Of the application, or the button with which one begins."""
        chat_id = await house.chat()
        seen = ChatSeen(chat_id, -1, MASTER, "")
        async with house.database.unit_of_work() as work:
            await CHATS.command_given(work, seen, Person(9001), Command("start"))
        begun = await card_of(house, chat_id, chat_id)
        made = await house.draft(chat_id=chat_id)
        async with house.database.unit_of_work() as work:
            await CHATS.command_given(work, seen, Person(9001), Command("status"))

        shown = await card_of(house, chat_id, made.id)

        assert OPEN == begun["text"]["buttons"][0][0]["url"]
        assert "12500.00 CNY" in shown["text"]["body"]


async def numbers_of(house: House, *applications: Application) -> list[int]:
    """What their chats are called by the messenger."""
    ids = [one.chat_id for one in applications if one.chat_id is not None]
    async with house.database.reading() as work:
        known = await get_chats(work, ids)
    return [known[one].telegram_id for one in ids]


async def join(house: House, *numbers: int) -> None:
    """The first is the second from now on."""
    async with house.database.unit_of_work(actor="telegram") as work:
        await move_chat(work, *numbers)


async def accepted(house: House, **told: str) -> Application:
    """One whose offer is accepted, and of which 1C has said how it stands."""
    made = await house.in_house()
    await price(house, made)
    said = {"message_no": 8, "status": None, "payment_status": None, "operator": "О. С."} | told
    async with house.acting(ONEC) as work:
        return await take_status(work, made.id, StatusTold(**said))  # type: ignore[arg-type]  # its own fields


async def state_of(house: House, application: Application) -> str:
    """Where it stands now."""
    async with house.database.reading() as work:
        return (await get_application(work, application.id)).state


class TestTwoChatsThatAreOne:
    async def test_have_one_application_under_way(self, house: House) -> None:
        """The one that is further; the other is given up, and the chat has both."""
        draft, further = await house.draft(), await house.in_house()
        assert draft.chat_id is not None

        await join(house, *await numbers_of(house, draft, further))

        async with house.database.reading() as work:
            found = await get_application_of_chat(work, draft.chat_id)
            over = await finished_of_chat(work, draft.chat_id)
        assert found is not None
        assert (further.id, [draft.id]) == (found.id, [one.id for one in over])
        changed = await house.move(further.id, T.REOPEN_DRAFT)
        assert draft.chat_id == changed.chat_id

    async def test_wait_for_whoever_changes_an_application_of_theirs(self, house: House) -> None:
        """Who has the application and is to have its chat next."""
        draft, further = await house.draft(), await house.in_house()
        numbers = await numbers_of(house, draft, further)

        async with asyncio.TaskGroup() as tasks, house.acting(house.as_agent) as work:
            await lock_application(work, further.id)
            tasks.create_task(join(house, *numbers))
            await until_waiting(house.database)
            await edit_application(
                work, further.id, {"purpose": {"text": "MACHINE TOOLS"}}, None, house.as_agent
            )

        assert ["cancelled", "new_in_house"] == [
            await state_of(house, one) for one in (draft, further)
        ]

    async def test_keep_the_application_whose_money_is_in_1c(self, house: House) -> None:
        """Although the other one is further: it is that one which can be given up."""
        funded = await accepted(house, payment_status="funds_received")
        further = await accepted(house, status="in_work")
        assert funded.chat_id is not None

        await join(house, *await numbers_of(house, funded, further))

        assert ["offer_accepted", "cancelled"] == [
            await state_of(house, one) for one in (funded, further)
        ]
        async with house.database.reading() as work:
            assert [further.id] == [one.id for one in await finished_of_chat(work, funded.chat_id)]

    async def test_stay_two_as_long_as_1c_has_the_money_of_both(self, house: House) -> None:
        """What is written into either goes to where they are; they are one when one of them is over."""
        both = [await accepted(house, payment_status="funds_received") for _ in range(2)]
        old, new = await numbers_of(house, *both)
        await join(house, old, new)
        stood = [await state_of(house, one) for one in both]
        there = await numbers_of(house, *both)
        async with house.acting(ONEC) as work:
            await take_status(work, both[1].id, StatusTold(9, "in_work", None, "О. С."))
        await house.move(both[1].id, T.COMPLETE, house.as_lead, reason="it is done")

        await join(house, old, new)

        assert (["offer_accepted"] * 2, [new] * 2) == (stood, there)
        async with house.database.reading() as work:
            [one] = {known.id for known in (await find_chats(work, [old, new])).values()}
            later = await work.fetch("SELECT FROM pgqueuer WHERE entrypoint = $1", FOLLOW)
            over = await finished_of_chat(work, one)
        assert (both[0].chat_id, [both[1].id], 1) == (one, [o.id for o in over], len(later))


class TestACard:
    async def test_says_how_the_application_stands_and_nothing_of_1c(self, house: House) -> None:
        """In Russian, and without a name of whoever pays or is paid."""
        made = await house.draft()
        said = [await card_of(house, made.chat_id, made.id)]
        await house.move(made.id, T.CHECK)
        await price(house, made)
        said.append(await card_of(house, made.chat_id, made.id))

        bodies = [one["text"]["body"] for one in said]
        assert bodies[0] != bodies[1]
        names = [FIELDS["payer"]["name"], FIELDS["beneficiary"]["name"], "12.85", "40702"]
        assert not [name for name in names for body in bodies if name in body]

    async def test_that_is_asked_for_waits_for_whoever_moves_the_application(
        self, house: House
    ) -> None:
        """It says how it stands then, and not how it stood."""
        made = await house.draft()
        assert made.chat_id is not None
        await house.bring_invoice(made.id)
        seen = ChatSeen(made.chat_id, -1, MASTER, "")

        async def ask() -> dict[str, Any]:
            async with house.database.unit_of_work() as work:
                await CHATS.command_given(work, seen, Person(9001), Command("status"))
            return await card_of(house, made.chat_id, made.id)

        async with house.acting(house.as_agent) as work:
            await move_application(work, made.id, T.CHECK, house.as_agent)
            asking = asyncio.create_task(ask())
            await until_waiting(house.database)

        assert await asking == await ask()


class TestADocument:
    async def test_of_1c_goes_into_the_chat_once(self, house: House) -> None:
        """What is not the client's to see does not; a person sends a document of their own there."""
        made = await house.in_house()
        async with house.acting(ONEC) as work:
            await take_document(work, made.id, INVOICE, ONEC)
            theirs = await take_document(work, made.id, INVOICE, ONEC)
            hidden = await take_document(
                work, made.id, replace(INVOICE, sha256=b"2", is_for_client=False), ONEC
            )
        async with house.acting(house.as_agent) as work:
            given = replace(INVOICE, sha256=b"3")
            own, _ = await add_document(work, made.id, given, house.as_agent)
            await send_document(work, made.id, own.id, house.as_agent)
        with pytest.raises(RoleForbidden):
            async with house.acting(house.as_client) as work:
                await send_document(work, made.id, own.id, house.as_client)

        async with house.database.reading() as work:
            found = {one.id: one.delivery for one in await list_documents(work, made.id)}
            sent = await sends_of(work, list(found))

        assert {theirs.id: "waiting", hidden.id: None, own.id: "waiting"}.items() <= found.items()
        assert [theirs.id, own.id] == [one.subject_id for one in sent]
