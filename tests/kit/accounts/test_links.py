"""Links that set a password: once, for a day, and nothing more than that."""

import asyncio

import pytest

from tests.locks import until_waiting
from tramita.kit.accounts.links import LinkOver, read_link, set_password_by_link
from tramita.kit.accounts.model import AccountInvalid, Role
from tramita.kit.accounts.service import create_account, disable_account, invite, offer_link
from tramita.kit.accounts.sessions import WrongCredentials, find_session, sign_in
from tramita.kit.database.engine import Database

pytestmark = pytest.mark.usefixtures("quick_passwords")

ANA, NEW, OLD = "ana@example.com", "a password of hers", "correct horse battery"


async def enter(database: Database, password: str) -> str:
    entry = await sign_in(database, email=ANA, password=password, address="192.0.2.1")
    return entry.session_id


@pytest.fixture
async def secret(database: Database) -> str:
    """The secret of Ana's invitation."""
    async with database.unit_of_work(actor="user:boss@example.com") as work:
        _, made = await invite(work, ANA, Role.OPERATOR)
    return made


class TestAnInvitation:
    async def test_sets_a_password_once(self, database: Database, secret: str) -> None:
        """Looking at it uses nothing up, and it signs nobody in."""
        async with database.unit_of_work() as work:
            linked = await read_link(work, secret)
            await read_link(work, secret)
        await set_password_by_link(database, secret, NEW)

        assert (ANA, True) == (linked.email, linked.is_new)
        assert await enter(database, NEW)
        with pytest.raises(LinkOver):
            await set_password_by_link(database, secret, OLD)

    async def test_is_used_by_one_of_two_at_the_same_time(
        self, database: Database, secret: str
    ) -> None:
        """The other is told that it is over."""
        ended = await asyncio.gather(
            *(set_password_by_link(database, secret, one) for one in (NEW, OLD)),
            return_exceptions=True,
        )

        assert [LinkOver] == [type(one) for one in ended if one is not None]

    async def test_is_over_when_its_account_is_disabled_first(
        self, database: Database, secret: str
    ) -> None:
        """Whoever comes at the same time waits for that, and nobody waits for them."""

        async def disable() -> None:
            async with database.unit_of_work(actor="user:boss@example.com") as work:
                await disable_account(work, ANA)

        async with database.unit_of_work() as work:
            await work.fetch("SELECT FROM accounts WHERE email = $1 FOR UPDATE", ANA)
            disabling = asyncio.create_task(disable())
            await until_waiting(database)
            setting = asyncio.create_task(set_password_by_link(database, secret, NEW))
            await until_waiting(database, 2)

        await disabling
        with pytest.raises(LinkOver):
            await setting

    async def test_is_kept_as_a_hash_alone(self, database: Database, secret: str) -> None:
        """Whoever reads the table cannot follow it."""
        [row] = await database.fetch("SELECT l::text FROM account_links AS l")

        assert secret not in str(row["l"])

    @pytest.mark.parametrize(
        "end",
        [
            "UPDATE account_links SET created_at = now() - interval '24 hours 1 second'",
            "UPDATE accounts SET disabled_at = now()",
        ],
    )
    async def test_is_over_after_a_day_or_with_its_account(
        self, database: Database, secret: str, end: str
    ) -> None:
        """Whoever finds it in an old mailbox finds nothing."""
        await database.fetch(end)

        with pytest.raises(LinkOver):
            await set_password_by_link(database, secret, NEW)

    async def test_is_over_when_another_is_made(self, database: Database, secret: str) -> None:
        """One link at a time."""
        async with database.unit_of_work() as work:
            _, another = await offer_link(work, ANA)

        with pytest.raises(LinkOver):
            await set_password_by_link(database, secret, NEW)
        await set_password_by_link(database, another, NEW)

    async def test_is_not_used_up_by_a_password_that_is_none(
        self, database: Database, secret: str
    ) -> None:
        """Whoever types too little tries again."""
        with pytest.raises(AccountInvalid):
            await set_password_by_link(database, secret, "short")

        await set_password_by_link(database, secret, NEW)

    @pytest.mark.parametrize("made_up", ["", "x" * 43, "é", "'"])
    async def test_cannot_be_made_up(self, database: Database, made_up: str) -> None:
        """Nothing else leads to an account."""
        async with database.unit_of_work() as work:
            with pytest.raises(LinkOver):
                await read_link(work, made_up)


class TestAReset:
    async def test_ends_every_session_when_it_is_used(self, database: Database) -> None:
        """Until then the password that there is goes on; afterwards it leads nowhere."""
        async with database.unit_of_work() as work:
            await create_account(work, ANA, OLD, Role.OPERATOR)
        async with database.unit_of_work() as work:
            _, secret = await offer_link(work, ANA)
        session_id = await enter(database, OLD)

        await set_password_by_link(database, secret, NEW)

        async with database.unit_of_work() as work:
            assert await find_session(work, session_id) is None
        with pytest.raises(WrongCredentials):
            await enter(database, OLD)

    async def test_ends_with_the_account(self, database: Database) -> None:
        """Enabled again, an old link opens nothing."""
        async with database.unit_of_work() as work:
            await create_account(work, ANA, OLD, Role.OPERATOR)
            _, secret = await offer_link(work, ANA)
            await disable_account(work, ANA)
        await database.fetch("UPDATE accounts SET disabled_at = NULL")

        with pytest.raises(LinkOver):
            await set_password_by_link(database, secret, NEW)
