"""Waiting for what happens outside of a test, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

# Seconds; whoever waits without a pause takes half of a small machine for it.
_BETWEEN_QUESTIONS: Final = 0.02


async def until(condition: Callable[[], Awaitable[bool]], *, deadline: float = 60) -> None:
    """Ask again and again, until it is so; raises ``TimeoutError`` after ``deadline`` seconds.

    Between two questions the processor belongs to whatever is waited for.
    """
    async with asyncio.timeout(deadline):
        while not await condition():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), _BETWEEN_QUESTIONS)
