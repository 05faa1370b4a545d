"""Lists as files: written piece after piece by a job, kept for a day for whoever asked.

Each piece is a file of its own, encrypted as every file, and is named in the same transaction that
says how far the list has come and enqueues the job of the next. So whoever dies is followed by a
job that goes on where the last piece ended, of two that write the same one counts, and whoever
fetches the whole gets each row once.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from tramita.kit.audit import Subject, note_act
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import ConflictError, NotFoundError
from tramita.kit.identifiers import new_id
from tramita.kit.kept import Kept
from tramita.kit.languages.words import Words
from tramita.kit.lifecycle import Lifecycle
from tramita.kit.runtime import Runtime
from tramita.kit.transitions import Stateful

# So many of one person's at once, and so many are shown.
MOST: Final = 20
_KEPT_FOR: Final = "interval '1 day'"
_COLUMNS: Final = (
    "id, account_id, kind, filter, language, time_zone, state, pieces, rows, goes_on_after, "
    "requested_at"
)


class ExportState(StrEnum):
    """Whether it is being written."""

    WRITING = "writing"
    READY = "ready"


class ExportTrigger(StrEnum):
    """What moves it: its last piece."""

    FINISH = "finish"


LIFECYCLE: Final = Lifecycle(
    name="export",
    initial=ExportState.WRITING,
    table={ExportState.WRITING: {ExportTrigger.FINISH: ExportState.READY}},
)
EXPORTS: Final = Stateful(LIFECYCLE, "exports")


class ExportNotFound(NotFoundError):
    """There is no file {id} of yours; they are kept for a day."""


class ExportNotReady(ConflictError):
    """The file {id} is still being written."""


class TooManyExports(ConflictError):
    """You have {number} files of the last day. Wait until one of them has gone."""


class Export(Struct):
    """A list that somebody wants as a file: ``rows`` of it are written, in so many ``pieces``."""

    id: UUID
    account_id: UUID
    kind: str
    filter: dict[str, str]
    language: str
    time_zone: str
    state: ExportState
    pieces: int
    rows: int
    goes_on_after: list[Any] | None
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """Some more rows of an export; ``after`` is the key of its last, None where nothing follows."""

    content: bytes
    rows: int
    after: Sequence[object] | None


async def request_export(
    work: UnitOfWork, account_id: UUID, job: str, asked: Mapping[str, str], words: Words
) -> UUID:
    """Have ``job(export_id)`` write a list for an account; raises ``TooManyExports``."""
    await work.fetch("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)
    if len(await find_exports(work, account_id)) >= MOST:
        raise TooManyExports(number=MOST)
    export_id = new_id()
    await work.fetch(
        "INSERT INTO exports (id, account_id, kind, filter, language, time_zone, state, requested_at) "
        "VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, tramita_now())",
        export_id,
        account_id,
        job,
        msgspec.json.encode(asked).decode(),
        words.tag,
        words.zone.key,
        LIFECYCLE.initial.value,
    )
    await note_act(work, work.actor, "export.requested", Subject("export", export_id), **asked)
    work.enqueue(job, export_id=export_id)
    return export_id


async def find_exports(work: UnitOfWork, account_id: UUID) -> list[Export]:
    """An account's of the last day, the newest first."""
    return await work.read(
        Export,
        f"SELECT {_COLUMNS} FROM exports WHERE account_id = $1 "  # noqa: S608 - constants
        f"AND requested_at > tramita_now() - {_KEPT_FOR} ORDER BY id DESC LIMIT {MOST}",
        account_id,
    )


async def find_export(work: UnitOfWork, export_id: UUID) -> Export | None:
    """One, whoever's it is, for the job that writes it."""
    found = await work.read(Export, f"SELECT {_COLUMNS} FROM exports WHERE id = $1", export_id)  # noqa: S608 - constants
    return found[0] if found else None


async def keep_piece(runtime: Runtime, export: Export, piece: Piece) -> bool:
    """Keep the next piece, and enqueue the job of the one after it; false where somebody else has."""
    stored = await runtime.files.put(piece.content)
    after = None if piece.after is None else msgspec.json.encode(piece.after).decode()
    async with runtime.database.unit_of_work(actor=export.kind) as work:
        mine = await work.fetch(
            "UPDATE exports SET pieces = pieces + 1, rows = rows + $3, goes_on_after = $4::jsonb "
            "WHERE id = $1 AND pieces = $2 AND state = 'writing' RETURNING id",
            export.id,
            export.pieces,
            piece.rows,
            after,
        )
        if not mine:
            return False
        await work.fetch(
            "INSERT INTO export_pieces (export_id, number, file) VALUES ($1, $2, $3)",
            export.id,
            export.pieces,
            stored.digest,
        )
        if piece.after is None:
            await EXPORTS.move_one(work, export.id, ExportTrigger.FINISH)
        else:
            work.enqueue(export.kind, export_id=export.id)
    return True


async def open_export(runtime: Runtime, account_id: UUID, export_id: UUID, actor: str) -> Export:
    """One of an account's to be fetched; raises ``ExportNotFound`` and ``ExportNotReady``."""
    async with runtime.database.unit_of_work(actor=actor) as work:
        export = next(
            (one for one in await find_exports(work, account_id) if one.id == export_id), None
        )
        if export is None:
            raise ExportNotFound(id=export_id)
        if export.state is not ExportState.READY:
            raise ExportNotReady(id=export_id)
        await note_act(work, actor, "export.fetched", Subject("export", export_id))
    return export


async def read_export(runtime: Runtime, export: Export) -> AsyncIterator[bytes]:
    """Everything that was written, a piece at a time."""
    async with runtime.database.reading() as work:
        rows = await work.fetch(
            "SELECT file FROM export_pieces WHERE export_id = $1 ORDER BY number", export.id
        )
    for row in rows:
        yield await runtime.files.get(row["file"])


KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="exports",
        table="exports",
        what="lists that somebody had written as a file",
        stays="in the audit, that it was asked for",
        age="requested_at",
        days=1,
    ),
)
