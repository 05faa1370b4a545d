"""Reaching the database from the command line: what is said when it goes away."""

import asyncpg
import pytest

from tests.cli.conftest import Run
from tramita.cli.installation import DatabaseWentAway, run
from tramita.kit.database.engine import Database


class TestRun:
    async def test_says_in_a_sentence_that_the_database_went_away(
        self, database: Database, database_url: str, tramita: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever was under way: a restart meets a process that is starting, too."""
        monkeypatch.setattr("tramita.cli.installation.migrate", end_own_session)

        code, output, errors = await tramita("migrate")

        assert (1, "") == (code, output)
        assert errors.startswith("tramita: The database was lost in the middle")
        assert "The database does not answer" in errors
        assert 1 == errors.count("\n")

    def test_lets_our_own_errors_through(self) -> None:
        """They are told with a traceback, because somebody has to mend them."""

        async def fail() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            run(fail)

    def test_knows_a_lost_connection_by_what_the_driver_says(self) -> None:
        """Also where SQLAlchemy has not wrapped it."""

        async def fail() -> None:
            raise asyncpg.InternalClientError("cannot switch to state 11")

        with pytest.raises(DatabaseWentAway):
            run(fail)


async def end_own_session(database: Database) -> None:
    await database.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
