"""No message is lost, and none is kept twice, whatever comes twice, late or renumbered, and whoever dies."""

import asyncio
import os
import random
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chats.messenger import AGENT, BACKEND, GROUP, OTHER, House, at, message
from tests.chats.test_updates import messages
from tests.emptying import empty
from tramita.chats.ports import BotStatus, Membership, Update
from tramita.chats.queries import MessageView

PATIENCE = 90.0
LIVES = 3


def story(house: House, chance: random.Random) -> list[Update]:
    """A talk in two chats, told as badly as a messenger may: twice, out of order, numbered anew."""
    told = []
    for chat in (GROUP, OTHER):
        added = BotStatus(AGENT, Membership.LEFT, Membership.MEMBER, at(0))
        told.append(house.update(added, chat))
        for n in range(1, 41):
            told.append(house.update(message(n, f"{n}", n), chat))
            if n % 5 == 0:
                edit = message(n, f"{n}, corrected", n, edited_at=at(n + 100))
                told.append(house.update(edit, chat))
    # After a week without updates the numbers begin anywhere, also where they were before.
    renumbered = [Update(number, one.event, one.chat) for number, one in enumerate(told[::3], 1001)]
    told += [*renumbered, *chance.sample(told, 20)]
    chance.shuffle(told)
    return told


def texts(found: list[MessageView]) -> list[tuple[int, str]]:
    """Messages by their numbers."""
    return [(one.message_id, one.text) for one in found]


WHOLE = [(n, f"{n}, corrected" if n % 5 == 0 else f"{n}") for n in range(1, 41)]


async def test_nothing_is_lost_or_doubled_by_kill_9(
    house: House, database_url: str, tmp_path: Path
) -> None:
    """Processes that are killed at any moment are followed by others, and all is there once."""
    chance = random.Random(5)
    await house.keep(*story(house, chance))
    environment = os.environ | {"TRAMITA_CHATS_BACKEND": BACKEND}
    async with asyncio.timeout(PATIENCE):
        for life in range(LIVES):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.chats.killed", database_url, str(tmp_path)),
                env=environment,
                stdout=asyncio.subprocess.PIPE,
            )
            assert process.stdout is not None
            assert b"ready\n" == await process.stdout.readline()
            if life < LIVES - 1:
                for _ in range(chance.randint(0, 2)):
                    await process.stdout.readline()
                process.kill()
            await process.communicate()
    await house.fetch("UPDATE inbox SET received_at = received_at - interval '1 second'")
    while await house.work(late=True):
        pass

    assert WHOLE == texts(await messages(house))
    assert WHOLE == texts(await messages(house, OTHER.id))


@settings(
    max_examples=4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6))
async def test_nothing_depends_on_the_order(house: House, seed: int) -> None:
    """Any order, in any pieces, leads to the same messages with the same texts."""
    chance = random.Random(seed)
    await empty(house.database, "inbox", "pgqueuer", "chats")
    told = story(house, chance)
    while told:
        piece = chance.randint(1, 40)
        await house.tell(*told[:piece])
        told = told[piece:]
    while await house.work(late=True):
        pass

    assert WHOLE == texts(await messages(house))
    assert WHOLE == texts(await messages(house, OTHER.id))
