"""Accounts: created once, usable until disabled."""

import pytest

from tramita.kit.accounts.model import (
    AccountExists,
    AccountInvalid,
    AccountNotFound,
    Role,
    check_email,
)
from tramita.kit.accounts.passwords import NOBODYS_HASH, hash_password, is_password
from tramita.kit.accounts.service import (
    create_account,
    disable_account,
    list_accounts,
    set_password,
)
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork

PASSWORD = "correct horse battery"


async def create(database: Database, email: str, password: str = PASSWORD) -> None:
    async with database.unit_of_work() as work:
        await create_account(work, email, password, Role.OPERATOR)


async def with_password(work: UnitOfWork, email: str) -> None:
    await set_password(work, email, PASSWORD)


class TestCreateAccount:
    async def test_keeps_one_account_per_address(self, database: Database) -> None:
        """However it is written."""
        await create(database, "Ana@Example.com")

        with pytest.raises(AccountExists, match=r"ana@example\.com"):
            await create(database, " ANA@example.COM")

        async with database.unit_of_work() as work:
            assert ["ana@example.com"] == [one.email for one in await list_accounts(work)]

    async def test_keeps_no_password(self, database: Database) -> None:
        """Only an argon2id hash that it leads to."""
        await create(database, "ana@example.com")

        [account] = await database.fetch("SELECT password_hash FROM accounts")

        assert account["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert await is_password(PASSWORD, stored=account["password_hash"])

    @pytest.mark.parametrize(
        ("email", "password", "said"),
        [
            ("ana", PASSWORD, "'ana' is no e-mail address."),
            ("ana@localhost", PASSWORD, "no e-mail address"),
            ("an a@example.com", PASSWORD, "no e-mail address"),
            ("aná@example.com", PASSWORD, "no e-mail address"),
            ("ana\x00@example.com", PASSWORD, "no e-mail address"),
            ("ana@example.com", "eleven char", "12 to 1024 characters"),
            ("ana@example.com", "x" * 1025, "12 to 1024 characters"),
            ("ana@example.com", "ANA@example.com", "not the e-mail address"),
            ("ana.longest.name@example.com", "ana.longest.name", "not the e-mail address"),
        ],
    )
    async def test_refuses_what_is_no_account(
        self, database: Database, email: str, password: str, said: str
    ) -> None:
        """Addresses that cannot be one, passwords that are too easy."""
        with pytest.raises(AccountInvalid, match=said):
            await create(database, email, password)


class TestPasswords:
    async def test_of_nobody_take_as_long_as_those_of_somebody(self) -> None:
        """The same parameters, and no password leads there."""
        real = await hash_password(PASSWORD)

        assert real.split("$")[:4] == NOBODYS_HASH.split("$")[:4]
        assert [len(part) for part in real.split("$")] == [
            len(part) for part in NOBODYS_HASH.split("$")
        ]
        assert not await is_password(PASSWORD, stored=None)

    async def test_may_be_typed_on_any_keyboard(self) -> None:
        """An accent is the same whether it was composed or not."""
        stored = await hash_password("p\N{LATIN SMALL LETTER E WITH ACUTE}rola do mar")

        assert await is_password("pe\N{COMBINING ACUTE ACCENT}rola do mar", stored=stored)


class TestEmails:
    @pytest.mark.parametrize("email", ["a@b.co", "ana+x@mail.example.com"])
    def test_that_may_exist_are_taken(self, email: str) -> None:
        """Only a message to it could tell more."""
        assert [] == check_email(email)


class TestRoles:
    def test_include_those_before_them(self) -> None:
        """An admin may do what an operator may, who may look, and not the other way round."""
        assert Role.ADMIN.includes(Role.OPERATOR)
        assert Role.OPERATOR.includes(Role.VIEWER)
        assert not Role.OPERATOR.includes(Role.ADMIN)
        assert not Role.VIEWER.includes(Role.OPERATOR)


class TestAnAccountThatIsNot:
    @pytest.mark.parametrize("disabled_before", [True, False])
    async def test_is_neither_disabled_nor_given_a_password(
        self, database: Database, disabled_before: bool
    ) -> None:
        """Neither one that never was nor one that is disabled."""
        if disabled_before:
            await create(database, "ana@example.com")
            async with database.unit_of_work() as work:
                await disable_account(work, "ana@example.com")

        for use in (disable_account, with_password):
            with pytest.raises(AccountNotFound):
                async with database.unit_of_work() as work:
                    await use(work, "ana@example.com")
