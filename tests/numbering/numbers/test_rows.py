"""The rows of phone numbers."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.numbering.stock import put_number
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.numbering.lifecycle import NumberStatus, NumberTrigger, ProviderRelease
from tramita.numbering.numbers.rows import NUMBERS, note_release

MSISDN = "5511912345678"


async def move(work: UnitOfWork, number: UUID) -> None:
    await NUMBERS.move(work, [number], NumberTrigger.RESERVE)


async def note(work: UnitOfWork, number: UUID) -> None:
    await note_release(work, {number: ProviderRelease.FAILED})


class TestANumber:
    @pytest.mark.parametrize("change", [move, note])
    async def test_says_when_it_was_last_changed(
        self, database: Database, change: Callable[[UnitOfWork, UUID], Awaitable[None]]
    ) -> None:
        """Whatever changed it, and without anybody's having to think of that."""
        before = await put_number(database, MSISDN, NumberStatus.RETURNED)
        async with database.unit_of_work(actor="test") as work:
            await change(work, before["id"])

        [after] = await database.fetch("SELECT * FROM phone_number WHERE id = $1", before["id"])

        assert before["created_at"] == after["created_at"]
        assert before["updated_at"] < after["updated_at"]
