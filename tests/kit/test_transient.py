"""Failures of the database that pass by themselves."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tests.kit.database.test_engine import terminate_others
from tramita.kit.database.engine import Database
from tramita.kit.transient import has_transient_cause, is_transient


class TestIsTransient:
    @pytest.mark.parametrize(
        "error",
        [
            ConnectionRefusedError(),
            ConnectionResetError(),
            asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
            asyncpg.AdminShutdownError("terminating connection due to administrator command"),
            asyncpg.CannotConnectNowError("the database system is starting up"),
            asyncpg.TooManyConnectionsError("sorry, too many clients already"),
            asyncpg.DeadlockDetectedError("deadlock detected"),
            asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
            asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
            asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
            asyncpg.DiskFullError("could not extend file: No space left on device"),
            asyncpg.InterfaceError("connection is closed"),
            asyncpg.InternalClientError("cannot switch to state 15"),
            NoConnectionFree("QueuePool limit of size 10 overflow 10 reached"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_is_true_when_the_database_was_away_or_busy(self, error: Exception) -> None:
        """Nothing is wrong with the work."""
        assert is_transient(error)

    @pytest.mark.parametrize(
        "error",
        [
            None,
            ValueError("a bug"),
            FileNotFoundError("a plugin's file"),
            asyncpg.UniqueViolationError("duplicate key"),
            asyncpg.UndefinedTableError("no such table"),
            asyncpg.DataError("invalid input for query argument $1"),
            asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_is_false_of_everything_else(self, error: Exception | None) -> None:
        """Trying again would fail again, for ever."""
        assert not is_transient(error)

    async def test_knows_what_sqlalchemy_makes_of_it(self, database: Database) -> None:
        """A connection that ends in the middle, and a statement that is wrong."""
        seen = {}
        for name, statement in (("lost", "SELECT 1"), ("wrong", "SELECT nothing")):
            async with database.session() as session:
                await session.execute(text("SELECT 1"))
                if name == "lost":
                    await terminate_others(database)
                with pytest.raises(DBAPIError) as raised:
                    await session.execute(text(statement))
                seen[name] = is_transient(raised.value)

        assert {"lost": True, "wrong": False} == seen


class TestHasTransientCause:
    def test_looks_behind_an_error(self) -> None:
        """What was cut off in the middle fails with words of its own."""
        behind = ValueError("half of it")
        behind.__context__ = ExceptionGroup("both", [KeyError("x"), ConnectionResetError()])

        assert has_transient_cause(behind)

    def test_is_false_of_an_error_of_our_own(self) -> None:
        """Also of one that goes round in circles."""
        error = ValueError("a bug")
        error.__context__ = ValueError("another")
        error.__context__.__context__ = error

        assert not has_transient_cause(error)
