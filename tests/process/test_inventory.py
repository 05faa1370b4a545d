"""What is held of people is decided column by column, and nothing comes in undecided."""

from tramita.kit.database.engine import Database
from tramita.kit.people.inventory import Table, together
from tramita.process.areas import EVERYTHING

PEOPLE = together([area.people for area in EVERYTHING])


def decided(table: Table) -> list[str]:
    """Every column of a table that the inventory names, as often as it does."""
    return [*table.erased, *table.kept, *table.plain.split()]


class TestTheInventory:
    async def test_names_every_column_of_the_database_once(self, database: Database) -> None:
        """A new column has to be classified before it comes in, and a dropped one goes."""
        rows = await database.fetch(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )

        assert sorted((row["table_name"], row["column_name"]) for row in rows) == sorted(
            (table.name, column) for table in PEOPLE.tables for column in decided(table)
        )

    def test_says_how_to_find_what_it_erases(self) -> None:
        """What becomes of a column is of no use where nobody finds its row."""
        assert [] == [one.name for one in PEOPLE.tables if one.erased and not one.rows]

    def test_keeps_by_law_only_what_is_erased_otherwise(self) -> None:
        """The other columns stay anyway."""
        assert [] == [one.name for one in PEOPLE.tables if one.by_law.keys() - one.erased.keys()]
