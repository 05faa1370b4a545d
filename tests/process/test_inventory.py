"""What is held of people is decided column by column, and nothing comes in undecided."""

from collections.abc import Iterator

import pytest

from tramita.kit.database.engine import Database
from tramita.kit.identifiers import new_id
from tramita.kit.people.groups import Groups
from tramita.kit.people.inventory import Root, Table, together
from tramita.process.areas import EVERYTHING

PEOPLE = together([area.people for area in EVERYTHING])


def decided(table: Table) -> list[str]:
    """Every column of a table that the inventory names, as often as it does."""
    return [*table.erased, *table.kept, *table.plain.split()]


# Few rows, whatever is in the rest of the database.
SMALL = {"pgqueuer"}


def statements() -> Iterator[str]:
    """Everything that is asked again and again while somebody is erased."""
    yield from (one.statement for one in PEOPLE.groups)
    yield from (f"SELECT 1 FROM {one.name} WHERE {one.rows}" for one in PEOPLE.tables if one.rows)
    yield from (one.rows for one in PEOPLE.obligations)
    yield from (*PEOPLE.open, *PEOPLE.owners, *PEOPLE.keys)
    yield from (one.statement for one in PEOPLE.values)


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

    @pytest.mark.parametrize("table", PEOPLE.tables, ids=lambda table: table.name)
    def test_hides_what_is_personal_or_says_why_not(self, table: Table) -> None:
        """Encrypted, found by its hash alone, or with a reason in writing: one of the three."""
        personal = {*table.erased, *table.kept}
        hidden = {*table.hidden, *table.hashes}

        assert personal == hidden | table.in_clear.keys()
        assert not hidden & table.in_clear.keys()

    async def test_knows_every_column_that_names_a_file(self, database: Database) -> None:
        """What the database drops is what is looked for before a file goes."""
        rows = await database.fetch(
            "SELECT tgrelid::regclass::text AS name, tgargs AS args "
            "FROM pg_trigger WHERE tgfoid = 'drop_file'::regproc"
        )

        assert {(row["name"], row["args"].rstrip(b"\0").decode()) for row in rows} == {
            (table.name, column) for table in PEOPLE.tables for column in table.files.split()
        }

    def test_says_how_to_find_what_it_erases(self) -> None:
        """What becomes of a column is of no use where nobody finds its row."""
        assert [] == [one.name for one in PEOPLE.tables if one.erased and not one.rows]

    def test_keeps_by_law_only_what_is_erased_otherwise(self) -> None:
        """The other columns stay anyway."""
        assert [] == [one.name for one in PEOPLE.tables if one.by_law.keys() - one.erased.keys()]

    @pytest.mark.parametrize("statement", [*statements()])
    async def test_finds_by_an_index_alone(self, database: Database, statement: str) -> None:
        """Erasing one person costs the same among ten thousand people and among a million."""
        groups = Groups({name: {new_id()} for name in ("customers", "envelopes", "contracts")})
        async with database.unit_of_work(actor="test") as work:
            await work.fetch("SET LOCAL enable_seqscan = off")
            plan = await groups.fetch(work, f"EXPLAIN {statement}")

        read = [row[0].split("Seq Scan on ")[1] for row in plan if "Seq Scan on" in row[0]]
        assert [] == [one for one in read if one.split()[0] not in SMALL]

    @pytest.mark.parametrize("root", PEOPLE.roots, ids=lambda root: root.table)
    async def test_finds_a_person_by_an_index(self, database: Database, root: Root) -> None:
        """By document or by id."""
        async with database.unit_of_work(actor="test") as work:
            await work.fetch("SET LOCAL enable_seqscan = off")
            explained = f"EXPLAIN {root.statement}"
            plan = await work.fetch(explained, "house", None, None, "cpf", b"hash", new_id())

        assert [] == [row[0] for row in plan if "Seq Scan on" in row[0]]
