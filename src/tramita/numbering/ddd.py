"""Area codes (DDD): which there are, and where.

The table ``location_ddd`` has all 67 of them, from a migration, and a cache in front. What
is no two digits is refused before anybody is asked.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import FieldError, InvalidError, MalformedError, NotFoundError
from tramita.kit.runtime import Runtime
from tramita.numbering.errors import InCapitals

# No area code has a zero in it: one in front of it says "long distance" on a phone.
_DDD: Final = re.compile(r"[1-9][1-9]")

TABLE_VERSION: Final = "72eb2b4d"
"""Begins the hash of the table's rows; a test compares. Cached rows of other versions are
not found."""


class AreaCode(msgspec.Struct, frozen=True):
    """One area code. ``state`` is where most of it lies, ``city`` a label only.

    ``region`` is CO, N, NE, S or SE.
    """

    ddd: str
    state: str
    region: str
    city: str


class DDDMalformed(InCapitals, MalformedError):
    """An area code is two digits from 1 to 9."""


class DDDNotFound(InCapitals, NotFoundError):
    """There is no area code {ddd}."""


def parse_ddd(text: str) -> str:
    """``text`` when it may be an area code; raises ``DDDMalformed``."""
    if not _DDD.fullmatch(text):
        raise DDDMalformed
    return text


async def find_ddd(runtime: Runtime, ddd: str) -> AreaCode | None:
    """The area code, from the cache if it is there; ``ddd`` comes from ``parse_ddd``."""

    async def load() -> AreaCode | None:
        return await runtime.gathered(_find_area_codes).add(ddd)

    return await runtime.cache.find(f"area_codes:{TABLE_VERSION}:{ddd}", AreaCode, load)


async def get_ddd(runtime: Runtime, ddd: str) -> AreaCode:
    """The area code; raises ``DDDMalformed`` and ``DDDNotFound``."""
    found = await find_ddd(runtime, parse_ddd(ddd))
    if found is None:
        raise DDDNotFound(ddd=ddd)
    return found


async def check_ddd(runtime: Runtime, ddd: str) -> None:
    """Raise ``InvalidError`` for an area code that nobody knows."""
    if await find_ddd(runtime, parse_ddd(ddd)) is None:
        raise InvalidError([FieldError("ddd", "unknown", f"There is no area code {ddd}.")])


async def list_ddds(work: UnitOfWork) -> list[AreaCode]:
    """Every area code, in their order."""
    rows = await work.fetch("SELECT ddd, state, region, city FROM location_ddd ORDER BY ddd")
    return [AreaCode(*row) for row in rows]


async def _find_area_codes(work: UnitOfWork, ddds: Sequence[str]) -> list[AreaCode | None]:
    rows = await work.fetch(
        "SELECT ddd, state, region, city FROM location_ddd WHERE ddd = ANY($1::text[])",
        list(ddds),
    )
    found = {row["ddd"]: AreaCode(*row) for row in rows}
    return [found.get(ddd) for ddd in ddds]
