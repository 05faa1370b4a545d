"""Everything that is held about a person, as JSON, row by row.

It is made of the same inventory that erases: what is found by the one is found by the other.
Batches are small and each a transaction of its own, so it takes little memory and holds nothing
up; somebody who changes meanwhile is shown as found.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.engine import Database
from tramita.kit.database.rows import types_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.people.erasures import Person, find_roots
from tramita.kit.people.groups import find_groups
from tramita.kit.people.inventory import People, Table
from tramita.kit.people.messages import find_messages
from tramita.kit.people.needles import unfold

ACTOR: Final = "exporting"
# A picture may have two megabytes.
AT_ONCE: Final = 20


async def begin_export(work: UnitOfWork, people: People, person: Person) -> list[UUID]:
    """What the person is found by; from now on it is known who had it written out."""
    roots = await find_roots(work, people, person)
    for root in roots:
        await note_act(work, work.actor, "person.exported", Subject("person", root, person.tenant))
    return roots


async def export_person(
    database: Database, people: People, roots: Sequence[UUID]
) -> AsyncIterator[bytes]:
    """``{"held": {table: [row, …]}, "messages": [{"id", "text"}, …]}``, in pieces."""
    yield b'{"held":{'
    for number, table in enumerate(one for one in people.tables if one.rows):
        yield (b"," if number else b"") + msgspec.json.encode(table.name) + b":["
        is_first = True
        async for row in _rows(database, people, table, roots):
            shown = _shown(table.decrypted(database.keys, row))
            yield (b"" if is_first else b",") + msgspec.json.encode(shown)
            is_first = False
        yield b"]"
    yield b'},"messages":['
    is_first = True
    async for id_, body in find_messages(database, people, roots):
        shown = {"id": id_, "text": unfold(body)}
        yield (b"" if is_first else b",") + msgspec.json.encode(shown)
        is_first = False
    yield b"]}"


async def _rows(
    database: Database, people: People, table: Table, roots: Sequence[UUID]
) -> AsyncIterator[asyncpg.Record]:
    key = tuple(table.key.split(", "))
    last: list[object] = []
    count = AT_ONCE
    while count == AT_ONCE:
        async with database.unit_of_work(actor=ACTOR) as work:
            groups = await find_groups(work, people, roots)
            types = await types_of(work, table.name, key)
            after = ", ".join(f"${n}::{type_}" for n, type_ in enumerate(types, start=1))
            rows = await groups.fetch(
                work,
                f"SELECT * FROM {table.name} WHERE ({table.rows}) AND ({table.own}) "  # noqa: S608 - texts of our own
                f"AND {f'({table.key}) > ({after})' if last else 'true'} "
                f"ORDER BY {table.key} LIMIT {AT_ONCE}",
                *last,
            )
        for row in rows:
            yield row
        count = len(rows)
        last = [rows[-1][one] for one in key] if rows else last


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in row.items()
    }
