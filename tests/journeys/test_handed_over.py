"""Whoever an application is handed over to learns of it in Telegram, whichever way there is to them."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.conftest import fresh_database
from tests.databases import opened
from tests.journeys.bank import AGENT, CLIENT, LEAD, Bank, Group, running_bank
from tests.transfers.webapp.lobby import BASE
from tests.world import until
from tramita.chats.lifecycle import ChatState
from tramita.chats.sending import send_again
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.inbox import BODY
from tramita.transfers.agents import NewAgent, add_agent
from tramita.transfers.handed import Told, find_told
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import assign_agent, get_application
from tramita.transfers.who import Who

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUSE = Who(Role.PLATFORM_ADMIN, "user:ana@example.com")
ALONE = 700901
"""Telegram's number of Olga, and so of her chat with our bot."""
NUMBERS = {LEAD: ALONE, AGENT: 700900}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_bank(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bank]:
    """A bank for all tests of a module."""
    async with (
        fresh_database(server) as url,
        opened(url) as database,
        running_bank(database, url, tmp_path_factory.mktemp("bank")) as bank,
    ):
        yield bank


@pytest_asyncio.fixture(loop_scope="module")
async def bank(shared_bank: Bank) -> Bank:
    """The bank, whose agents have all started our bot, whatever another test has made of that."""
    await shared_bank.telegram.mend()
    for who in NUMBERS:
        await begins(shared_bank, who)
    return shared_bank


async def is_open(bank: Bank, who: str) -> bool:
    """Whether we believe that we may write to somebody, as of those whom we never have written to."""
    query = "SELECT state FROM chats WHERE telegram_id = $1"
    rows = await bank.world.fetch(query, NUMBERS[who])
    return not rows or rows[0]["state"] == ChatState.PRESENT


async def begins(bank: Bank, who: str) -> None:
    """Somebody starts our bot, and we have heard of it; within the second of a loss nobody believes it."""

    async def is_heard() -> bool:
        if await is_open(bank, who):
            return True
        await bank.telegram.person(who, "start_bot")
        return False

    await bank.telegram.person(who, "start_bot")
    await until(is_heard)


async def shuts(bank: Bank, who: str) -> None:
    """Somebody blocks our bot, and we have heard of it."""
    await bank.telegram.person(who, "block_bot")

    async def is_heard() -> bool:
        return not await is_open(bank, who)

    await until(is_heard)


async def drafted(bank: Bank) -> tuple[Group, UUID]:
    """A group, and the application that its client has filled in."""
    group = await bank.group()
    made = await bank.fill(await bank.visit(group, CLIENT))
    await bank.until_quiet()
    return group, UUID(made["id"])


async def hands(bank: Bank, id_: UUID, agent: UUID | None = None, who: Who = HOUSE) -> None:
    """The house, unless it is said, hands an application over: to Olga, unless it is said."""
    async with bank.house.acting(who) as work:
        await assign_agent(work, id_, agent or bank.house.lead, who)


async def said(bank: Bank, chat: int) -> list[dict[str, Any]]:
    """What our bot has written into a chat, by Telegram's ledger."""
    rows = await bank.telegram.ledger("message_sent")
    return [row["data"] for row in rows if row["subject"] == str(chat)]


async def sends(bank: Bank, id_: UUID) -> list[tuple[int, str, str]]:
    """What was sent of its being handed over: into which chat, what became of it, and what it says."""
    async with bank.world.database.reading() as work:
        rows = await work.fetch(
            "SELECT c.telegram_id, d.state, s.id, coalesce(m.text, '') AS text FROM chat_sends AS s "
            "JOIN chat_deliveries AS d ON d.send_id = s.id JOIN chats AS c ON c.id = s.chat_id "
            "LEFT JOIN chat_messages AS m ON m.in_chat = s.in_chat AND m.message_id = s.message_id "
            "WHERE s.subject_id = $1 AND s.cause LIKE 'handed over%' ORDER BY s.id",
            id_,
        )
        read = work.keys.decrypt
        return [
            (
                row["telegram_id"],
                row["state"],
                row["text"] and read(row["text"], "chat_messages.text"),
            )
            for row in rows
        ]


async def told(bank: Bank, id_: UUID) -> Told | None:
    """Whether its agent was told, as the console shows it."""
    async with bank.world.database.reading() as work:
        found = await find_told(work, await get_application(work, id_))
    return found and found[0]


async def test_what_somebody_says_to_our_bot_alone_is_not_kept(bank: Bank) -> None:
    """But that they have, by which we know that we may write to them."""
    await begins(bank, LEAD)
    await bank.until_quiet()

    async with bank.world.database.reading() as work:
        rows = await work.fetch("SELECT body FROM inbox WHERE provider = 'telegram' AND body <> ''")
        kept = [work.keys.decrypt_bytes(row["body"], BODY) for row in rows]
    assert [] == [one for one in kept if b"/start" in one and b'"private"' in one]


class AfterAllNot(Exception):
    """Whatever was done is undone."""


