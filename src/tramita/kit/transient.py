"""Telling failures of the database that pass by themselves from all others.

A restart, a failover or an administrator ends connections in the middle of a unit of
work; two transactions may block each other; a pool may be empty for too long. Nothing
is committed then and nothing is wrong with the work: whoever may repeat it does so.
"""

import asyncpg
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException
from sqlalchemy.exc import TimeoutError as NoConnectionFree

# What PostgreSQL says of itself, by SQLSTATE or class of SQLSTATE: nothing is wrong with the work.
PASSING_STATES = (
    "08",  # the connection ended
    "25006",  # it takes no writes: a failover, or a standby
    "40",  # two transactions in each other's way
    "53",  # connections, memory or the disk are used up
    "55P03",  # a lock was not to be had in time
    "57",  # an operator: shutting down, starting, a statement cancelled or out of time
    "58",  # the system under it failed
)

_PASSING = (
    NoConnectionFree,
    ConnectionError,
    # The driver's bewilderment between a server's last words and its hanging up.
    asyncpg.InternalClientError,
)


def is_transient(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database was away or busy, not that it said no."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_transient(error.orig)
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(PASSING_STATES)
    if isinstance(error, asyncpg.InterfaceError):
        # Also the class of misused connections and unfit arguments; only the sentence differs.
        return "connection is closed" in str(error)
    if isinstance(error, EmulatedDBAPIException):
        # SQLAlchemy's own copy of the driver's error.
        return is_transient(error.__cause__)
    return isinstance(error, _PASSING)


def _names() -> frozenset[str]:
    states = {name: getattr(one, "sqlstate", None) for name, one in vars(asyncpg).items()}
    passing = [name for name, state in states.items() if state and state.startswith(PASSING_STATES)]
    lost = [ConnectionError, *ConnectionError.__subclasses__(), asyncpg.InternalClientError]
    return frozenset([*passing, *(one.__name__ for one in lost)])


# What such errors are called where only their name was written down.
PASSING_NAMES = _names()


def has_transient_cause(error: BaseException) -> bool:
    """Whether the database's being away or busy stands anywhere behind ``error``.

    What is cut off in the middle may fail with an error of its own; without the cause it
    would not have.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        if is_transient(one):
            return True
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return False
