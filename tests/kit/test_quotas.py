"""What one tenant may have kept within an hour, whoever asks and however many at once."""

import asyncio
from datetime import timedelta

import pytest

from tests.hours import until_an_hour_lasts
from tramita.kit.database.engine import Database
from tramita.kit.quotas import Quota, QuotaExceeded, take


def files(n: int = 1, *, of: str = "house", most: int = 3) -> list[Quota]:
    """So many files of somebody."""
    return [Quota(f"files:{of}", "files", n, most)]


@pytest.fixture(autouse=True)
async def an_hour(database: Database) -> None:
    """It does not turn meanwhile."""
    await until_an_hour_lasts(database)


class TestTaking:
    async def test_ends_where_there_is_no_more(self, database: Database) -> None:
        """It is said what there is too much of, and when to come again."""
        for _ in range(3):
            await take(database, files())

        with pytest.raises(QuotaExceeded, match="no more files") as refused:
            await take(database, files())

        wait = refused.value.retry_after
        assert wait is not None
        assert timedelta(0) < wait <= timedelta(hours=1)

    async def test_lets_no_more_in_who_come_at_once(self, database: Database) -> None:
        """Each counts before anything of it is kept."""
        found = await asyncio.gather(
            *(take(database, files()) for _ in range(20)), return_exceptions=True
        )

        assert 3 == found.count(None)

    async def test_is_each_ones_own(self, database: Database) -> None:
        """Nobody takes from others."""
        await take(database, files(3))

        await take(database, files(3, of="shop"))

    async def test_refuses_at_once_what_is_too_much_alone(self, database: Database) -> None:
        """Nothing of it counts."""
        with pytest.raises(QuotaExceeded):
            await take(database, files(4))

        await take(database, files(3))

    async def test_begins_anew_with_the_hour(self, database: Database) -> None:
        """By the database's clock."""
        await take(database, files(3))
        await database.fetch("UPDATE quotas SET hour = hour - interval '1 hour'")

        await take(database, files(3))

    async def test_without_a_limit_counts_nothing(self, database: Database) -> None:
        """Zero is any number."""
        for _ in range(9):
            await take(database, files(most=0))

        assert [] == await database.fetch("SELECT FROM quotas")
