"""Taking turns on the event loop, for work that computes for milliseconds.

The loop runs everything that is ready before it looks at its sockets again. When
hundreds of answers arrive in one instant, and checking each takes two milliseconds,
a transaction that only waits for PostgreSQL's next reply waits a second for it, and
again for the one after. Whoever takes a turn before computing lets all that is ready
elsewhere go first.
"""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Turns:
    """A line in which one is let through at each round of the event loop."""

    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self) -> None:
        """Return when it is our turn; first come, first served."""
        async with self._door:
            # The door stays shut for a round: the next one comes through after it.
            await asyncio.sleep(0)
