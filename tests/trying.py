"""Trying an asynchronous act with whatever hypothesis thinks of."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

FEW: Final = settings(max_examples=5, suppress_health_check=list(HealthCheck))


def many(examples: int) -> settings:
    """Other ones each time."""
    return settings(
        max_examples=examples,
        derandomize=False,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


async def try_with(
    values: SearchStrategy[T], act: Callable[[T], Coroutine[Any, Any, object]], chosen: settings
) -> None:
    """Have hypothesis, which knows no event loops, find a value with which the act raises."""
    loop = asyncio.get_running_loop()

    @chosen
    @given(value=values)
    def is_borne(value: T) -> None:
        asyncio.run_coroutine_threadsafe(act(value), loop).result(60)

    await asyncio.to_thread(is_borne)
