"""Files that rows name, as the inventory says: what no row names goes, what is plain is encrypted.

``people.forget_files``: whatever has a row name a file no more (an erased person, a replaced
document) has it dropped in the same transaction; so has whoever puts one, from a day later on. The file goes
first and its row after it, so that whoever dies in between is followed by whoever looks next.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from tramita.kit.database.engine import Database
from tramita.kit.files import FileNotKept, Files
from tramita.kit.jobs import Schedule
from tramita.kit.people.encrypting import Tell
from tramita.kit.people.inventory import People

JOB: Final = "people.forget_files"
_AT_ONCE: Final = 200


class Host(Protocol):
    """What a job about files needs of its process."""

    @property
    def database(self) -> Database: ...
    @property
    def people(self) -> People: ...
    @property
    def files(self) -> Files: ...


async def forget_files(host: Host) -> None:
    """Delete what was dropped, unless a row names it."""
    named = " OR ".join(
        f"EXISTS (SELECT FROM {table} WHERE {column} = f.name)"
        for table, column in _naming(host.people)
    )
    dropped = f"""
        SELECT f.name, f.drop_at, {named or "false"} AS is_named FROM stored_files AS f
        WHERE f.drop_at <= clock_timestamp() ORDER BY f.drop_at, f.name LIMIT $1
    """  # noqa: S608 - ours
    while rows := await host.database.fetch(dropped, _AT_ONCE):
        for row in rows:
            if not row["is_named"]:
                await host.files.delete(row["name"])
        await host.database.fetch(
            "UPDATE stored_files AS f SET drop_at = NULL "
            "FROM unnest($1::text[], $2::timestamptz[]) AS seen(name, drop_at) "
            "WHERE (f.name, f.drop_at) = (seen.name, seen.drop_at)",
            [row["name"] for row in rows if row["is_named"]],
            [row["drop_at"] for row in rows if row["is_named"]],
        )


async def encrypt_files(files: Files, people: People, tell: Tell) -> None:
    """Put files from before encryption anew, and have rows name these; the old ones are dropped."""
    last, encrypted = "", 0
    while rows := await files.database.fetch(
        "SELECT name FROM stored_files WHERE key = '' AND drop_at IS NULL AND name > $1 "
        "ORDER BY name LIMIT $2",
        last,
        _AT_ONCE,
    ):
        for row in rows:
            # One that somebody took out of the folder is missed by whoever reads it.
            with suppress(FileNotKept):
                await _put_anew(files, people, row["name"])
        last, encrypted = rows[-1]["name"], encrypted + len(rows)
        tell("files", encrypted)


async def _put_anew(files: Files, people: People, name: str) -> None:
    new = await files.put(await files.get(name))
    for table, column in _naming(people):
        await files.database.fetch(
            f"UPDATE {table} SET {column} = $2 WHERE {column} = $1",  # noqa: S608 - ours
            name,
            new.digest,
        )


def _naming(people: People) -> Iterator[tuple[str, str]]:
    """Tables and the columns of theirs that name files."""
    return ((table.name, column) for table in people.tables for column in table.files.split())


SCHEDULES: Final[Sequence[Schedule[Any]]] = [Schedule(JOB, "* * * * *", forget_files)]
