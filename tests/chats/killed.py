"""A process that handles kept updates until it is killed; whatever it was doing then is done by the next."""

import asyncio
import sys
from pathlib import Path

from tests.chats.messenger import Listener, Messenger, house_at
from tests.databases import opened
from tramita.chats.journey.take_update import UPDATES

_WAITING = "SELECT id FROM inbox WHERE processed_at IS NULL ORDER BY id"
_AT_ONCE = 20


async def main(dsn: str, folder: str) -> None:
    """Handle what waits, some at a time, as jobs of a worker do; says how many after each."""
    async with opened(dsn) as database:
        house = house_at(database, Messenger(), Listener(), Path(folder))
        print("ready", flush=True)  # noqa: T201 - whoever kills it waits for that
        while rows := await database.fetch(_WAITING):
            for first in range(0, len(rows), _AT_ONCE):
                some = rows[first : first + _AT_ONCE]
                await asyncio.gather(*(UPDATES.take(house.runtime, row["id"]) for row in some))
                print(len(some), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
