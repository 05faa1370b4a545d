"""``tramita keys``, and what every command says of keys that do not fit."""

import pytest

from tests.cli.conftest import Run
from tests.forgetting import CPF, traces_without_key
from tests.kit.people.test_encrypting import MANY
from tramita.contracts.changes import create_customer
from tramita.kit.database.engine import Database
from tramita.kit.encryption.keys import new_key

_PLAIN = """
    INSERT INTO customers (id, name, created_at)
    SELECT gen_random_uuid(), 'Zulmira Quartzberg', now() FROM generate_series(1, $1)
"""


@pytest.fixture
async def somebody(database: Database) -> Database:
    """A database with a customer, and many from before encryption."""
    async with database.unit_of_work(actor="test") as work:
        values = {"name": "Zulmira Quartzberg", "document_kind": "cpf", "document": CPF}
        await create_customer(work, values)
    await database.fetch(_PLAIN, MANY)
    return database


class TestKeys:
    async def test_are_made_and_fit_a_setting(self, tramita: Run) -> None:
        """Each time another one."""
        _, one, _ = await tramita("keys", "new")
        _, other, _ = await tramita("keys", "new")

        assert one != other
        code, listed, _ = await tramita("keys", "list", encryption_keys=one.strip(), mode="demo")
        assert (0, True) == (code, listed.startswith("encrypts\t"))

    async def test_are_counted_and_followed(self, somebody: Database, tramita: Run) -> None:
        """An operator sees what is not encrypted yet, and how far it is."""
        name = somebody.keys.first_name
        _, before, _ = await tramita("keys", "list", mode="demo")
        code, said, _ = await tramita("keys", "rotate", mode="demo")
        _, after, _ = await tramita("keys", "list", mode="demo")

        assert 0 == code
        assert f"customers.name\tno key\t{MANY}\n" in before
        assert ["500", "1000", "1200"] == [
            line.split("\t")[1] for line in said.splitlines() if line.startswith("customers\t")
        ]
        assert f"customers.name\t{name}\t{MANY + 1}\n" in after
        assert "no key" not in after
        assert [] == await traces_without_key(somebody)


class TestACommand:
    @pytest.mark.parametrize("command", ["keys list", "tokens list", "check", "worker --drain"])
    async def test_does_not_start_in_production_without_keys(
        self, database: Database, tramita: Run, command: str
    ) -> None:
        """It says which setting is missing."""
        code, _, errors = await tramita(*command.split(), encryption_keys="", mode="production")

        assert (1, 0) == (code, errors.count("Traceback"))
        assert "There is no TRAMITA_ENCRYPTION_KEYS" in errors

    @pytest.mark.parametrize("command", ["keys list", "tokens list", "check", "worker --drain"])
    async def test_does_not_start_with_other_keys(
        self, somebody: Database, tramita: Run, command: str
    ) -> None:
        """As on a database that was the demo's: nothing of it could be read, nobody found."""
        keys = {"encryption_keys": new_key(), "lookup_key": new_key()}
        await somebody.fetch(
            "INSERT INTO encryption_keys VALUES ('values', $1, now())", somebody.keys.first_name
        )

        code, _, errors = await tramita(*command.split(), mode="production", **keys)

        assert (1, 0) == (code, errors.count("Traceback"))
        assert f"has values encrypted with {somebody.keys.first_name}" in errors

    async def test_follows_another_lookup_key(self, somebody: Database, tramita: Run) -> None:
        """Until then nothing else starts; the sentence says what to do."""
        lookup = new_key()
        before, _, errors = await tramita("tokens", "list", mode="demo", lookup_key=lookup)
        code, said, _ = await tramita("keys", "rehash", mode="demo", lookup_key=lookup)
        after, _, _ = await tramita("tokens", "list", mode="demo", lookup_key=lookup)

        assert (1, 0, 0) == (before, code, after)
        assert "run `tramita keys rehash`" in errors
        assert f"No more: {somebody.keys.lookup_name}." in said
