"""Micro-batches: writes that arrive together share one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from tramita.kit.batching import MicroBatch


@dataclass
class Ledger:
    """Writes numbers as words; a negative number poisons the batch it is in."""

    batches: list[list[int]] = field(default_factory=list)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, numbers: Sequence[int]) -> list[str]:
        self.batches.append(list(numbers))
        self.has_begun.set()
        await self.is_open.wait()
        if any(number < 0 for number in numbers):
            raise ValueError(f"cannot write {numbers}")
        return [f"#{number}" for number in numbers]


async def begin(
    ledger: Ledger, batch: MicroBatch[int, str], *numbers: int
) -> list[asyncio.Task[str]]:
    """Add each number, the first while nothing else waits and the others while it is written."""
    first = asyncio.create_task(batch.add(numbers[0]))
    await ledger.has_begun.wait()
    others = [asyncio.create_task(batch.add(number)) for number in numbers[1:]]
    # Let the others reach the batch: they run, in order, before this one does again.
    await asyncio.sleep(0)
    return [first, *others]


class TestMicroBatch:
    async def test_gathers_what_arrives_while_it_writes(self) -> None:
        """One at a time under no load, many at a time under load, results in order."""
        ledger = Ledger()
        adding = await begin(ledger, MicroBatch(ledger.write), 1, 2, 3, 4)

        ledger.is_open.set()
        results = await asyncio.gather(*adding)

        assert ["#1", "#2", "#3", "#4"] == results
        assert [[1], [2, 3, 4]] == ledger.batches

    async def test_keeps_batches_to_their_size(self) -> None:
        """A transaction does not grow without end."""
        ledger = Ledger()
        adding = await begin(ledger, MicroBatch(ledger.write, size=2), 1, 2, 3, 4)

        ledger.is_open.set()
        await asyncio.gather(*adding)

        assert [[1], [2, 3], [4]] == ledger.batches

    async def test_hands_results_out_a_few_at_a_time(self) -> None:
        """Whatever else waits for the loop has its turn between those who go on."""
        ledger, gone_on, seen = Ledger(), 0, []

        async def go_on(number: int) -> None:
            nonlocal gone_on
            await batch.add(number)
            gone_on += 1

        batch = MicroBatch(ledger.write)
        ledger.is_open.set()
        async with asyncio.TaskGroup() as group:
            for number in range(100):
                group.create_task(go_on(number))
            while gone_on < 100:
                await asyncio.sleep(0)
                seen.append(gone_on)

        steps = [after - before for before, after in pairwise([0, *seen])]
        assert max(steps) <= 10

    async def test_waits_a_moment_for_company_under_load(self) -> None:
        """Who comes just after a write joins those who gathered during it; a full batch goes."""
        ledger = Ledger()
        batch = MicroBatch(ledger.write, size=2, patience=60)
        adding = await begin(ledger, batch, 1, 2)

        ledger.is_open.set()
        await adding[0]
        async with asyncio.timeout(30):
            await batch.add(3)

        assert [[1], [2, 3]] == ledger.batches

    async def test_does_not_wait_for_company_for_ever(self) -> None:
        """A batch that stays small is written all the same."""
        ledger = Ledger()
        adding = await begin(ledger, MicroBatch(ledger.write, patience=0.001), 1, 2)

        ledger.is_open.set()
        await asyncio.gather(*adding)

        assert [[1], [2]] == ledger.batches

    async def test_isolates_a_poisonous_item(self) -> None:
        """An error reaches its own caller; the others of the batch are written."""
        ledger = Ledger()
        adding = await begin(ledger, MicroBatch(ledger.write), 1, 2, -3, 4)

        ledger.is_open.set()
        results = await asyncio.gather(*adding, return_exceptions=True)

        assert ["#1", "#2", "#4"] == [results[0], results[1], results[3]]
        assert "cannot write [-3]" == str(results[2])
        assert [[1], [2, -3, 4], [2], [-3], [4]] == ledger.batches

    async def test_works_again_after_a_failure(self) -> None:
        """One bad day does not end it."""
        ledger = Ledger()
        ledger.is_open.set()
        batch = MicroBatch(ledger.write)
        with pytest.raises(ValueError, match="cannot write"):
            await batch.add(-1)

        assert "#2" == await batch.add(2)

    @pytest.mark.parametrize("leaving", [0, 1, 2])
    async def test_loses_nobody_when_one_stops_waiting(self, leaving: int) -> None:
        """Who is cancelled leaves alone, whether being written or still waiting."""
        ledger = Ledger()
        adding = await begin(ledger, MicroBatch(ledger.write), 0, 1, 2)

        adding[leaving].cancel()
        ledger.is_open.set()
        results = await asyncio.gather(*adding, return_exceptions=True)

        assert isinstance(results.pop(leaving), asyncio.CancelledError)
        assert [f"#{n}" for n in (0, 1, 2) if n != leaving] == results

    async def test_ignores_the_error_of_somebody_who_left(self) -> None:
        """Nobody is there to hear it, and the next one is written."""
        ledger = Ledger()
        batch = MicroBatch(ledger.write)
        adding = await begin(ledger, batch, -1, 2)

        adding[0].cancel()
        ledger.is_open.set()

        assert "#2" == await adding[1]

    async def test_tells_everybody_when_the_answers_do_not_fit(self) -> None:
        """A writer that answers too few results is a bug; nobody may wait for ever."""

        async def forgetful(_: Sequence[int]) -> list[str]:
            return []

        async with asyncio.timeout(30):
            with pytest.raises(ValueError, match="0 results for 1 items"):
                await MicroBatch(forgetful).add(1)

    async def test_lets_nobody_wait_for_a_cancelled_writer(self) -> None:
        """When the loop is shut down, what waits is cancelled too."""
        ledger = Ledger()
        batch = MicroBatch(ledger.write)
        adding = await begin(ledger, batch, 1, 2)
        assert batch._writer is not None

        batch._writer.cancel()

        async with asyncio.timeout(30):
            results = await asyncio.gather(*adding, return_exceptions=True)
        assert [asyncio.CancelledError] * 2 == [type(one) for one in results]
