"""Mapped rows that belong to somebody are found within their session's bounds only."""

from collections.abc import Mapping

import pytest
from sqlalchemy import delete, select, update

from tramita.contracts.changes import create_customer
from tramita.contracts.model import Customer
from tramita.kit.bounds import EVERYTHING, HOUSE, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.database.owned import WHOEVERS

OWNERS: Mapping[str, Bounds] = {
    "house": Bounds(HOUSE),
    "alfa": Bounds("alfa"),
    "alfa-one": Bounds("alfa", "one"),
    "alfa-two": Bounds("alfa", "two"),
    "beta-one": Bounds("beta", "one"),
}


@pytest.fixture
async def database(database: Database) -> Database:
    """A customer of each owner, who bears the owner's name."""
    for name, bounds in OWNERS.items():
        async with database.within(bounds).unit_of_work() as work:
            await create_customer(work, {"name": name})
    return database


class TestOwned:
    @pytest.mark.parametrize(
        ("bounds", "seen"),
        [
            (Bounds("alfa", "one"), {"alfa-one"}),
            (Bounds("alfa"), {"alfa", "alfa-one", "alfa-two"}),
            (Bounds("alfa", "one", is_all_carriers=True), {"alfa", "alfa-one", "alfa-two"}),
            (Bounds("gamma"), set()),
            (Bounds(HOUSE), {"house"}),
            (Bounds(HOUSE, "one", is_all_tenants=True), {"alfa-one", "beta-one"}),
            (EVERYTHING, set(OWNERS)),
        ],
    )
    async def test_are_found_changed_and_deleted_within_bounds(
        self, database: Database, bounds: Bounds, seen: set[str]
    ) -> None:
        """By a session of its own and by a unit of work; what is outside stays as it is."""
        mine = database.within(bounds)
        async with mine.session() as session:
            assert seen == set(await session.scalars(select(Customer.name)))
        async with mine.unit_of_work() as work:
            changed = await work.session.scalars(
                update(Customer).values(email="a@b.example").returning(Customer.name)
            )
            assert seen == set(changed)
        async with mine.unit_of_work() as work:
            await work.session.execute(delete(Customer))

        async with database.session() as session:
            left = await session.execute(select(Customer.name, Customer.email))
        assert {(name, None) for name in set(OWNERS) - seen} == {tuple(row) for row in left}

    async def test_are_found_by_id_within_bounds(self, database: Database) -> None:
        """As if there were none outside."""
        async with database.session() as session:
            ids = {one.name: one.id for one in await session.scalars(select(Customer))}

        async with database.within(OWNERS["alfa"]).unit_of_work() as work:
            assert await work.session.get(Customer, ids["beta-one"]) is None
            assert await work.session.get(Customer, ids["alfa-two"]) is not None

    async def test_are_all_found_by_who_says_so(self, database: Database) -> None:
        """For what has to reach things whoever owns them."""
        async with database.within(OWNERS["alfa"]).unit_of_work() as work:
            every = await work.session.scalars(select(Customer.name), execution_options=WHOEVERS)

            assert set(OWNERS) == set(every)
