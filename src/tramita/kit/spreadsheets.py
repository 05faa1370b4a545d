"""Rows as CSV that spreadsheets open by a double click, and that runs nothing there.

It begins with a byte order mark, by which they know UTF-8. Where a language writes decimals with
a comma, its spreadsheets expect semicolons between columns. A text that begins like a formula is
shown as text.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from tramita.kit.languages.words import Words

MARK: Final = "\ufeff".encode()
Cell = str | bool | int | Decimal | date | None
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_rows(rows: Iterable[Sequence[Cell]], words: Words) -> bytes:
    """Rows as the spreadsheets of a language read them; of moments the reader's time of day."""
    comma = words.locale.number_symbols["latn"]["decimal"] == ","
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerows([_cell(one, words, comma=comma) for one in row] for row in rows)
    return written.getvalue().encode()


def _cell(value: Cell, words: Words, *, comma: bool) -> str:
    match value:
        case None:
            return ""
        case bool():
            return words.gettext("yes") if value else words.gettext("no")
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case datetime():
            return value.astimezone(words.zone).strftime("%Y-%m-%d %H:%M:%S")
        case Decimal() if comma:
            return str(value).replace(".", ",")
        case _:
            return str(value)
