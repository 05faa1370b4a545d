"""How a socket ends: whoever leaves, it is noticed once."""

import asyncio
import gc
from typing import Any

import pytest
from litestar.exceptions import WebSocketDisconnect

from tramita.kit.http.sockets import ends_within

LONG = 20.0


async def _left() -> None:
    raise WebSocketDisconnect(detail="gone", code=1006)


async def _breaks() -> None:
    raise RuntimeError("ours")


async def _waits() -> None:
    await asyncio.Event().wait()


class TestASocket:
    async def test_is_left_on_both_sides_at_once(self) -> None:
        """Nothing is said of it: neither an error, nor of one that nobody looked at."""
        said: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, what: said.append(what))

        assert await ends_within(LONG, _left(), _left())
        gc.collect()

        assert [] == said

    async def test_fails_loudly_by_an_error_of_ours(self) -> None:
        """Also when the client leaves in the same moment."""
        with pytest.raises(RuntimeError, match="ours"):
            await ends_within(LONG, _left(), _breaks())

    async def test_lives_for_a_time(self) -> None:
        """Then neither side goes on."""
        assert not await ends_within(0.0, _waits(), _waits())
        assert 1 == len(asyncio.all_tasks())
