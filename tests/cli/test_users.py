"""``tramita users``: accounts of the console from the command line."""

import pytest

from tests.cli.conftest import Run
from tramita.kit.accounts.sessions import WrongCredentials, find_session, sign_in
from tramita.kit.database.engine import Database

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"


async def enter(database: Database, password: str) -> str:
    entry = await sign_in(database, email=EMAIL, password=password, address="192.0.2.1")
    return entry.session_id


class TestUsers:
    async def test_are_created_listed_and_disabled(self, database: Database, tramita: Run) -> None:
        """The password is a line of standard input; nothing is printed that is secret."""
        created = await tramita("users", "create", EMAIL, "--role", "admin", typed=PASSWORD)
        assert (0, "", "") == created
        session_id = await enter(database, PASSWORD)

        disabled = await tramita("users", "disable", "ANA@example.com")

        assert (0, "", "") == disabled
        _, listed, _ = await tramita("users", "list")
        assert [EMAIL, "admin", "disabled"] == listed.split("\t")[:3]
        async with database.unit_of_work() as work:
            assert await find_session(work, session_id) is None

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
