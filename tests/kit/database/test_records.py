"""Mapped classes and the tables that the migrations make."""

import ast
import importlib
import pkgutil

import pytest
from sqlalchemy import Connection, inspect

import tramita
from tests.architecture.sources import python_files, tree
from tramita.kit.database.engine import Database, Record

for found in pkgutil.walk_packages(tramita.__path__, "tramita."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)

TABLES = Record.metadata.tables


def columns_of(connection: Connection, table: str) -> dict[str, bool]:
    """Columns in the database, and whether each may be null."""
    return {column["name"]: column["nullable"] for column in inspect(connection).get_columns(table)}


class TestRecords:
    @pytest.mark.parametrize("name", sorted(TABLES))
    async def test_are_what_the_migrations_make(self, database: Database, name: str) -> None:
        """Each mapped column exists and may be null exactly when the class says so."""
        async with database.engine.connect() as connection:
            made = await connection.run_sync(columns_of, name)

        mapped = {column.name: bool(column.nullable) for column in TABLES[name].columns}
        assert mapped == {column: made.get(column) for column in mapped}

    def test_are_made_or_loaded_by_somebody(self) -> None:
        """A class for a table that only statements read would be written and kept for nothing."""
        used = {
            node.id
            for path in python_files("src")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Name)
        }

        assert set() == {mapper.class_.__name__ for mapper in Record.registry.mappers} - used
