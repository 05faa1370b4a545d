"""What people write in a chat is kept once, whatever the messenger does and whoever dies."""

import random
from typing import Any

from tests.journeys.processes import Processes
from tests.transfers.house import open_house
from tests.world import until
from tramita.testing.control import VendorControl
from tramita.transfers.agents import change_agent

AGENT, CLIENT = "igor", "anna"
DOOR = "/telegram/webhook/telegram-demonstration-path"
WRITTEN = 30


async def in_chat(tramita: Processes, chat: int) -> dict[int, str]:
    """The messages of people that are kept of a chat, by their numbers."""
    rows = await tramita.database.fetch(
        "SELECT message_id, text FROM chat_messages WHERE in_chat = $1 AND NOT is_ours AND service = ''",
        chat,
    )
    keys = tramita.database.keys
    return {row["message_id"]: keys.decrypt(row["text"], "chat_messages.text") for row in rows}


async def group_of(telegram: VendorControl, tramita: Processes) -> int:
    """A group of an agent and a client, to which the agent adds our bot."""
    house = await open_house(tramita.database)
    async with tramita.database.unit_of_work(actor="test") as work:
        await change_agent(work, house.agent, telegram_id=700900)
    made = await telegram.person(AGENT, "create_group", title="Платёж", others=[CLIENT])
    chat: int = made["chat"]
    await telegram.subscribe(tramita.url + DOOR)
    for kind, fault in (
        ("webhook_duplicate", {"probability": 0.3}),
        ("webhook_delayed", {"probability": 0.2, "arguments": {"seconds": 0.5}}),
        ("webhook_reordered", {"probability": 0.2, "arguments": {"seconds": 0.2}}),
    ):
        await telegram.fail_webhook(kind, count=None, **fault)
    await telegram.person(AGENT, "add_bot", chat=chat)
    return chat


async def test_messages_are_kept_once_although_web_and_worker_die(tramita: Processes) -> None:
    """Posted twice, late and out of order under numbers that jump, to processes that are killed."""
    chance = random.Random(7)
    telegram = VendorControl(tramita.qitech.session, "telegram")
    running = {role: await tramita.start(role) for role in ("web", "worker")}
    chat = await group_of(telegram, tramita)
    texts: dict[int, str] = {}

    for n in range(WRITTEN):
        said: Any = await telegram.person(CLIENT, "write", chat=chat, text=f"Message {n}")
        texts[said["message_id"]] = f"Message {n}"
        if n % 4 == 0:
            edited = chance.choice(list(texts))
            texts[edited] = f"Edited after {n}"
            edit = {"message_id": edited, "text": texts[edited]}
            await telegram.person(CLIENT, "edit", chat=chat, **edit)
        if n % 10 == 5:
            await telegram.operate("jump_update_ids")
            role = chance.choice(list(running))
            await tramita.kill(running[role])
            running[role] = await tramita.start(role)
    await telegram.mend()

    async def is_whole() -> bool:
        await telegram.post_again()
        return await in_chat(tramita, chat) == texts

    await until(is_whole, deadline=180)
    [row] = await tramita.database.fetch("SELECT count(not_understood) AS n FROM inbox")
    assert 0 == row["n"]
