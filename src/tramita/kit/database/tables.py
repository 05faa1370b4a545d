"""Tables that a migration changes while everybody goes on reading and writing.

A change takes a moment, for which it needs its table alone. While it waits for somebody who is at the
table for long, such as a dump, whoever comes after it waits behind it. So it waits for no longer than a
moment either, lets those go on who have queued up, and comes again.

Each change stands by itself, outside the migration's transaction: whoever waits for one table has no
other in hand. A process that dies in the middle leaves some made; the migration begins again then, so
that each says ``IF NOT EXISTS``.
"""

from collections.abc import Iterable
from typing import Final

from alembic import op

_PATIENCE: Final = "300ms"
_SECONDS_BETWEEN: Final = 0.5
_CHANGING: Final = f"""
    DO $change$ BEGIN
        SET LOCAL lock_timeout = '{_PATIENCE}';
        LOOP
            BEGIN
                %s;
                EXIT;
            EXCEPTION WHEN lock_not_available THEN
                PERFORM pg_sleep({_SECONDS_BETWEEN});
            END;
        END LOOP;
    END $change$
"""


def change_tables(statements: Iterable[str]) -> None:
    """Run statements that each need a table alone, once that is to be had in a moment."""
    with op.get_context().autocommit_block():
        for one in statements:
            op.execute(_CHANGING % one)
