"""Failures of the database that pass by themselves."""

from errno import EHOSTUNREACH
from socket import gaierror

import asyncpg
import pytest
from asyncpg.exceptions import InvalidCachedStatementError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.kit.database.test_engine import terminate_others
from tramita.kit.database.engine import Database
from tramita.kit.transient import (
    NoConnectionFree,
    Trouble,
    find_sqlstate,
    has_transient_cause,
    is_transient,
    trouble_of,
)


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
            asyncpg.InterfaceError("pool is closing"),
            NoConnectionFree(),
            TimeoutError(),
            gaierror(-3, "Temporary failure in name resolution"),
            OSError(EHOSTUNREACH, "No route to host"),
            RuntimeError("unable to perform operation on <TCPTransport>; the handler is closed"),
            InvalidCachedStatementError("cached statement plan is invalid"),
            ExceptionGroup("two", [ConnectionResetError(), asyncpg.QueryCanceledError("x")]),
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
            RuntimeError("a bug"),
            ExceptionGroup("two", [ConnectionResetError(), ValueError("a bug")]),
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


SAID_BY_POSTGRESQL = {
    "08006": Trouble.AWAY,
    "57P01": Trouble.AWAY,
    "57P02": Trouble.AWAY,
    "57P03": Trouble.AWAY,
    "57P05": Trouble.AWAY,
    "25P03": Trouble.AWAY,
    "28P01": Trouble.AWAY,
    "3D000": Trouble.AWAY,
    "58030": Trouble.AWAY,
    "53200": Trouble.BUSY,
    "53300": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "57014": Trouble.BUSY,
    "25006": Trouble.UNWRITABLE,
    "53100": Trouble.UNWRITABLE,
    "40001": Trouble.IN_THE_WAY,
    "40P01": Trouble.IN_THE_WAY,
    "22012": None,
    "23505": None,
    "25P02": None,
    "42P01": None,
    "P0001": None,
}


class TestTroubleOf:
    @pytest.mark.parametrize("wrapped", [False, True], ids=["the driver's", "SQLAlchemy's"])
    async def test_is_told_by_the_code_whoever_wraps_it(
        self, database: Database, *, wrapped: bool
    ) -> None:
        """PostgreSQL itself raises each code here; no class has to be known for it."""
        seen = {}
        for sqlstate in SAID_BY_POSTGRESQL:
            statement = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"
            with pytest.raises((DBAPIError, asyncpg.PostgresError)) as raised:
                await _execute(database, statement, wrapped=wrapped)
            seen[sqlstate] = trouble_of(raised.value)
            assert sqlstate == find_sqlstate(raised.value)

        assert SAID_BY_POSTGRESQL == seen


async def _execute(database: Database, statement: str, *, wrapped: bool) -> None:
    if wrapped:
        async with database.session() as session:
            await session.execute(text(statement))
    else:
        await database.fetch(statement)
