"""What PostgreSQL and its driver say of themselves: the one table of it.

A restart, a failover, an administrator, a full disk or a limit ends a unit of work in its
middle; two transactions stand in each other's way. Nothing is committed then and nothing is
wrong with the work: whoever may repeat it does so, and who waits for an answer is told to
come back. All other errors are the work's own.

PostgreSQL is judged by its SQLSTATE, never by the class of a wrapper; the driver's own
errors have none and are judged by their class or, where that says nothing, by their words.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from enum import Enum
from typing import Final

import asyncpg
from asyncpg.exceptions import InvalidCachedStatementError
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException


class NoConnectionFree(Exception):
    """Every connection of this process was in use for too long."""


class Trouble(Enum):
    """Why the database did not do what it was asked, for no fault of what was asked."""

    AWAY = "The database does not answer"
    BUSY = "The database is too busy"
    UNWRITABLE = "The database takes nothing in"
    IN_THE_WAY = "Another transaction was in the way"


_READ_ONLY: Final = "25006"
# By code or, with two characters, by class:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: Final = {
    "08": Trouble.AWAY,  # connection lost or not made
    _READ_ONLY: Trouble.UNWRITABLE,  # a standby, a failover, an administrator
    "25P03": Trouble.AWAY,  # ended: idle in a transaction for too long
    "25P04": Trouble.AWAY,  # ended: a transaction for too long
    "28": Trouble.AWAY,  # the login is refused: a password in rotation, a role locked
    "3D000": Trouble.AWAY,  # no such database: it is being restored or renamed
    "40": Trouble.IN_THE_WAY,  # deadlock, serialization failure
    "53": Trouble.BUSY,  # out of memory, slots or temporary files
    "53100": Trouble.UNWRITABLE,  # disk full
    "55P03": Trouble.BUSY,  # a lock was not to be had in time
    "57014": Trouble.BUSY,  # cancelled: a statement's time limit, an administrator
    "57P": Trouble.AWAY,  # shutting down, crashed, starting up, ended
    "58": Trouble.AWAY,  # the server's own files or system fail
}
# The driver's sentences of a connection, or a pool of them, that is no more; the same class
# is raised of misused connections and unfit arguments.
_GONE: Final = ("connection is closed", "pool is closed", "pool is closing")
# What the event loop says of writing to a connection that was lost a moment ago.
_LOOPS_WORDS: Final = "the handler is closed"
_UNREACHABLE: Final = frozenset(
    {errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETUNREACH, errno.ENETDOWN, errno.ETIMEDOUT}
)


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What ``error`` says of the database; nothing when it is the work's own error."""
    if isinstance(error, BaseExceptionGroup):
        found = {trouble_of(one) for one in error.exceptions}
        return None if None in found else found.pop()
    for one in _layers(error):
        trouble = _of_postgres(one) or _of_driver(one)
        if trouble is not None:
            return trouble
    return None


def is_transient(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database was away or busy, not that it said no."""
    return trouble_of(error) is not None


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


def spoils_its_connection(error: BaseException) -> bool:
    """Whether the connection on which ``error`` came is good for nobody any more.

    The driver is bewildered, or what it leads to was the primary once.
    """
    return find_sqlstate(error) == _READ_ONLY or any(
        isinstance(one, asyncpg.InternalClientError) for one in _layers(error)
    )


def find_sqlstate(error: BaseException | None) -> str | None:
    """PostgreSQL's code of ``error``, whoever has wrapped it."""
    for one in _layers(error):
        sqlstate = getattr(one, "sqlstate", None)
        if isinstance(sqlstate, str):
            return sqlstate
    return None


def _layers(error: BaseException | None) -> Iterator[BaseException]:
    """``error`` and what SQLAlchemy has wrapped: its own copy of the driver's, and that."""
    while error is not None:
        yield error
        if isinstance(error, DBAPIError):
            error = error.orig
        elif isinstance(error, EmulatedDBAPIException):
            error = error.__cause__
        else:
            return


def _of_postgres(error: BaseException) -> Trouble | None:
    return _named(getattr(error, "sqlstate", None))


def _named(sqlstate: object) -> Trouble | None:
    if not isinstance(sqlstate, str):
        return None
    known = (_BY_SQLSTATE.get(sqlstate[:length]) for length in (5, 3, 2))
    return next((one for one in known if one is not None), None)


def _of_driver(error: BaseException) -> Trouble | None:
    match error:
        case DBAPIError(connection_invalidated=True) | ConnectionError() | TimeoutError():
            return Trouble.AWAY
        case socket.gaierror() | ssl.SSLError():
            return Trouble.AWAY
        case OSError() if error.errno in _UNREACHABLE:
            return Trouble.AWAY
        case NoConnectionFree():
            return Trouble.BUSY
        case asyncpg.InternalClientError():
            # Its bewilderment between a server's last words and its hanging up.
            return Trouble.AWAY
        case InvalidCachedStatementError():
            # A migration has changed the table; the driver has forgotten the statement by now.
            return Trouble.IN_THE_WAY
        case asyncpg.InterfaceError() if any(words in str(error) for words in _GONE):
            return Trouble.AWAY
        case RuntimeError() if _LOOPS_WORDS in str(error):
            return Trouble.AWAY
        case _:
            return None


def _names() -> frozenset[str]:
    states = {name: getattr(one, "sqlstate", None) for name, one in vars(asyncpg).items()}
    passing = [name for name, state in states.items() if _named(state)]
    lost = [ConnectionError, *ConnectionError.__subclasses__(), asyncpg.InternalClientError]
    return frozenset([*passing, *(one.__name__ for one in lost)])


# What such errors are called where only their name was written down.
PASSING_NAMES: Final = _names()
