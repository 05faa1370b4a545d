"""Micro-batches: many small writes that arrive together share one transaction.

While one batch is being written, what arrives meanwhile gathers and becomes the next.
Under no load a batch is one item and nothing waits. Under load the next batch waits a
moment for company: a transaction costs about as much as writing ten more items in it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from tramita.kit.transient import is_transient

I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")

# Results handed out in one turn of the loop. Two hundred jobs that all begin in the same turn
# hold up whatever else waits for it by a fifth of a second.
_AT_ONCE: Final = 8
# Seconds that those who gathered during a write wait for more.
PATIENCE: Final = 0.03


@dataclass
class MicroBatch(Generic[I, R]):
    """Hands gathered items to ``write``, which answers one result per item, in order.

    When a batch fails, its items are written one by one, so that an error reaches
    only the item it belongs to. ``patience``, in seconds, is how long those that
    gathered during a write wait for more; a full batch does not wait.
    """

    write: Callable[[Sequence[I]], Awaitable[Sequence[R]]]
    size: int = 200
    patience: float = PATIENCE
    _is_full: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: list[tuple[I, asyncio.Future[R]]] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None

    async def add(self, item: I) -> R:
        """Write ``item`` with whatever else is waiting; raises what its write raised."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._waiting) >= self.size:
            self._is_full.set()
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        return await future

    async def _write_all(self) -> None:
        batch: list[tuple[I, asyncio.Future[R]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self.size], self._waiting[self.size :]
                await self._write_batch(batch)
                if self._waiting:
                    await self._gather()
        finally:
            # Whoever still waits here does so because the writer itself was cancelled.
            abandoned, self._waiting, self._writer = [*batch, *self._waiting], [], None
            for _, future in abandoned:
                future.cancel()

    async def _gather(self) -> None:
        if len(self._waiting) < self.size:
            self._is_full.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.patience):
                    await self._is_full.wait()

    async def _write_batch(self, batch: list[tuple[I, asyncio.Future[R]]]) -> None:
        try:
            results = await self.write([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - handed to the callers, never swallowed
            # When the database is away, no item is to blame and none would fare better.
            if len(batch) == 1 or is_transient(error):
                for _, future in batch:
                    _fail(future, error)
                return
            for one in batch:
                await self._write_batch([one])
            return
        if len(results) != len(batch):
            # It is written already, so it must not be written again one by one.
            for _, future in batch:
                _fail(future, ValueError(f"{len(results)} results for {len(batch)} items"))
            return
        for n, ((_, future), result) in enumerate(zip(batch, results, strict=True), start=1):
            if not future.done():
                future.set_result(result)
            if n % _AT_ONCE == 0:
                await asyncio.sleep(0)


def _fail(future: asyncio.Future[R], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
