"""Whatever is declared encrypted is written so, by what writes it in earnest.

One person is a customer, the client of an envelope, a learner, and whoever pays abroad: everything
that is done with them is played once, and what it left is looked at column by column, as the areas
declare them.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
import pytest_asyncio

from tests.databases import opened
from tests.forgetting import PEOPLE, PLACES, traces_without_key
from tests.journeys.played import EMAIL, Played, playing
from tests.kit.people.test_encrypting import keys_used, roots, tell
from tramita.kit.database.engine import Database
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.encryption.keys import Keyring, new_key
from tramita.kit.encryption.settings import EncryptionSettings
from tramita.kit.files import Files
from tramita.kit.people.encrypting import count_values, rehash, rotate
from tramita.kit.people.erasures import PersonNotFound
from tramita.kit.people.inventory import Table
from tramita.kit.settings import Mode, Settings
from tramita.payments.cards import find_payer_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

MASKED = (".533.", "Z•")
"""What journals show, which are masked as they are written."""


_HASHED = [table for table in PEOPLE.tables if table.hashes]
_MUST_BE = {("organization_members", "username_hash")}
"""Hashes that no row can be without."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Played]:
    """Everything that is done with one person, once."""
    async with playing(server, tmp_path_factory.mktemp("school")) as played:
        yield played


def ring(*keys: str, lookup: str) -> Keyring:
    """The keys of one process."""
    settings = EncryptionSettings(encryption_keys=",".join(keys), lookup_key=lookup)
    return Keyring.of(settings, Settings(mode=Mode.DEMO))


class TestADeclaredColumn:
    @pytest.mark.parametrize("place", PLACES)
    async def test_is_encrypted_by_whoever_writes_it(self, played: Played, place: str) -> None:
        """A new one has to be written by the story above: nobody can forget to try it."""
        counted = await count_values(played.database, PEOPLE)

        assert {played.database.keys.first_name} == {key for one, key, _ in counted if one == place}

    async def test_shows_nothing_to_whoever_has_a_copy(self, played: Played) -> None:
        """Of the person stands there at most what masks leave of a number."""
        seen = await traces_without_key(played.database)
        assert [] == [one for one in seen if not one.startswith(MASKED)]

    async def test_shows_nothing_to_whoever_has_the_folder(self, played: Played) -> None:
        """What was to be signed, what both have signed, what was put into a chat, what 1C sent."""
        files = Files.open("", played.folder, played.database)
        lying = [one for one in (played.folder / "files").rglob("*") if one.is_file()]
        contents = [await files.get(one.name) for one in lying]

        assert [b"%PDF-"] * 4 == [one[:5] for one in contents]
        assert not any(one.read_bytes().startswith(b"%PDF-") for one in lying)
        named = {hashlib.sha256(one).hexdigest() for one in contents}
        assert named.isdisjoint(one.name for one in lying)


async def everything(database: Database) -> str:
    """Every encrypted value, as this process reads it; in whatever order rows lie."""
    read: list[object] = []
    for table in PEOPLE.tables:
        if table.hidden:
            rows = await database.fetch(f"SELECT {', '.join(table.hidden)} FROM {table.name}")
            read += sorted(str(table.decrypted(database.keys, row)) for row in rows)
    return str(read)


class TestOtherKeys:
    async def test_read_every_column_after_a_rotation(self, played: Played) -> None:
        """All of it comes under the new key, which alone reads it; and back."""
        old, new = EncryptionSettings(), new_key()
        both = ring(new, old.encryption_keys, lookup=old.lookup_key)
        async with _opened(played.url, both) as database:
            await rotate(database, PEOPLE, tell)
            assert {both.first_name} == await keys_used(database)
        async with _opened(played.url, ring(new, lookup=old.lookup_key)) as database:
            told = await everything(database)
        again = ring(old.encryption_keys, new, lookup=old.lookup_key)
        async with _opened(played.url, again) as database:
            await rotate(database, PEOPLE, tell)

        assert told == await everything(played.database)
        assert EMAIL in told

    @pytest.mark.parametrize("table", _HASHED, ids=lambda table: table.name)
    async def test_give_a_missing_hash_as_it_is_written(self, played: Played, table: Table) -> None:
        """Whoever was there before a hash was is found like whoever came since."""
        database, hashes = played.database, ", ".join(table.hashes)
        written = f"SELECT {hashes} FROM {table.name} ORDER BY {table.key}"
        before = await database.fetch(written)
        assert dict.fromkeys(table.hashes, True) == {
            one: any(row[one] is not None for row in before) for one in table.hashes
        }

        for one in table.hashes:
            if (table.name, one) not in _MUST_BE:
                await database.fetch(f"UPDATE {table.name} SET {one} = NULL")
        await rotate(database, PEOPLE, tell)

        assert before == await database.fetch(written)

    async def test_find_everybody_after_a_change_of_theirs(self, played: Played) -> None:
        """By their document, and by their name on the platform; and back."""
        old = EncryptionSettings()
        for lookup in (new_key(), old.lookup_key):
            async with _opened(played.url, ring(old.encryption_keys, lookup=lookup)) as database:
                assert ([], None) == await found(database)
                await rehash(database, PEOPLE, tell)
                persons, payer = await found(database)

            assert 2 == len(persons)
            assert payer is not None


async def found(database: Database) -> tuple[list[UUID], UUID | None]:
    """Who is found by the person's document, and who by their name on the platform."""
    async with database.unit_of_work(actor="test") as work:
        payer = await find_payer_of(work, "house", EMAIL)
    try:
        return await roots(database), payer
    except PersonNotFound:
        return [], payer


@asynccontextmanager
async def _opened(url: str, keys: Keyring) -> AsyncIterator[Database]:
    async with opened(url, keys=keys) as database:
        yield database
