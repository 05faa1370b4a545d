"""What becomes of accounts: what they may do, whether they may come in, and that one admin is left."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from tramita.kit.accounts import service
from tramita.kit.accounts.entering import EntryOver
from tramita.kit.accounts.model import AccountInvalid, AccountNotFound, LastAdmin, Role
from tramita.kit.accounts.passwords import hash_password
from tramita.kit.accounts.service import (
    change_password,
    change_role,
    create_account,
    demand_second_factor,
    disable_account,
    enable_account,
    end_sessions,
    invite,
    list_accounts,
    set_password,
)
from tramita.kit.accounts.sessions import WrongCredentials, find_session, sign_in
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork

pytestmark = pytest.mark.usefixtures("quick_passwords")

PASSWORD = "correct horse battery"
ANOTHER = "another long password"
ONE, OTHER = "one@example.com", "other@example.com"

Ending = Callable[[UnitOfWork, str], Awaitable[None]]


async def demote(work: UnitOfWork, email: str) -> None:
    await change_role(work, email, Role.OPERATOR)


async def set_anew(work: UnitOfWork, email: str) -> None:
    await set_password(work, email, "set by an admin")


async def demand(work: UnitOfWork, email: str) -> None:
    await demand_second_factor(work, email, is_demanded=True)


async def sign_out(work: UnitOfWork, email: str) -> None:
    await end_sessions(work, email)


async def ended_by(end: Ending, email: str, work: UnitOfWork) -> None:
    await end(work, email)


async def within(database: Database, act: Callable[[UnitOfWork], Awaitable[None]]) -> None:
    async with database.unit_of_work() as work:
        await act(work)


async def admins_of(database: Database) -> list[str]:
    """Those who can keep the house."""
    rows = await database.fetch(
        "SELECT email FROM accounts WHERE role = 'admin' AND disabled_at IS NULL "
        "AND password_hash IS NOT NULL"
    )
    return [row["email"] for row in rows]


class TestTheLastAdmin:
    @pytest.fixture(autouse=True)
    async def admins(self, database: Database) -> None:
        """Two who can keep the house, and somebody who was invited and never came."""
        async with database.unit_of_work() as work:
            for email in (ONE, OTHER):
                await create_account(work, email, PASSWORD, Role.ADMIN)
            await invite(work, "invited@example.com", Role.ADMIN)

    @pytest.mark.parametrize("end", [demote, disable_account])
    async def test_stays_one(self, database: Database, end: Ending) -> None:
        """Whoever was invited and has no password yet keeps nothing."""
        async with database.unit_of_work() as work:
            await end(work, ONE)
        with pytest.raises(LastAdmin):
            await within(database, lambda work: end(work, OTHER))

        assert [OTHER] == await admins_of(database)

    @pytest.mark.parametrize("end", [demote, disable_account])
    async def test_is_left_by_two_at_the_same_time(self, database: Database, end: Ending) -> None:
        """Each would leave the other one: one of them is refused."""
        ended = await asyncio.gather(
            *(within(database, partial(ended_by, end, one)) for one in (ONE, OTHER)),
            return_exceptions=True,
        )

        assert [LastAdmin] == [type(one) for one in ended if one is not None]
        assert 1 == len(await admins_of(database))


class TestAnAccountThatIs:
    @pytest.fixture(autouse=True)
    async def there(self, database: Database) -> None:
        """Ana, and an admin who stays."""
        async with database.unit_of_work() as work:
            await create_account(work, OTHER, PASSWORD, Role.ADMIN)
            await create_account(work, ONE, PASSWORD, Role.OPERATOR)

    async def test_invited_has_no_password_that_is_right(self, database: Database) -> None:
        """Neither an empty one nor any other; it does not take another time to say so."""
        async with database.unit_of_work() as work:
            await invite(work, "new@example.com", Role.VIEWER)

        for password in ("", PASSWORD):
            with pytest.raises(WrongCredentials):
                await sign_in(database, email="new@example.com", password=password, address="::1")

    async def test_enabled_again_is_as_it_was(self, database: Database) -> None:
        """With the same password; nobody is enabled twice."""
        await within(database, lambda work: disable_account(work, ONE))
        await within(database, lambda work: enable_account(work, ONE))

        assert (await sign_in(database, email=ONE, password=PASSWORD, address="::1")).session_id
        with pytest.raises(AccountNotFound):
            await within(database, lambda work: enable_account(work, ONE))

    async def test_of_another_role_is_that_at_once(self, database: Database) -> None:
        """In the session that was there before, too."""
        entry = await sign_in(database, email=ONE, password=PASSWORD, address="::1")

        await within(database, lambda work: change_role(work, ONE, Role.VIEWER))

        async with database.unit_of_work() as work:
            found = await find_session(work, entry.session_id)
        assert found is not None
        assert Role.VIEWER is found.role

    async def test_signed_out_everywhere_is_in_nowhere(self, database: Database) -> None:
        """And it is said of how many sessions."""
        entries = [
            await sign_in(database, email=ONE, password=PASSWORD, address="::1") for _ in "ab"
        ]

        async with database.unit_of_work() as work:
            ended = await end_sessions(work, ONE)

        async with database.unit_of_work() as work:
            found = [await find_session(work, one.session_id) for one in entries]
        assert (2, [None, None]) == (ended, found)

    async def test_told_as_admins_see_it(self, database: Database) -> None:
        """When they were here last, in how many sessions they are, and what is asked of them."""
        await sign_in(database, email=ONE, password=PASSWORD, address="::1")

        async with database.unit_of_work() as work:
            told = {one.email: one for one in await list_accounts(work)}

        assert told[ONE].signed_in_at is not None
        assert (1, False, False) == (
            told[ONE].sessions,
            told[ONE].has_second_factor,
            told[ONE].is_invited,
        )
        assert (0, None) == (told[OTHER].sessions, told[OTHER].signed_in_at)

    async def test_given_another_password_by_its_owner_has_one_new_session(
        self, database: Database
    ) -> None:
        """Whoever does not know the present one changes nothing."""
        entry = await sign_in(database, email=ONE, password=PASSWORD, address="::1")
        async with database.unit_of_work() as work:
            signed_in = await find_session(work, entry.session_id)
        assert signed_in is not None

        with pytest.raises(WrongCredentials):
            await change_password(database, signed_in.id, entry.session_id, "wrong", ANOTHER)
        with pytest.raises(AccountInvalid):
            await change_password(database, signed_in.id, entry.session_id, PASSWORD, "short")
        changed = await change_password(database, signed_in.id, entry.session_id, PASSWORD, ANOTHER)

        async with database.unit_of_work() as work:
            assert await find_session(work, entry.session_id) is None
            assert await find_session(work, changed.session_id) is not None
        with pytest.raises(WrongCredentials):
            await sign_in(database, email=ONE, password=PASSWORD, address="192.0.2.9")

    @pytest.mark.parametrize("act", [disable_account, set_anew, demand, sign_out])
    async def test_not_what_it_was_is_given_no_password_by_who_was_there_before(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, act: Ending
    ) -> None:
        """Whatever comes while the new one is hashed: it opens no session, and sets none aside."""
        entry = await sign_in(database, email=ONE, password=PASSWORD, address="::1")
        async with database.unit_of_work() as work:
            signed_in = await find_session(work, entry.session_id)
        assert signed_in is not None

        async def meanwhile(password: str) -> str:
            monkeypatch.setattr(service, "hash_password", hash_password)
            await within(database, lambda work: act(work, ONE))
            return await hash_password(password)

        before = await passwords_of(database)
        monkeypatch.setattr(service, "hash_password", meanwhile)
        with pytest.raises(EntryOver):
            await change_password(database, signed_in.id, entry.session_id, PASSWORD, ANOTHER)

        assert (act is set_anew) is (before != await passwords_of(database))
        assert [] == list(await database.fetch("SELECT FROM account_sessions"))
        with pytest.raises(WrongCredentials):
            await sign_in(database, email=ONE, password=ANOTHER, address="192.0.2.9")


async def passwords_of(database: Database) -> list[str]:
    """The hash of each account's."""
    rows = await database.fetch("SELECT password_hash FROM accounts ORDER BY email")
    return [row["password_hash"] for row in rows]
