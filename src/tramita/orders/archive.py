"""The contracts that both have signed, one after another, for whoever keeps them elsewhere."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from tramita.kit.archives import stream_zip
from tramita.kit.database.conditions import one_of
from tramita.kit.database.work import UnitOfWork
from tramita.kit.files import FileNotKept
from tramita.kit.runtime import Runtime
from tramita.orders.errors import NothingSigned
from tramita.orders.lifecycle import ACTIVE

_AT_ONCE: Final = 100
_MISSING: Final = "missing.txt"
_SIGNED: Final = f"""
    SELECT o.id, to_char(o.created_at, 'YYYY-MM-DD') || '_' || c.code || '_' || o.id AS name,
           p.signed_file AS file, p.organization_signed_on AS signed_on
    FROM orders AS o JOIN courses AS c ON c.id = o.course_id JOIN signing_procedures AS p ON p.contract_id = o.id AND p.state = 'signed'
    WHERE o.organization_id = $1 AND o.contract_definition_id IS NOT NULL
      AND {one_of("o.state", ACTIVE)} AND p.signed_file IS NOT NULL
      AND o.id > $2
"""  # noqa: S608 - ours


class SignedContract(Struct):
    """A contract that both have signed."""

    id: UUID
    name: str
    file: str
    signed_on: datetime


async def find_signed(
    work: UnitOfWork,
    organization_id: UUID,
    *,
    after: UUID,
    wanted: Sequence[UUID] | None,
    limit: int,
) -> list[SignedContract]:
    """Some of an organization's signed contracts, the oldest after ``after`` first."""
    chosen, values = ("o.id = ANY($3::uuid[])", [wanted]) if wanted else ("true", [])
    statement = f"{_SIGNED} AND {chosen} ORDER BY o.id LIMIT {limit}"
    return await work.read(SignedContract, statement, organization_id, after, *values)


async def open_archive(
    runtime: Runtime, organization_id: UUID, *, after: UUID, wanted: Sequence[UUID] | None
) -> AsyncIterator[bytes]:
    """An archive of them; raises ``NothingSigned``.

    A file that is not kept any more is named in ``missing.txt``. Where the files are away it
    breaks off, and can be asked for after the last contract that is in it.
    """
    async with runtime.database.unit_of_work() as work:
        first = await find_signed(work, organization_id, after=after, wanted=wanted, limit=_AT_ONCE)
    if not first:
        raise NothingSigned

    async def files() -> AsyncIterator[tuple[str, datetime, bytes]]:
        found, missing, last = first, list[str](), first[-1]
        while found:
            for one in found:
                try:
                    content = await runtime.files.get(one.file)
                except FileNotKept:
                    missing.append(one.name)
                else:
                    yield f"{one.name}.pdf", one.signed_on, content
            last = found[-1]
            async with runtime.database.unit_of_work() as work:
                found = await find_signed(
                    work, organization_id, after=last.id, wanted=wanted, limit=_AT_ONCE
                )
        if missing:
            yield _MISSING, last.signed_on, "\n".join(missing).encode()

    return stream_zip(files())
