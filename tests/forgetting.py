"""Somebody with a name of their own, and whether anything of them is left in a database.

What is looked through is the whole database as ``pg_dump`` writes it down, and whatever is
folded into it: bytes, base64, escaped text, and what only the installation's key reads. Nothing
of Tramita's own search is used.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar

from tests.hastening import hasten
from tests.world import World, envelope, until
from tramita.kit.database.engine import Database
from tramita.kit.embedded.programs import PACKAGE, TREES
from tramita.kit.encryption.keys import BYTES, Keyring, NotDecrypted
from tramita.kit.people.inventory import together
from tramita.process.areas import EVERYTHING

T = TypeVar("T", str, bytes)

PEOPLE = together([area.people for area in EVERYTHING])
PLACES: Final = [
    f"{table.name}.{column}"
    for table in PEOPLE.tables
    for column in (*table.encrypted.split(), *table.encrypted_json.split())
]
CPF: Final = "39053344705"
PHONE: Final = "976541230"
# Every text by which the person could be known; some as they are shown to people.
FORMS: Final = (
    *(CPF, "390.533.447-05", ".533.", "Zulmira", "Quartzberg", "Z•", "Odete"),
    *(PHONE, "97654-1230", "zulmira.q@", "Travessa do Quartzo", "8899776655", "45454545"),
)
CUSTOMER: Final[dict[str, Any]] = {
    "name": "Zulmira Quartzberg",
    "document": {"kind": "cpf", "number": "390.533.447-05"},
    "email": "zulmira.q@example.org",
    "phone": f"+5511{PHONE}",
    "address": {"street": "Travessa do Quartzo", "number": "77"},
}
_WAITING: Final = """
    SELECT (SELECT count(*) FROM inbox WHERE processed_at IS NULL)
         + (SELECT count(*) FROM operations WHERE state NOT IN ('SUCCEEDED', 'REFUSED'))
         + (SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')) AS n
"""
_BYTES: Final = re.compile(r"\\+x((?:[0-9a-f]{2}){8,})")
_ENCRYPTED: Final = re.compile(r"enc1:[A-Za-z0-9+/=]+")
_FOLDED: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}")


def envelope_of_somebody(*, portabilities: int = 1) -> dict[str, Any]:
    """An envelope whose client is the person."""
    body = envelope(portabilities=portabilities)
    client = body["customer"]
    client |= {"name": "Zulmira Quartzberg", "mother_name": "Odete Quartzberg", "cpf": CPF}
    client |= {"email": "zulmira.q@example.org", "phone": {"area_code": "11", "number": PHONE}}
    client["address"] |= {"street": "Travessa do Quartzo", "number": "77"}
    client["benefit"]["number"] = "8899776655"
    client["identification"]["number"] = "45454545"
    return body


async def traces(database: Database) -> list[str]:
    """Whatever of the person is left, each with what stands around it."""
    return _seen(_unfolded(await dump(database), 0, database.keys))


async def traces_without_key(database: Database) -> list[str]:
    """What somebody reads of the person who has the database, or a copy of it, and no key."""
    return _seen(_unfolded(await dump(database), 0, None))


def _seen(texts: Iterator[str]) -> list[str]:
    return [
        f"{form}: …{text[max(at - 60, 0) : at + 60]}…"
        for text in texts
        for form in FORMS
        if (at := text.find(form)) >= 0
    ]


async def rows_of(database: Database, table: str, columns: str) -> list[tuple[Any, ...]]:
    """The rows of a table in order of their ids, decrypted."""
    rows = await database.fetch(f"SELECT {columns} FROM {table} ORDER BY id")
    found = PEOPLE.table(table)
    return [tuple(found.decrypted(database.keys, row).values()) for row in rows]


async def dump(database: Database) -> str:
    """A database as ``pg_dump`` writes it down."""
    # Imported, the package would warn.
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / TREES[0] / "bin/pg_dump"
    process = await asyncio.create_subprocess_exec(
        *(program, "--inserts", "--no-owner", database.dsn),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    written, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return written.decode()


def _unfolded(text: str, depth: int, keys: Keyring | None) -> Iterator[str]:
    yield text
    if depth < 4:
        for found in _BYTES.finditer(text):
            content = bytes.fromhex(found[1])
            if keys and content.startswith(BYTES):
                content = _decrypted(keys.decrypt_bytes, content)
            yield from _unfolded(content.decode(errors="replace"), depth + 1, keys)
        if keys:
            for found in _ENCRYPTED.finditer(text):
                yield from _unfolded(_decrypted(keys.decrypt, found[0]), depth + 1, keys)
        for found in _FOLDED.finditer(text):
            yield from _unfolded(_decoded(found[0]), depth + 1, keys)


def _decrypted(decrypt: Callable[[T, str], T], stored: T) -> T:
    """In a dump it does not stand of which column a value is."""
    for place in PLACES:
        with suppress(NotDecrypted):
            return decrypt(stored, place)
    raise AssertionError(f"of no column: {stored!r}")


def _decoded(folded: str) -> str:
    padded = folded.translate(str.maketrans("-_", "+/")) + "=" * (-len(folded) % 4)
    try:
        return base64.b64decode(padded).decode()
    except (binascii.Error, ValueError):
        return ""


async def ask_to_erase(world: World, person: str, **more: str) -> tuple[int, dict[str, Any]]:
    """Ask for somebody's erasure; answers status and body."""
    body = {"person": person} | more
    async with world.api.post("/api/v1/customers/erase", json=body) as answer:
        return answer.status, await answer.json()


async def until_erased(world: World, erasure: str, state: str = "erased") -> dict[str, Any]:
    """The erasure as soon as it has come to its end."""
    seen: dict[str, Any] = {}

    async def is_so() -> bool:
        async with world.api.get(f"/api/v1/customers/erasures/{erasure}") as answer:
            seen.update(await answer.json())
        return bool(seen["state"] == state)

    await until(is_so)
    return seen


async def until_nothing_waits(database: Database) -> None:
    """Wait until no message, no outside act and no job is left; what waits goes at once."""

    async def is_so() -> bool:
        async with database.unit_of_work(actor="test") as work:
            await hasten(work)
        [row] = await database.fetch(_WAITING)
        return bool(row["n"] == 0)

    await until(is_so)
