"""Places: rows that have alike whatever a list can be narrowed by.

They are few, however many rows there are, and each is a range of an index that begins with a
number for it. So a list is what is first in each place that is asked for, and a count goes on no
further than anybody wants to know: neither costs more where there is more.
"""

from collections.abc import Sequence


def number_of(*columns: str) -> str:
    """The number of a place, as its index has it: of texts that are not null."""
    together = " || '/' || ".join(columns)
    return f"hashtextextended({together}, 0)"


def every_place(table: str, place: str, columns: Sequence[str]) -> str:
    """A statement for every place with a row in it, and what its rows have alike.

    It goes from one to the next by the index, and reads one row of each.
    """
    alike = ", ".join(columns)
    return f"""
        WITH RECURSIVE places AS (
            (SELECT {place} AS place, {alike} FROM {table} ORDER BY {place} LIMIT 1)
            UNION ALL
            SELECT next.* FROM places AS p CROSS JOIN LATERAL (
                SELECT {place} AS place, {alike} FROM {table}
                WHERE {place} > p.place ORDER BY {place} LIMIT 1
            ) AS next
        )
        SELECT * FROM places
    """  # noqa: S608 - ours
