"""``tramita users``: accounts of the console from the command line."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tramita.kit.accounts.sessions import WrongCredentials, find_session, sign_in
from tramita.kit.database.engine import Database

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"


async def users(url: str, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Run ``tramita users …``; answers exit code, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "tramita",
        "users",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"TRAMITA_DATABASE_URL": url},
    )
    async with asyncio.timeout(60):
        output, errors = await process.communicate(typed.encode())
    return process.returncode or 0, output.decode(), errors.decode()


async def enter(database: Database, password: str) -> str:
    return await sign_in(database, email=EMAIL, password=password, address="192.0.2.1")


class TestUsers:
    async def test_are_created_listed_and_disabled(
        self, database: Database, database_url: str
    ) -> None:
        """The password is a line of standard input; nothing is printed that is secret."""
        created = await users(database_url, "create", EMAIL, "--role", "admin", typed=PASSWORD)
        assert (0, "", "") == created
        session_id = await enter(database, PASSWORD)

        disabled = await users(database_url, "disable", "ANA@example.com")

        assert (0, "", "") == disabled
        _, listed, _ = await users(database_url, "list")
        assert [EMAIL, "admin", "disabled"] == listed.split("\t")[:3]
        async with database.unit_of_work() as work:
            assert await find_session(work, session_id) is None

    @pytest.mark.soak
    async def test_get_a_new_password(self, database: Database, database_url: str) -> None:
        """The old one leads nowhere any more."""
        await users(database_url, "create", EMAIL, typed=f"{PASSWORD}\n")

        answer = await users(database_url, "set-password", EMAIL, typed="another long password\n")

        assert (0, "", "") == answer
        assert await enter(database, "another long password")
        with pytest.raises(WrongCredentials):
            await enter(database, PASSWORD)

    @pytest.mark.parametrize(
        ("command", "typed", "said"),
        [
            ("create", "too short", "tramita: A password has 12 to 1024 characters.\n"),
            ("disable", "", f"tramita: There is no account for {EMAIL} that"),
            *(
                pytest.param(*case, marks=pytest.mark.soak)
                for case in (
                    ("create", "", "tramita: A password has 12 to 1024 characters.\n"),
                    ("set-password", PASSWORD, f"tramita: There is no account for {EMAIL} that"),
                )
            ),
        ],
    )
    async def test_are_refused_in_a_sentence(
        self, database_url: str, command: str, typed: str, said: str
    ) -> None:
        """Without a traceback."""
        code, output, errors = await users(database_url, command, EMAIL, typed=typed)

        assert (1, "") == (code, output)
        assert errors.startswith(said)
        assert 1 == errors.count("\n")