class TestWhoeverTakesIt:
    async def test_is_told_by_themselves(self, bank: Bank) -> None:
        """Once, in our bot's chat with her, with what it is and nothing of whoever pays; nobody else reads it."""
        group, id_ = await drafted(bank)
        before = len(await said(bank, group.number))

        await hands(bank, id_)
        await bank.until_quiet()

        [(chat, state, text)] = await sends(bank, id_)
        assert (ALONE, "delivered") == (chat, state)
        assert "12500.00 CNY" in text
        assert "Теперь эту заявку ведёте вы." in text
        assert "Станкоимпорт" not in text
        assert before == len(await said(bank, group.number))
        assert Told.ALONE is await told(bank, id_)

    async def test_opens_it_by_the_button_there(self, bank: Bank) -> None:
        """It is the group's application, although she may never have been in the group."""
        group, id_ = await drafted(bank)
        await hands(bank, id_)
        await bank.until_quiet()

        opened_there = await bank.telegram.person(LEAD, "open_mini_app", chat=ALONE)
        begun = await bank.site.ask(
            "POST",
            f"{BASE}/session",
            authenticated=False,
            headers={"Authorization": f"tma {opened_there['init_data']}"},
        )
        headers = {"Authorization": f"Bearer {begun.body['token']}"}
        path = f"{BASE}/chats/{group.number}/application"
        seen = await bank.site.ask("GET", path, authenticated=False, headers=headers)

        assert (201, 200) == (begun.status, seen.status)
        assert str(id_) == seen.body["id"]

    @pytest.mark.parametrize("is_blocked", [True, False])
    async def test_who_cannot_be_written_to_is_told_in_the_chat(
        self, bank: Bank, *, is_blocked: bool
    ) -> None:
        """Whether we know that before or hear it when it is tried; by the name that everybody there sees."""
        group, id_ = await drafted(bank)
        await bank.telegram.person(LEAD, "write", chat=group.number, text="Добрый день")
        await bank.until_quiet()
        if is_blocked:
            await hands(bank, id_)
            await hands(bank, id_, bank.house.agent)
            await bank.until_quiet()
            await shuts(bank, LEAD)
        else:
            await bank.telegram.fail(
                "chat_not_found", operation="sendMessage", match={"chat_id": str(ALONE)}, count=1
            )
        before = len(await sends(bank, id_))

        await hands(bank, id_)
        await bank.until_quiet()

        alone, there = (await sends(bank, id_))[before:]
        assert (ALONE, "cancelled" if is_blocked else "failed") == alone[:2]
        assert (group.number, "delivered") == there[:2]
        assert "теперь эту заявку ведёте вы" in there[2]
        assert "Летов" not in there[2]
        assert Told.IN_CHAT is await told(bank, id_)

    async def test_who_is_not_in_the_chat_either_is_shown_as_not_told(self, bank: Bank) -> None:
        """Nobody in the group reads of her; when she has started the bot it is sent again by a person."""
        group, id_ = await drafted(bank)
        await bank.telegram.fail(
            "chat_not_found", operation="sendMessage", match={"chat_id": str(ALONE)}, count=1
        )
        before = len(await said(bank, group.number))

        await hands(bank, id_)
        await bank.until_quiet()

        assert [(ALONE, "failed")] == [one[:2] for one in await sends(bank, id_)]
        assert before == len(await said(bank, group.number))
        assert Told.NOT is await told(bank, id_)
        await begins(bank, LEAD)
        [failed] = await bank.world.fetch(
            "SELECT id FROM chat_sends WHERE subject_id = $1 AND cause LIKE 'handed over%'", id_
        )
        async with bank.house.acting(HOUSE) as work:
            await send_again(work, failed["id"])
        await bank.until_quiet()
        assert Told.ALONE is await told(bank, id_)

    async def test_is_told_again_when_it_comes_back_to_them(self, bank: Bank) -> None:
        """Each hand-over once; choosing the same agent once more is none."""
        _, id_ = await drafted(bank)
        for agent in (bank.house.lead, bank.house.lead, bank.house.agent, bank.house.lead):
            await hands(bank, id_, agent)
        await bank.until_quiet()

        chats = [one[0] for one in await sends(bank, id_)]
        assert 2 == chats.count(ALONE)
        assert 3 == len(chats)

    async def test_by_their_own_hand_knows_it(self, bank: Bank) -> None:
        """A manager who takes an application is told nothing."""
        _, id_ = await drafted(bank)
        await hands(bank, id_, who=bank.house.as_lead)
        await bank.until_quiet()

        assert [] == await sends(bank, id_)
        assert await told(bank, id_) is None

    async def test_and_is_unknown_to_telegram_is_not_told(self, bank: Bank) -> None:
        """There is no way to them; the application is theirs all the same."""
        _, id_ = await drafted(bank)
        async with bank.house.acting(HOUSE) as work:
            vera = await add_agent(work, NewAgent("paybridge", "Вера Штольц"))
        await hands(bank, id_, vera.id)
        await bank.until_quiet()

        assert [] == await sends(bank, id_)
        async with bank.world.database.reading() as work:
            assert vera.id == (await get_application(work, id_)).agent_id

    async def test_is_told_of_nothing_that_did_not_happen(self, bank: Bank) -> None:
        """What is rolled back is told to nobody."""
        _, id_ = await drafted(bank)
        before = len(await said(bank, ALONE))

        with suppress(AfterAllNot):
            async with bank.house.acting(HOUSE) as work:
                await assign_agent(work, id_, bank.house.lead, HOUSE)
                raise AfterAllNot
        await bank.until_quiet()

        assert [] == await sends(bank, id_)
        assert before == len(await said(bank, ALONE))
