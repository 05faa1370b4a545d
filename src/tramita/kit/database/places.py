"""Places: rows that have alike whatever a list can be narrowed by.

They are few, however many rows there are, and each is a range of an index that begins with what
they have alike, or with a number for it. So a list is what is first in each place that is asked for, and a count goes on no
further than anybody wants to know: neither costs more where there is more.
"""

from collections.abc import Mapping, Sequence
from typing import Final

MOST_COUNTED: Final = 1000
"""Where a page's counts end: one more stands for more."""


def number_of(*columns: str) -> str:
    """The number of a place, as its index has it: of texts that are not null."""
    together = " || '/' || ".join(columns)
    return f"hashtextextended({together}, 0)"


def every_place(
    table: str, place: Mapping[str, str], alike: Sequence[str] = (), *, among: str = "true"
) -> str:
    """A statement for every place with a row in it, and what else its rows have ``alike``.

    ``place`` is what the index begins with, in its order: each by its name in the answer, and as
    SQL. ``among`` is the condition of an index that has not all rows. It goes from one place to the
    next by the index, and reads one row of each.
    """
    found = ", ".join([*(f"{sql} AS {name}" for name, sql in place.items()), *alike])
    at, last = ", ".join(place.values()), ", ".join(f"p.{name}" for name in place)
    return f"""
        WITH RECURSIVE places AS (
            (SELECT {found} FROM {table} WHERE {among} ORDER BY {at} LIMIT 1)
            UNION ALL
            SELECT next.* FROM places AS p CROSS JOIN LATERAL (
                SELECT {found} FROM {table} WHERE {among} AND ({at}) > ({last})
                ORDER BY {at} LIMIT 1
            ) AS next
        )
        SELECT * FROM places
    """  # noqa: S608 - ours
