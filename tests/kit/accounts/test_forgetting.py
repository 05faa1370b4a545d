"""One of our own people is forgotten: the name is nowhere, and what was done is still there."""

import asyncio

import pytest

from tests.locks import until_waiting
from tramita.kit.accounts.forgetting import forget_account
from tramita.kit.accounts.model import AccountNotDisabled, AccountNotFound, Role
from tramita.kit.accounts.saved_views import save_view
from tramita.kit.accounts.service import create_account, disable_account, enable_account
from tramita.kit.accounts.sessions import sign_in
from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Database
from tramita.kit.exports import request_export
from tramita.kit.languages.words import words_in

pytestmark = pytest.mark.usefixtures("quick_passwords")

ANA, LEO, PASSWORD = "ana@example.com", "leo@example.com", "correct horse battery"

_STORY = (
    "INSERT INTO history (subject, subject_id, from_state, to_state, trigger, actor, at) "
    "VALUES ('operations', gen_random_uuid(), 'a', 'b', 'move', 'user:{0}', now())",
    "INSERT INTO erasures (id, tenant, roots, state, requested_by, requested_at, look_at, "
    "watched_until, inbox_seen) VALUES (gen_random_uuid(), 'house', '{{}}', 'erased', 'user:{0}', "
    "now(), now(), now(), gen_random_uuid())",
)


@pytest.fixture(autouse=True)
async def story(database: Database) -> None:
    """Ana and Leo have done the same; Ana was there, and is disabled."""
    for email in (ANA, LEO):
        async with database.unit_of_work(actor="cli") as work:
            await create_account(work, email, PASSWORD, Role.OPERATOR)
        await sign_in(database, email=email, password=PASSWORD, address="192.0.2.1")
        async with database.unit_of_work(actor=f"user:{email}") as work:
            await note_act(work, work.actor, "contact.shown", Subject("customer", "a-customer"))
        for statement in _STORY:
            await database.fetch(statement.format(email))
    async with database.unit_of_work(actor="cli") as work:
        await disable_account(work, ANA)


async def places_of(database: Database, said: str) -> list[str]:
    """Every table in which a text stands somewhere."""
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for row in tables:
        table = row["tablename"]
        if await database.fetch(f"SELECT FROM {table} AS t WHERE t::text LIKE '%{said}%' LIMIT 1"):
            found.append(table)
    return sorted(found)


class TestForgetting:
    async def test_takes_the_name_from_everywhere(self, database: Database) -> None:
        """And leaves what was done, by somebody who is one and the same; nobody else is touched."""
        before = await places_of(database, ANA)

        stranger = await forget_account(database, ANA, actor="cli")

        assert ["accounts", "audit", "erasures", "history"] == before
        assert [] == await places_of(database, ANA)
        assert before == await places_of(database, stranger)
        assert before == await places_of(database, LEO)

    async def test_takes_what_was_theirs_alone(self, database: Database) -> None:
        """Views of lists under names that they chose, and lists written for them."""
        [ana] = await database.fetch("SELECT id FROM accounts WHERE email = $1", ANA)
        async with database.unit_of_work(actor=f"user:{ANA}") as work:
            await save_view(work, ana["id"], "contracts", name="Zulmira's", query="")
            await request_export(work, ana["id"], "lists.write", {}, words_in("en"))

        await forget_account(database, ANA, actor="cli")

        for table in ("saved_views", "exports"):
            assert [] == await database.fetch(f"SELECT FROM {table}")

    async def test_is_for_who_was_disabled(self, database: Database) -> None:
        """Somebody who still comes in has a name; somebody who is forgotten has none to ask by."""
        with pytest.raises(AccountNotDisabled):
            await forget_account(database, LEO, actor="cli")
        await forget_account(database, ANA, actor="cli")

        with pytest.raises(AccountNotFound):
            await forget_account(database, ANA, actor="cli")

    async def test_leaves_an_account_that_is_enabled_at_this_moment(
        self, database: Database
    ) -> None:
        """Whoever is let in again comes in under their address, with their password."""
        async with database.unit_of_work(actor="cli") as work:
            await enable_account(work, ANA)
            forgetting = asyncio.create_task(forget_account(database, ANA, actor="cli"))
            await until_waiting(database)

        with pytest.raises(AccountNotDisabled):
            await forgetting
        await sign_in(database, email=ANA, password=PASSWORD, address="192.0.2.1")

    async def test_lets_nobody_in_again(self, database: Database) -> None:
        """Enabled by mistake, there is neither an address nor a password."""
        stranger = await forget_account(database, ANA, actor="cli")
        async with database.unit_of_work() as work:
            await enable_account(work, stranger)

        [row] = await database.fetch(
            "SELECT password_hash FROM accounts WHERE email = $1", stranger
        )
        assert row["password_hash"] is None
