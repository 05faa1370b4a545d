"""Keys change while everything runs, and what is kept of people follows."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from tests.databases import opened
from tests.forgetting import CPF, PEOPLE, rows_of, traces, traces_without_key
from tests.kit.database.old import old_database
from tests.locks import until_waiting
from tests.portability.stored import CLIENT, sold, start
from tramita.contracts.changes import change_customer, create_customer
from tramita.contracts.service import NewContract, create_contract
from tramita.kit import inbox
from tramita.kit.database.engine import Database
from tramita.kit.database.known_keys import (
    EncryptionKeyMissing,
    LookupKeyDiffers,
    RehashUnfinished,
    check_keys,
)
from tramita.kit.database.migrate import migrate
from tramita.kit.embedded.postgres import EmbeddedPostgres
from tramita.kit.encryption.keys import Keyring, KeyUnknown, new_key
from tramita.kit.encryption.settings import EncryptionSettings
from tramita.kit.idempotency import Claim, StoredAnswer, begin, finish
from tramita.kit.people.encrypting import ValuesLeft, count_values, rehash, rotate
from tramita.kit.people.erasures import find_roots, identify
from tramita.kit.settings import Mode, Settings
from tramita.portability.queries import find_envelopes
from tramita.portability.service import create_envelope

NAME = "Zulmira Quartzberg"
LOOKUP = new_key()
MANY = 1_200
_BEFORE = """
    INSERT INTO customers (id, name, document_kind, document, address, created_at)
    SELECT gen_random_uuid(), $1, 'cpf', $2, '{"street": "Travessa do Quartzo"}', now()
    FROM generate_series(1, $3)
