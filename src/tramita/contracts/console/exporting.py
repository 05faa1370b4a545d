"""The list of contracts as CSV, a piece at a time."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from tramita.contracts.console.asking import asked_of
from tramita.contracts.console.names import Names
from tramita.contracts.console.words import stage_of, title_of
from tramita.contracts.standings import Line, find_contracts, find_places
from tramita.kit.exports import ExportState, Piece, find_export, keep_piece
from tramita.kit.jobs import Job
from tramita.kit.languages.words import Words, to_translate, words_in
from tramita.kit.runtime import Runtime
from tramita.kit.spreadsheets import MARK, write_rows

_AT_ONCE: Final = 5_000
COLUMNS: Final = (
    to_translate("Contract"),
    to_translate("Client"),
    to_translate("Journey"),
    to_translate("Product"),
    to_translate("Provider"),
    to_translate("Partner"),
    to_translate("Stage"),
    to_translate("Since"),
    to_translate("Next"),
)


async def write_contracts(runtime: Runtime, export_id: UUID) -> None:
    """Write the next rows of a list that somebody asked for as CSV.

    Nothing is asked of anybody outside. One that is held goes on from the rows that it has.
    """
    async with runtime.database.reading() as work:
        export = await find_export(work, export_id)
        if export is None or export.state is not ExportState.WRITING:
            return
        asked = asked_of(export.filter, export.time_zone)
        places = await find_places(work)
        after = export.goes_on_after
        lines = await find_contracts(
            work,
            asked,
            asked.among(places),
            after=msgspec.convert(after, tuple[datetime, UUID]) if after else None,
            limit=_AT_ONCE,
        )
        words = words_in(export.language, export.time_zone)
        names = await Names.find(runtime, work, places, words)
    content = write_rows(([*_cells(one, names, words)] for one in lines), words)
    if export.pieces == 0:
        content = MARK + write_rows([[words.gettext(one) for one in COLUMNS]], words) + content
    is_last = len(lines) < _AT_ONCE
    goes_on = None if is_last else asked.key_of(lines[-1])
    await keep_piece(runtime, export, Piece(content, len(lines), goes_on))


def _cells(line: Line, names: Names, words: Words) -> tuple[str | datetime | None, ...]:
    stage = stage_of(line.backend, line.stage)
    return (
        line.number,
        line.client,
        words.translated(title_of(line.backend)),
        names.product(line.product),
        names.provider(line.provider),
        names.partner(line.tenant),
        words.gettext(stage.stamp.word),
        line.since,
        words.gettext(stage.next) if stage.next else "",
    )


EXPORT: Final = Job[Runtime]("contracts.write_contracts", write_contracts, concurrency=2)
