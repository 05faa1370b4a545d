"""``tramita users``: accounts of the console from the command line."""

import pytest

from tests.cli.conftest import Run
from tramita.kit.accounts.links import set_password_by_link
from tramita.kit.accounts.sessions import (
    SecondStepNeeded,
    WrongCredentials,
    find_session,
    sign_in,
)
from tramita.kit.database.engine import Database

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"


async def enter(database: Database, password: str) -> str:
    entry = await sign_in(database, email=EMAIL, password=password, address="192.0.2.1")
    return entry.session_id


class TestUsers:
    async def test_are_created_listed_and_disabled(self, database: Database, tramita: Run) -> None:
        """The password is a line of standard input; nothing is printed that is secret."""
        created = await tramita("users", "create", EMAIL, "--role", "viewer", typed=PASSWORD)
        assert (0, "", "") == created
        assert (0, "", "") == await tramita("users", "role", EMAIL, "operator")
        session_id = await enter(database, PASSWORD)

        disabled = await tramita("users", "disable", "ANA@example.com")

        assert (0, "", "") == disabled
        _, listed, _ = await tramita("users", "list")
        columns = listed.rstrip("\n").split("\t")
        assert [EMAIL, "operator", "disabled"] == columns[:3]
        assert ["0", "none"] == columns[5:]
        async with database.unit_of_work() as work:
            assert await find_session(work, session_id) is None

    async def test_are_invited_by_a_link(self, database: Database, tramita: Run) -> None:
        """It is printed once; another one takes its place."""
        code, link, _ = await tramita("users", "invite", EMAIL, "--role", "admin")
        again, another, _ = await tramita("users", "link", EMAIL)
        _, listed, _ = await tramita("users", "list")

        assert (0, 0) == (code, again)
        assert "/console/welcome/" in link
        await set_password_by_link(database, another.strip().rpartition("/")[2], PASSWORD)
        assert await enter(database, PASSWORD)
        assert [EMAIL, "admin", "invited"] == listed.split("\t")[:3]

    async def test_keep_one_admin(self, tramita: Run) -> None:
        """The last one is neither disabled nor made less, and it is said why."""
        await tramita("users", "create", EMAIL, "--role", "admin", typed=PASSWORD)

        for refused in (("disable", EMAIL), ("role", EMAIL, "viewer")):
            code, output, errors = await tramita("users", *refused)

            assert (1, "") == (code, output)
            assert errors.startswith("tramita: This is the last admin who can sign in")

    async def test_are_asked_for_a_second_factor(self, database: Database, tramita: Run) -> None:
        """Required, and no more; one that is not there is not reset."""
        await tramita("users", "create", EMAIL, typed=PASSWORD)
        await enter(database, PASSWORD)

        assert (0, "", "") == await tramita("users", "require-second-factor", EMAIL)
        with pytest.raises(SecondStepNeeded):
            await enter(database, PASSWORD)
        _, listed, _ = await tramita("users", "list")
        code, _, errors = await tramita("users", "reset-second-factor", EMAIL)
        assert (0, "", "") == await tramita("users", "require-second-factor", EMAIL, "--no")

        assert ["0", "required"] == listed.rstrip("\n").split("\t")[5:]
        assert (1, "tramita: There is no second factor.\n") == (code, errors)
        assert await enter(database, PASSWORD)

    async def test_are_signed_out_and_let_in_again(self, database: Database, tramita: Run) -> None:
        """It is printed of how many sessions."""
        await tramita("users", "create", EMAIL, typed=PASSWORD)
        await enter(database, PASSWORD)

        assert (0, "1\n", "") == await tramita("users", "sessions", EMAIL)
        await tramita("users", "disable", EMAIL)
        assert (0, "", "") == await tramita("users", "enable", EMAIL)
        assert await enter(database, PASSWORD)

    async def test_get_a_new_password(self, database: Database, tramita: Run) -> None:
        """The old one leads nowhere any more."""
        await tramita("users", "create", EMAIL, typed=f"{PASSWORD}\n")

        answer = await tramita("users", "set-password", EMAIL, typed="another long password\n")

        assert (0, "", "") == answer
        assert await enter(database, "another long password")
        with pytest.raises(WrongCredentials):
            await enter(database, PASSWORD)

    @pytest.mark.parametrize(
        ("command", "typed", "said"),
        [
            ("create", "too short", "tramita: A password has 12 to 1024 characters.\n"),
            ("disable", "", f"tramita: There is no account for {EMAIL} that"),
            ("create", "", "tramita: A password has 12 to 1024 characters.\n"),
            ("set-password", PASSWORD, f"tramita: There is no account for {EMAIL} that"),
        ],
    )
    async def test_are_refused_in_a_sentence(
        self, tramita: Run, command: str, typed: str, said: str
    ) -> None:
        """Without a traceback."""
        code, output, errors = await tramita("users", command, EMAIL, typed=typed)

        assert (1, "") == (code, output)
        assert errors.startswith(said)
        assert 1 == errors.count("\n")