"""


def ring(*keys: str, lookup: str = LOOKUP) -> Keyring:
    """The keys of one process."""
    settings = EncryptionSettings(encryption_keys=",".join(keys), lookup_key=lookup)
    return Keyring.of(settings, Settings(mode=Mode.PRODUCTION))


@asynccontextmanager
async def process(url: str, *keys: str, lookup: str = LOOKUP) -> AsyncIterator[Database]:
    """One process of an installation, with its keys."""
    async with opened(url, keys=ring(*keys, lookup=lookup)) as database:
        yield database


def tell(_: str, __: int) -> None:
    """Say nothing of the progress."""


async def a_customer(database: Database) -> UUID:
    async with database.unit_of_work(actor="test") as work:
        values = {"name": NAME, "document_kind": "cpf", "document": CPF}
        return (await create_customer(work, values)).id


async def roots(database: Database) -> list[UUID]:
    """Who is found by the document."""
    async with database.unit_of_work(actor="test") as work:
        return await find_roots(work, PEOPLE, await identify(work, PEOPLE, CPF, tenant="house"))


async def keys_used(database: Database) -> set[str]:
    """By which keys anything is encrypted; '' is none."""
    return {key for _, key, _ in await count_values(database, PEOPLE)}


class TestADatabaseFromBefore:
    async def test_is_searched_at_once_and_encrypted_afterwards(
        self, server: EmbeddedPostgres
    ) -> None:
        """Its people are found when it has been migrated, and hidden when keys were rotated."""
        async with old_database(server, "0031") as database:
            await database.fetch(_BEFORE, NAME, CPF, 3)
            await migrate(database)

            before = await roots(database)
            assert [(NAME, {"street": "Travessa do Quartzo"})] * 3 == await rows_of(
                database, "customers", "name, address"
            )
            assert {""} == await keys_used(database)
            assert [] != await traces_without_key(database)
            await rotate(database, PEOPLE, tell)

            assert (3, before) == (len(before), await roots(database))
            assert {database.keys.first_name} == await keys_used(database)
            assert [] == await traces_without_key(database)
            assert [(NAME, CPF)] * 3 == await rows_of(database, "customers", "name, document")

    async def test_gives_a_hash_to_whatever_an_old_process_wrote(self, database: Database) -> None:
        """One that was not stopped in time knows of no hashes."""
        await database.fetch(_BEFORE, NAME, CPF, 1)

        await rotate(database, PEOPLE, tell)

        assert 1 == len(await roots(database))


class TestRotating:
    async def test_leads_from_key_to_key_in_a_rolling_deployment(self, database_url: str) -> None:
        """A new key is known everywhere before it encrypts, and the old one until nothing needs it."""
        old, new = new_key(), new_key()
        async with process(database_url, old) as first, process(database_url, old, new) as second:
            made = await a_customer(first)
            # The first was restarted with the new key as well; now the other encrypts by it.
            async with process(database_url, new, old) as third:
                async with third.unit_of_work(actor="test") as work:
                    await change_customer(work, made, {"name": "Zulmira Q. Quartzberg"})
                async with second.unit_of_work(actor="test") as work:
                    await change_customer(work, made, {"email": "zulmira.q@example.org"})
                gone = await rotate(third, PEOPLE, tell)
        async with process(database_url, new) as database:
            [row] = await rows_of(database, "customers", "name, document, email")

        assert ("Zulmira Q. Quartzberg", CPF, "zulmira.q@example.org") == row
        assert [] == gone

    async def test_is_a_sentence_to_a_process_that_was_forgotten(self, database_url: str) -> None:
        """It cannot read what the new key encrypts, and says so rather than show garbage."""
        old, new = new_key(), new_key()
        async with process(database_url, new, old) as ahead, process(database_url, old) as behind:
            made = await a_customer(ahead)

            with pytest.raises(KeyUnknown, match="which is not in TRAMITA_ENCRYPTION_KEYS"):
                async with behind.unit_of_work(actor="test") as work:
                    await change_customer(work, made, {"name": "Ana"})

    async def test_goes_on_under_load(self, database_url: str) -> None:
        """People are changed and made meanwhile; nothing of theirs is lost, all is under one key."""
        old, new = new_key(), new_key()
        async with process(database_url, old, new) as database:
            made = [await a_customer(database) for _ in range(30)]
            await database.fetch(_BEFORE, NAME, CPF, MANY)
        async with process(database_url, new, old) as database:
            rotating = asyncio.create_task(rotate(database, PEOPLE, tell))
            for number, one in enumerate(made):
                async with database.unit_of_work(actor="test") as work:
                    await change_customer(work, one, {"phone": f"+55119{number:08}"[:14]})
                await a_customer(database)
            await rotating
            told = await rows_of(database, "customers", "name, document, phone")

            assert {ring(new).first_name} == await keys_used(database)
            assert MANY + 60 == len(told)
            assert {(NAME, CPF)} == {one[:2] for one in told}
            assert 30 == len({one[2] for one in told} - {None})

    async def test_that_was_killed_is_run_again(self, database_url: str) -> None:
        """What was written stays, and the rest follows."""
        old, new = new_key(), new_key()
        async with process(database_url, old) as database:
            await a_customer(database)
            await check_keys_with_lookup(database)
        async with process(database_url, new, old) as database:
            await database.fetch(_BEFORE, NAME, CPF, MANY)
            async with database.unit_of_work(actor="test") as work:
                # However long it takes to kill it, it does not come to the end.
                await work.fetch("SELECT FROM customers ORDER BY id DESC LIMIT 1 FOR UPDATE")
                await _killed_in_the_middle(database_url, f"{new},{old}")
            between = await keys_used(database)

            await rotate(database, PEOPLE, tell)

            assert {"", ring(new).first_name} <= between
            assert {ring(new).first_name} == await keys_used(database)
            assert {(NAME, CPF)} == {*await rows_of(database, "customers", "name, document")}

    async def test_forgets_no_key_that_somebody_has_encrypted_by_behind_it(
        self, database_url: str
    ) -> None:
        """One process was not restarted: it says so, and that the old key is needed still."""
        old, new = new_key(), new_key()
        async with process(database_url, old, new) as behind:
            await check_keys_with_lookup(behind)
            await behind.fetch(_BEFORE, NAME, CPF, MANY)
            async with process(database_url, new, old) as database:
                async with database.unit_of_work(actor="test") as work:
                    await work.fetch("SELECT FROM customers ORDER BY id DESC LIMIT 1 FOR UPDATE")
                    rotating = asyncio.create_task(rotate(database, PEOPLE, tell))
                    await until_waiting(database)
                    [first] = await behind.fetch("SELECT id FROM customers ORDER BY id LIMIT 1")
                    async with behind.unit_of_work(actor="test") as late:
                        await change_customer(late, first["id"], {"phone": "+5511976541230"})

                names = re.escape(ring(old).first_name)
                with pytest.raises(ValuesLeft, match=f"1 values were encrypted by {names}"):
                    await rotating
                assert [ring(old).first_name] == await rotate(database, PEOPLE, tell)

    async def test_writes_nothing_a_second_time(self, database: Database) -> None:
        """What is under the first key already is not touched."""
        await a_customer(database)
        await start(database, envelopes=1, contracts=1)
        written: list[int] = []

        await rotate(database, PEOPLE, lambda _, rows: written.append(rows))

        assert {0} == {*written}


async def check_keys_with_lookup(database: Database) -> None:
    """Have a database known to be this process's, as if it had been migrated by it."""
    await database.fetch("DELETE FROM encryption_keys")
    await database.fetch(
        "INSERT INTO encryption_keys VALUES ('lookup', $1, now())", database.keys.lookup_name
    )
    await check_keys(database)


