"""Mapped columns that are encrypted."""

import pytest
from sqlalchemy import select

from tests.forgetting import CPF, rows_of
from tests.process.test_inventory import PEOPLE
from tramita.contracts.changes import change_customer, create_customer
from tramita.contracts.model import Customer, DocumentKind
from tramita.kit.database.engine import Database
from tramita.kit.database.rows import update_rows
from tramita.kit.encryption.types import ENCRYPTED, Compared

NAME = "Zulmira Quartzberg"


async def customers_of(database: Database, document: str) -> list[str]:
    """The names of those who are found by a document."""
    async with database.session() as session:
        rows = await session.scalars(select(Customer).where(Customer.document_hash == document))
        return [one.name for one in rows]


class TestAMappedRow:
    async def test_is_found_by_what_it_was_changed_to(self, database: Database) -> None:
        """The hash follows the document, as often as that changes; and goes with it."""
        values = {"name": NAME, "document_kind": "cpf", "document": CPF}
        async with database.unit_of_work() as work:
            made = (await create_customer(work, values)).id
        assert ([NAME], []) == (
            await customers_of(database, CPF),
            await customers_of(database, "52998224725"),
        )

        document = {"document_kind": DocumentKind.CPF, "document": "52998224725"}
        async with database.unit_of_work() as work:
            await change_customer(work, made, document)
        assert ([], [NAME]) == (
            await customers_of(database, CPF),
            await customers_of(database, "52998224725"),
        )

        async with database.unit_of_work() as work:
            await change_customer(work, made, {"document_kind": None, "document": None})
        assert [] == await customers_of(database, "52998224725")

    async def test_is_written_by_its_id_as_well(self, database: Database) -> None:
        """What writes rows without mapping them encrypts the same columns."""
        async with database.unit_of_work() as work:
            made = (await create_customer(work, {"name": "Ana"})).id
        async with database.unit_of_work() as work:
            values = {"name": NAME, "address": {"street": "Travessa"}, "phone": None}
            await update_rows(work, "customers", {made: values})

        [stored] = await database.fetch("SELECT name, address FROM customers")
        assert ["enc1:", "enc1:"] == [one[:5] for one in stored]
        assert [(NAME, {"street": "Travessa"}, None)] == await rows_of(
            database, "customers", "name, address, phone"
        )

    def test_is_compared_by_nothing_but_its_hash(self) -> None:
        """A condition on it would find nothing, without a word."""
        with pytest.raises(Compared):
            select(Customer).where(Customer.name == NAME)
        with pytest.raises(Compared):
            select(Customer).order_by(Customer.name.desc())

        assert "IS NULL" in str(select(Customer).where(Customer.email.is_(None)))


class TestPlaces:
    def test_are_those_of_the_inventory(self) -> None:
        """What is mapped as encrypted is declared, by its own table and column."""
        declared = {f"{table.name}.{one}" for table in PEOPLE.tables for one in table.hidden}

        assert set() == ENCRYPTED - declared
