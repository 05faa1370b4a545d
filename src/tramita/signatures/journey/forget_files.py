"""``signatures.forget_files``: files that no row names any more go from where they are kept.

Whatever has a row name a file no more (an erased person, a replaced document) leaves a note in
the same transaction. The file goes first and its note after it, so that whoever dies in between
is followed by whoever looks next.
"""

from collections.abc import Sequence
from typing import Final

from tramita.kit.jobs import Schedule
from tramita.kit.runtime import Runtime

JOB: Final = "signatures.forget_files"
_AT_ONCE: Final = 200
_DROPPED: Final = """
    SELECT digest, dropped_at, tramita_names_file(digest) AS is_named
    FROM dropped_files ORDER BY dropped_at, digest LIMIT $1
"""


async def forget_files(runtime: Runtime) -> None:
    """Delete what was dropped and what no other row names."""
    while dropped := await runtime.database.fetch(_DROPPED, _AT_ONCE):
        for row in dropped:
            if not row["is_named"]:
                await runtime.files.delete(row["digest"])
        async with runtime.database.unit_of_work(actor=JOB) as work:
            await work.fetch(
                "DELETE FROM dropped_files AS d USING unnest($1::text[], $2::timestamptz[]) "
                "AS seen (digest, dropped_at) WHERE (d.digest, d.dropped_at) = (seen.digest, seen.dropped_at)",
                [row["digest"] for row in dropped],
                [row["dropped_at"] for row in dropped],
            )


SCHEDULES: Final[Sequence[Schedule[Runtime]]] = [Schedule(JOB, "* * * * *", forget_files)]