async def _killed_in_the_middle(url: str, keys: str) -> None:
    """Run ``tramita keys rotate`` until it has told of its first page, and kill it."""
    environment = {
        "TRAMITA_DATABASE_URL": url,
        "TRAMITA_ENCRYPTION_KEYS": keys,
        "TRAMITA_LOOKUP_KEY": LOOKUP,
        "PYTHONUNBUFFERED": "1",
    }
    rotating = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from tramita.cli.main import main; main()", "keys", "rotate"),
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert rotating.stdout is not None
    told = [await rotating.stdout.readline()]
    while told[-1] and not told[-1].startswith(b"customers\t"):
        told.append(await rotating.stdout.readline())
    rotating.kill()
    await rotating.wait()
    assert told[-1].startswith(b"customers\t"), told


class TestRehashing:
    async def test_finds_everybody_by_another_key(self, database_url: str) -> None:
        """Customers and envelopes; by the old key nobody is found, and it says which key that is."""
        key, lookup = new_key(), new_key()
        async with process(database_url, key) as database:
            await check_keys_with_lookup(database)
            await a_customer(database)
            async with database.unit_of_work(actor="test") as work:
                await create_envelope(work, CLIENT, [sold()])
            before = await database.fetch("SELECT cpf_hash FROM envelope_contracts")

        async with process(database_url, key, lookup=lookup) as database:
            with pytest.raises(LookupKeyDiffers, match="tramita keys rehash"):
                await check_keys(database)
            gone = await rehash(database, PEOPLE, tell)
            await check_keys(database)

            assert [ring(key).lookup_name] == gone
            assert 1 == len(await roots(database))
            async with database.unit_of_work(actor="test") as work:
                cpf = CLIENT.borrower.cpf
                assert 1 == len(await find_envelopes(work, cpf, before=None, limit=5))
            [after] = await database.fetch("SELECT cpf_hash FROM envelope_contracts")
            [envelope] = await database.fetch("SELECT cpf_hash FROM envelopes")
            assert after == envelope
            assert after not in before

    async def test_that_has_not_ended_lets_nobody_start(self, database_url: str) -> None:
        """Some would be found and some not; run again, it comes to its end."""
        key, lookup = new_key(), new_key()
        async with process(database_url, key) as database:
            await check_keys_with_lookup(database)
            await a_customer(database)

        def fail(_: str, __: int) -> None:
            raise KeyboardInterrupt

        async with process(database_url, key, lookup=lookup) as database:
            with pytest.raises(KeyboardInterrupt):
                await rehash(database, PEOPLE, fail)
            with pytest.raises(RehashUnfinished):
                await check_keys(database)
            await rehash(database, PEOPLE, tell)
            await check_keys(database)


class TestLooking:
    async def test_says_which_keys_are_missing(self, database_url: str) -> None:
        """A process that could read only a part does not start; one that only looks notes nothing."""
        old, new = new_key(), new_key()
        async with process(database_url, old) as database:
            await check_keys_with_lookup(database)
        async with process(database_url, new) as database:
            said = f"encrypted with {ring(old).first_name}, and"
            with pytest.raises(EncryptionKeyMissing, match=said.replace("+", r"\+")):
                await check_keys(database)
        async with process(database_url, new, old) as database:
            await check_keys(database, is_reading=True)
            [row] = await database.fetch(
                "SELECT count(*) AS n FROM encryption_keys WHERE purpose = 'values'"
            )

        assert 1 == row["n"]

    async def test_lets_an_old_key_go_when_nothing_needs_it(self, database_url: str) -> None:
        """After rotating, a process without it starts."""
        old, new = new_key(), new_key()
        async with process(database_url, old) as database:
            await check_keys_with_lookup(database)
            await a_customer(database)
        async with process(database_url, new, old) as database:
            await check_keys(database)
            gone = await rotate(database, PEOPLE, tell)
        async with process(database_url, new) as database:
            await check_keys(database)

        assert [ring(old).first_name] == gone


async def test_nobody_is_read_in_a_copy_of_the_database(database: Database) -> None:
    """Of a customer, and of what was said of them, a dump shows nothing without the key."""
    async with database.unit_of_work(actor="test") as work:
        values = {"name": NAME, "document_kind": "cpf", "document": CPF, "phone": "+5511976541230"}
        made = await create_customer(work, values | {"address": {"street": "Travessa do Quartzo"}})
        await work.session.flush()
        await create_contract(work, NewContract("A line", "net", customer=made.id))
    async with database.unit_of_work(actor="test") as work:
        await change_customer(work, made.id, {"email": "zulmira.q@example.org"})
        await inbox.receive(work, "acme", f"of {NAME}".encode(), job="acme.read")
    claim = await begin(database, "test", "key", b"")
    assert isinstance(claim, Claim)
    answer = StoredAnswer(200, "text/plain", NAME.encode())
    await finish(database, claim, answer)

    assert answer == await begin(database, "test", "key", b"")
    places = {place for place, _, _ in await count_values(database, PEOPLE)}
    assert {"contract_events.details", "inbox.body", "idempotency_keys.body"} <= places
    assert [] != await traces(database)
    assert [] == await traces_without_key(database)
