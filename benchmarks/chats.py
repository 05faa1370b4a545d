"""Points 13 and 14: what a messenger posts is kept and answered, and a history is read in."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from benchmarks.installation import Installation
from benchmarks.report import Section, percentile, spread
from tramita.chats.importing import Item, save_messages
from tramita.chats.ports import Chat, ChatType, Person
from tramita.chats.registry import KnownChat, add_chats, bind, find_chats
from tramita.kit.bounds import HOUSE
from tramita.kit.database.engine import Database

_DOOR: Final = "/telegram/webhook/telegram-demonstration-path"
_SECRET: Final = {"X-Telegram-Bot-Api-Secret-Token": "telegram-demonstration-secret"}
_CHATS: Final = 20
_PER_SECOND: Final = 200
_BATCH: Final = 500
_FIRST: Final = datetime(2030, 1, 1, tzinfo=UTC)
_PATIENCE: Final = 120.0


async def measure_updates(installation: Installation, *, seconds: float) -> Section:
    """Updates of 20 chats at 200 a second: how soon each is kept and answered, and has its effect."""
    chats = await _bound(installation.database, _CHATS, first=1)
    total = int(_PER_SECOND * seconds)
    took: list[float] = []
    started = time.monotonic()
    async with aiohttp.ClientSession(installation.client.url, headers=_SECRET) as session:

        async def post(number: int) -> None:
            await asyncio.sleep(max(started + number / _PER_SECOND - time.monotonic(), 0))
            begun = time.monotonic()
            update = _update(number, chats[number % _CHATS].telegram_id)
            async with session.post(_DOOR, json=update) as answer:
                answer.raise_for_status()
            took.append(time.monotonic() - begun)

        await asyncio.gather(*(post(number) for number in range(1, total + 1)))
        posted = time.monotonic() - started
    await _until_kept(installation.database, total)
    handled = time.monotonic() - started
    section = Section(f"13. {total:,} updates of a messenger, {_PER_SECOND} a second")
    section.add("kept and answered, per second", f"{total / posted:.0f}", f"{_PER_SECOND}")
    for share, target in ((0.5, ""), (0.99, "50 ms")):
        figure = f"{percentile(took, share) * 1000:.1f} ms"
        section.add(f"kept and answered, p{share * 100:.0f}", figure, target)
    section.add(
        "the last message is in its chat after the last was posted", f"{handled - posted:.2f} s"
    )
    section.notes.append(
        f"Each is a text of {len(_text(1))} characters in one of {_CHATS} chats, posted on kept "
        "connections; web and worker share the machine with PostgreSQL and whoever posts."
    )
    return section


async def measure_batches(installation: Installation, *, runs: int) -> Section:
    """A history of 500 messages at once: new, and known already."""
    database = installation.database
    [chat] = await _bound(database, 1, first=1_000)
    new, known = list[float](), list[float]()
    for run in range(max(runs, 3)):
        items = [_item(run * _BATCH + n) for n in range(1, _BATCH + 1)]
        for took in (new, known):
            begun = time.monotonic()
            async with database.unit_of_work(actor="benchmarks") as work:
                await save_messages(work, chat.id, items)
            took.append((time.monotonic() - begun) * 1000)
    section = Section(f"14. {_BATCH} messages of a chat in one batch")
    section.add("new", spread(new, "ms", 0), "300 ms")
    section.add("known already", spread(known, "ms", 0), "300 ms")
    section.notes.append("With their senders, each text encrypted; one transaction, committed.")
    return section


async def _bound(database: Database, count: int, *, first: int) -> Sequence[KnownChat]:
    """Chats that are the house's."""
    shown = {
        -number: Chat(-number, ChatType.GROUP, f"Chat {number}")
        for number in range(first, first + count)
    }
    async with database.unit_of_work(actor="benchmarks") as work:
        await add_chats(work, "telegram", shown)
        for chat in (await find_chats(work, shown)).values():
            await bind(work, chat.id, HOUSE, 1)
        return list((await find_chats(work, shown)).values())


def _update(number: int, chat: int) -> dict[str, Any]:
    person = {"id": 1 + number % 50, "is_bot": False, "first_name": f"Person {number % 50}"}
    message = {
        "message_id": number,
        "date": int(_FIRST.timestamp()) + number,
        "chat": {"id": chat, "type": "group", "title": f"Chat {-chat}"},
        "from": person,
        "text": _text(number),
    }
    return {"update_id": number, "message": message}


def _text(number: int) -> str:
    return f"Message number {number:06}: the invoice was paid, please look at what is attached."


def _item(number: int) -> Item:
    sender = Person(1 + number % 50, f"Person {number % 50}")
    return Item(number, _FIRST + timedelta(seconds=number), _text(number), sender=sender)


async def _until_kept(database: Database, total: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            [row] = await database.fetch("SELECT count(*) AS n FROM chat_messages")
            if row["n"] >= total:
                return
            await asyncio.sleep(0.05)
