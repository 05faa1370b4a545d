"""Indexes that a migration makes or drops while everybody goes on reading and writing.

They stand outside the migration's transaction, one after the other, so a process that dies in the
middle leaves some made and at most one unfinished, which nothing reads. The migration begins again then:
what is there stays, what is unfinished goes and is made anew.
"""

from collections.abc import Mapping
from typing import Final

from alembic import op
from sqlalchemy import text

# The session of a process that has died works on for it, and would be waited for in a circle: it for
# what we see, we for its lock. Only one process migrates at a time, so nobody else makes the index.
_END_ORPHANS: Final = text(
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND query = :statement AND pid <> pg_backend_pid()"
)
_UNFINISHED: Final = text(
    "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"
)


def make_indexes(indexes: Mapping[str, str]) -> None:
    """Make indexes, each by its name and as what follows ``CREATE INDEX name ON`` says of it."""
    with op.get_context().autocommit_block():
        for name, on in indexes.items():
            making = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {on}"
            op.get_bind().execute(_END_ORPHANS, {"statement": making})
            if op.get_bind().execute(_UNFINISHED, {"name": name}).first() is not None:
                op.execute(_dropping(name))
            op.execute(making)


def drop_index(name: str) -> None:
    """Drop an index, if it is there yet."""
    with op.get_context().autocommit_block():
        op.execute(_dropping(name))


def _dropping(name: str) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
