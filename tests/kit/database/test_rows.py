"""Many rows of a table, locked and changed in one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest

from tests.locks import until_waiting
from tramita.kit.database.engine import Database
from tramita.kit.database.rows import DifferentColumns, lock_rows, update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Colour(StrEnum):
    """Of a parcel's label."""

    RED = "red"


@pytest.fixture
async def parcels(database: Database) -> list[UUID]:
    """Three of them, in order of id."""
    ids = sorted(new_id() for _ in range(3))
    await database.fetch(
        "CREATE TABLE parcels (id uuid PRIMARY KEY, label text, weight numeric, sent_at timestamptz,"
        " is_open boolean, contents jsonb, sender_id uuid)"
    )
    await database.fetch("INSERT INTO parcels (id) SELECT unnest($1::uuid[])", ids)
    return ids


async def label(work: UnitOfWork, parcels: Sequence[UUID]) -> None:
    await update_rows(work, "parcels", {one: {"label": "late"} for one in parcels})


async def lock(work: UnitOfWork, parcels: Sequence[UUID]) -> None:
    await lock_rows(work, "parcels", parcels)


async def rows(database: Database, columns: str) -> list[dict[str, Any]]:
    async with database.unit_of_work() as work:
        return [dict(row) for row in await work.fetch(f"SELECT {columns} FROM parcels ORDER BY id")]


class TestUpdateRows:
    async def test_writes_values_of_every_type(
        self, database: Database, parcels: Sequence[UUID]
    ) -> None:
        """As the table has them; what was written of one row is not written of another."""
        full = {
            "label": Colour.RED,
            "weight": Decimal("1.50"),
            "sent_at": MORNING,
            "is_open": True,
            "contents": [{"thing": "book"}],
            "sender_id": parcels[0],
        }
        async with database.unit_of_work() as work:
            await update_rows(work, "parcels", {parcels[2]: full, parcels[0]: dict.fromkeys(full)})

        nothing = dict.fromkeys(full)
        assert [nothing, nothing, full] == await rows(database, ", ".join(full))

    async def test_writes_nothing_of_nothing(self, database: Database) -> None:
        """There need not be such a table."""
        async with database.unit_of_work() as work:
            await update_rows(work, "letters", {})

    async def test_leaves_what_does_not_meet_the_condition(
        self, database: Database, parcels: Sequence[UUID]
    ) -> None:
        """One row or several."""
        async with database.unit_of_work() as work:
            await update_rows(work, "parcels", {parcels[0]: {"label": "first"}})
            for others in (parcels, parcels[:1]):
                last = {one: {"label": "last"} for one in others}
                await update_rows(work, "parcels", last, only="t.label IS NULL")

        assert ["first", "last", "last"] == [row["label"] for row in await rows(database, "label")]

    async def test_refuses_rows_that_name_different_columns(
        self, database: Database, parcels: Sequence[UUID]
    ) -> None:
        """A column would be emptied of which nobody spoke."""
        mixed: dict[UUID, dict[str, object]] = {
            parcels[0]: {"label": "a"},
            parcels[1]: {"label": "b", "is_open": True},
        }
        async with database.unit_of_work() as work:
            with pytest.raises(DifferentColumns):
                await update_rows(work, "parcels", mixed)


class TestLockRows:
    async def test_tells_of_them_what_is_asked_for(
        self, database: Database, parcels: Sequence[UUID]
    ) -> None:
        """In order of id, whatever order they are named in; one that is missing is left out."""
        async with database.unit_of_work() as work:
            found = await lock_rows(work, "parcels", [new_id(), *parcels[::-1]], "id", "label")

        assert [(one, None) for one in parcels] == [tuple(row) for row in found]


class TestBoth:
    @pytest.mark.parametrize("act", [label, lock])
    async def test_take_rows_in_order_of_id(
        self,
        database: Database,
        parcels: Sequence[UUID],
        act: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]],
    ) -> None:
        """Who waits for the first has none of the others: two can never wait for each other."""
        first, *others = parcels

        async def waiting() -> None:
            async with database.unit_of_work() as work:
                await act(work, parcels[::-1])

        async with database.unit_of_work() as holder:
            await lock(holder, [first])
            task = asyncio.create_task(waiting())
            await until_waiting(database)
            free = await database.fetch(
                "SELECT id FROM parcels ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
            )
        await task

        assert others == [row["id"] for row in free]

    @pytest.mark.parametrize("act", [label, lock])
    @pytest.mark.parametrize("how_many", [1, 2])
    async def test_let_each_other_through(
        self,
        database: Database,
        parcels: Sequence[UUID],
        act: Callable[[UnitOfWork, Sequence[UUID]], Awaitable[None]],
        how_many: int,
    ) -> None:
        """Two that wait for a third, while a fourth refers to what they want."""

        async def waiting() -> None:
            async with database.unit_of_work() as work:
                await act(work, parcels[:how_many])

        async with database.unit_of_work() as referring:
            await referring.fetch("SELECT FROM parcels FOR KEY SHARE")
            async with database.unit_of_work() as work:
                await work.fetch("UPDATE parcels SET weight = 1")
                tasks = [asyncio.create_task(waiting()) for _ in range(2)]
                await until_waiting(database, len(tasks))
            await asyncio.gather(*tasks)

        assert [1, 1, 1] == [row["weight"] for row in await rows(database, "weight")]
