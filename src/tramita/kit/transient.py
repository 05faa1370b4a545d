"""Telling failures of the database that pass by themselves from all others.

A restart, a failover or an administrator ends connections in the middle of a unit of
work; two transactions may block each other; a pool may be empty for too long. Nothing
is committed then and nothing is wrong with the work: whoever may repeat it does so.
"""

import asyncpg
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_PASSING = (
    NoConnectionFree,
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.TransactionRollbackError,
    # The driver's bewilderment between a server's last words and its hanging up.
    asyncpg.InternalClientError,
)


def is_transient(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database was away or busy, not that it said no."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_transient(error.orig)
    if isinstance(error, asyncpg.InterfaceError):
        # Also the class of misused connections and unfit arguments; only the sentence differs.
        return "connection is closed" in str(error)
    if isinstance(error, EmulatedDBAPIException):
        # SQLAlchemy's own copy of the driver's error.
        return is_transient(error.__cause__)
    return isinstance(error, _PASSING)
