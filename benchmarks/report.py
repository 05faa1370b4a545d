"""A report: tables of figures, printed and kept as Markdown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One figure: what, how much, and what was hoped for."""

    what: str
    measured: str
    target: str = ""


@dataclass
class Section:
    """One measurement."""

    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, what: str, measured: str, target: str = "") -> None:
        """Add a figure."""
        self.rows.append(Row(what, measured, target))

    def __str__(self) -> str:
        """The section in Markdown, columns aligned so that it reads as text too."""
        table = [("", "measured", "target"), *((r.what, r.measured, r.target) for r in self.rows)]
        widths = [max(len(row[column]) for row in table) for column in range(3)]
        lines = [
            "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
            for row in table
        ]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        notes = [f"\n{note}" for note in self.notes]
        return "\n".join([f"## {self.title}\n", *lines, *notes]) + "\n"


def write_report(name: str, machine: Sequence[str], sections: Sequence[Section]) -> Path:
    """Keep a report under ``results``; answers the file."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.md"
    head = "\n".join(["# What Tramita costs\n", *(f"- {line}" for line in machine)])
    file.write_text("\n".join([head, "", *(str(section) for section in sections)]))
    return file


def spread(values: Sequence[float], unit: str = "s", digits: int = 2) -> str:
    """The median, with the smallest and largest when there are several."""
    median = f"{statistics.median(values):.{digits}f} {unit}"
    if len(values) == 1:
        return median
    return f"{median} ({min(values):.{digits}f}–{max(values):.{digits}f}, {len(values)} runs)"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of them do not exceed: ``percentile(v, 0.99)``."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
