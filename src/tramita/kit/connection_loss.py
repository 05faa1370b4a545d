"""Telling the loss of PostgreSQL from every other failure.

A restart, a failover or an administrator ends connections in the middle of a unit of
work. Nothing of it is committed, and nothing is wrong with it: whoever may repeat it
does so on a new connection.
"""

import asyncpg
from sqlalchemy.exc import DBAPIError

# What a server says that goes away or comes up, and what its silence looks like here.
_LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)


def is_connection_lost(error: BaseException) -> bool:
    """Whether ``error`` means that the database was lost, not that it said no."""
    if isinstance(error, DBAPIError):
        # SQLAlchemy wraps the driver's error, and keeps it as the cause of its own.
        return error.connection_invalidated or _is_caused_by_loss(error.orig)
    return _is_lost(error)


def _is_caused_by_loss(error: BaseException | None) -> bool:
    return error is not None and (_is_lost(error) or _is_caused_by_loss(error.__cause__))


def _is_lost(error: BaseException) -> bool:
    if isinstance(error, asyncpg.InterfaceError):
        # Also the class of misused connections and unfit arguments; only the sentence differs.
        return "connection is closed" in str(error)
    return isinstance(error, _LOST)
