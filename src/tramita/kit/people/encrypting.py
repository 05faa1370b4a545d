"""What is kept of people comes under the first key, and their hashes under the present one.

A page of rows is a transaction: locked in the order of their keys, read, written anew. What
is so already is passed over, so nothing of the progress is kept: whatever ends in the middle
is run again. Values that were never encrypted are as those of an old key, which is how a
database from before is encrypted. Whoever reads or changes a row meanwhile reads either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from tramita.kit.database.engine import Database
from tramita.kit.database.known_keys import Purpose, forget_keys, note_key
from tramita.kit.database.rows import types_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import BYTES, TEXT, Keyring
from tramita.kit.errors import ConfigurationError
from tramita.kit.people.inventory import Hash, People, Table

ACTOR: Final = "keys"
NO_KEY: Final = "no key"

Tell = Callable[[str, int], None]


class ValuesLeft(ConfigurationError):
    """{values} values were encrypted by {keys} meanwhile: some process does not encrypt by {first} yet. Name that key first in its TRAMITA_ENCRYPTION_KEYS, restart it, and run `tramita keys rotate` again; until then every key is needed."""


async def rotate(database: Database, people: People, tell: Tell) -> list[str]:
    """Encrypt everything by the first key; answers the keys that nothing is encrypted by now.

    ``tell`` hears of each table how many rows were written so far. Raises ``ValuesLeft`` where
    somebody has encrypted by another one behind it: then all of them are still needed.
    """
    for table in people.tables:
        if table.hidden or table.hashes:
            await _go_through(database, people, table, tell, is_rehashing=False)
    first = database.keys.first_name
    left = [one for one in await count_values(database, people) if one[1] != first]
    if left:
        by = sorted({key or NO_KEY for _, key, _ in left})
        raise ValuesLeft(values=sum(n for _, _, n in left), keys=", ".join(by), first=first)
    async with database.unit_of_work(actor=ACTOR) as work:
        return await forget_keys(work, Purpose.VALUES, but=first)


async def rehash(database: Database, people: People, tell: Tell) -> list[str]:
    """Have people found by the present key; answers the keys by which nobody is found now.

    Nobody may be looked for meanwhile: who is found and who is not is between two keys.
    """
    name = database.keys.lookup_name
    async with database.unit_of_work(actor=ACTOR) as work:
        await note_key(work, Purpose.LOOKUP, name)
    for table in people.tables:
        if table.hashes:
            await _go_through(database, people, table, tell, is_rehashing=True)
    async with database.unit_of_work(actor=ACTOR) as work:
        return await forget_keys(work, Purpose.LOOKUP, but=name)


async def count_values(database: Database, people: People) -> list[tuple[str, str, int]]:
    """``(place, key, values)`` of every encrypted column; no key: they are not encrypted."""
    counted = []
    async with database.unit_of_work(actor=ACTOR) as work:
        for table in people.tables:
            types = await types_of(work, table.name, table.hidden) if table.hidden else ()
            for column, type_ in zip(table.hidden, types, strict=True):
                rows = await work.fetch(
                    f"SELECT {_key_of(column, type_)} AS key, count(*) AS n "  # noqa: S608 - names are ours
                    f"FROM {table.name} WHERE {_is_told(table, column, type_)} GROUP BY 1 ORDER BY 1"
                )
                place = f"{table.name}.{column}"
                counted += [(place, row["key"], row["n"]) for row in rows]
    return counted


# Of each type of column: whether a value is encrypted, by which key, and whether there is none.
_FORMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "text": (f"starts_with({{0}}, '{TEXT}')", "substr({0}, 6, 4)", "{0} = ''"),
    "jsonb": (
        f"starts_with({{0}}::text, '\"{TEXT}')",
        "substr({0}::text, 7, 4)",
        "{0}::text IN ('{{}}', '[]', 'null')",
    ),
    "bytea": (
        f"substring({{0}} FROM 1 FOR 5) = '\\x{BYTES.hex()}'",
        "encode(substring({0} FROM 6 FOR 3), 'base64')",
        "{0} = ''",
    ),
}


def _key_of(column: str, type_: str) -> str:
    """By which key a value is encrypted, in SQL; '' by none."""
    is_encrypted, key, _ = _FORMS[type_]
    return f"CASE WHEN {is_encrypted.format(column)} THEN {key.format(column)} ELSE '' END"


def _is_told(table: Table, column: str, type_: str) -> str:
    """Whether there is anything to hide, in SQL; nothing is where somebody was erased."""
    is_nothing = _FORMS[type_][2].format(column)
    erased = table.erased.get(column, "NULL")
    return f"(NOT {is_nothing} AND {column} IS DISTINCT FROM ({erased}))"


async def _go_through(
    database: Database, people: People, table: Table, tell: Tell, *, is_rehashing: bool
) -> None:
    """Write a table anew, page after page, as far as it has to be."""
    pages: _Pages | None = None
    last: list[object] = []
    written, count = 0, table.at_once
    while count == table.at_once:
        async with database.unit_of_work(actor=ACTOR) as work:
            pages = pages or await _Pages.prepared(work, people, table, is_rehashing=is_rehashing)
            rows = await work.fetch(pages.select(is_first=not last), *last)
            changed = [pages.renewed(work.keys, row) for row in rows]
            if rows:
                await work.fetch(pages.update, *zip(*changed, strict=True))
                last = [rows[-1][name] for name in pages.key]
        count, written = len(rows), written + len(rows)
        tell(table.name, written)


@dataclass(frozen=True, slots=True)
class _Pages:
    """How one table is read and written; ``sources`` are the tables whose values are hashed."""

    table: Table
    sources: Mapping[str, Table]
    types: Mapping[str, str]
    condition: str

    @classmethod
    async def prepared(
        cls, work: UnitOfWork, people: People, table: Table, *, is_rehashing: bool
    ) -> "_Pages":
        names = (*table.key.split(", "), *table.hidden, *table.hashes)
        types = dict(zip(names, await types_of(work, table.name, names), strict=True))
        first = work.keys.first_name
        old = [
            f"{_key_of(one, types[one])} <> '{first}' AND {_is_told(table, one, types[one])}"
            for one in table.hidden
            if not is_rehashing
        ]
        old += [
            f"({one.value}) IS NOT NULL" + ("" if is_rehashing else f" AND {name} IS NULL")
            for name, one in table.hashes.items()
        ]
        sources = {one.table: people.table(one.table) for one in table.hashes.values()}
        return cls(table, sources, types, " OR ".join(f"({one})" for one in old))

    @property
    def key(self) -> list[str]:
        """By which columns the rows are in order."""
        return self.table.key.split(", ")

    def select(self, *, is_first: bool) -> str:
        """The next page of what has to be written anew."""
        columns = [f"{one}::text" if type_ == "jsonb" else one for one, type_ in self.types.items()]
        columns += [f"{one.value} AS of_{name}" for name, one in self.table.hashes.items()]
        after = ", ".join(f"${n}::{self.types[one]}" for n, one in enumerate(self.key, start=1))
        beyond = "" if is_first else f"({self.table.key}) > ({after}) AND "
        return (
            f"SELECT {', '.join(columns)} FROM {self.table.name} "  # noqa: S608 - names are ours
            f"WHERE {beyond}({self.condition}) "
            f"ORDER BY {self.table.key} LIMIT {self.table.at_once} FOR NO KEY UPDATE"
        )

    @property
    def update(self) -> str:
        """Write rows whose locks are held."""
        arrays = ", ".join(f"${n}::{one}[]" for n, one in enumerate(self.types.values(), start=1))
        written = [one for one in self.types if one not in self.key]
        return (
            f"UPDATE {self.table.name} AS t "  # noqa: S608 - names are ours
            f"SET {', '.join(f'{one} = n.{one}' for one in written)} "
            f"FROM unnest({arrays}) AS n({', '.join(self.types)}) "
            f"WHERE {' AND '.join(f't.{one} = n.{one}' for one in self.key)}"
        )

    def renewed(self, keys: Keyring, row: asyncpg.Record) -> list[object]:
        """A row's columns, as the keys have them now."""
        return [
            *(row[one] for one in self.key),
            *(self._encrypted(keys, one, row[one]) for one in self.table.hidden),
            *(
                self._hashed(keys, one, row[f"of_{name}"])
                for name, one in self.table.hashes.items()
            ),
        ]

    def _encrypted(self, keys: Keyring, column: str, stored: Any) -> object:
        place = f"{self.table.name}.{column}"
        if stored is None:
            return None
        match self.types[column]:
            case "bytea":
                return keys.encrypt_bytes(keys.decrypt_bytes(stored, place), place)
            case "jsonb":
                return keys.encrypt_json_text(keys.decrypt_json(stored, place), place)
            case _:
                return keys.encrypt(keys.decrypt(stored, place), place)

    def _hashed(self, keys: Keyring, hashed: Hash, stored: Any) -> bytes | None:
        if stored is None:
            return None
        found = self.sources[hashed.table].decrypted(keys, {hashed.column: stored})
        value = hashed.read(found[hashed.column])
        return keys.hash(hashed.kind, value) if value else None
