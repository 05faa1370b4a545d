"""Charts that a page shows without a script: drawn on the server, with a table of the same beside each.

``_charts.html`` prints them. A chart's places are in units of its own box, which grows with the page;
colours are those of stamps (``done``, ``refused`` …) and follow the reader's scheme.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

Value = TypeVar("Value", float, float | None)

WIDTH: Final = 480
HEIGHT: Final = 120
# Between columns, as a share of their step; and what is left free for the figure at the top.
_GAP: Final = 0.25
_TOP: Final = 14.0
# What is there at all is seen.
_LEAST: Final = 1.0


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, a value for each label; ``look`` is that of a stamp."""

    name: str
    look: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column."""

    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Columns of parts on one another; ``most`` is the height of the highest."""

    labels: Sequence[str]
    series: Sequence[Series]
    parts: Sequence[Part]
    most: float

    @property
    def rows(self) -> Iterator[tuple[str, Sequence[float]]]:
        """What the table says: a label, and the value of each series there."""
        return _rows(self.labels, [one.values for one in self.series])


@dataclass(frozen=True, slots=True)
class Band:
    """A line and how far it may be exceeded: ``p50`` with ``p95`` over it.

    Where nothing was measured both are ``None`` and the line is broken.
    """

    labels: Sequence[str]
    middle: Sequence[float | None]
    high: Sequence[float | None]
    lines: Sequence[str]
    areas: Sequence[str]
    most: float

    @property
    def rows(self) -> Iterator[tuple[str, Sequence[float | None]]]:
        """What the table says: a label, and both values there."""
        return _rows(self.labels, [self.middle, self.high])


@dataclass(frozen=True, slots=True)
class Spark:
    """A line small enough to stand in a sentence; ``last`` is where it is now."""

    labels: Sequence[str]
    values: Sequence[float]
    line: str
    x: float
    y: float

    @property
    def rows(self) -> Iterator[tuple[str, Sequence[float]]]:
        """What the table says."""
        return _rows(self.labels, [self.values])


def stack_bars(labels: Sequence[str], series: Sequence[Series]) -> Bars:
    """A column for each label; the first series stands at the bottom."""
    most = max(map(sum, zip(*(one.values for one in series), strict=True)), default=0.0)
    step = WIDTH / max(1, len(labels))
    parts: list[Part] = []
    for place in range(len(labels)):
        foot = float(HEIGHT)
        for one in series:
            value = one.values[place]
            if value <= 0:
                continue
            height = max(_LEAST, value / most * (HEIGHT - _TOP))
            foot -= height
            width = step * (1 - _GAP)
            parts.append(
                Part(one.look, *_round(place * step + step * _GAP / 2, foot, width, height))
            )
    return Bars(labels, series, parts, most)


def draw_band(
    labels: Sequence[str], middle: Sequence[float | None], high: Sequence[float | None]
) -> Band:
    """The median as a line and the 95th percentile as an area over it, broken where there is none."""
    most = max((value for value in high if value is not None), default=0.0)
    step = WIDTH / max(1, len(labels) - 1)
    lines, areas = [], []
    for run in _runs(middle, high):
        low = [_at(place * step, m, most) for place, m, _ in run]
        top = [_at(place * step, h, most) for place, _, h in run]
        if len(run) == 1:  # A single measurement is a stroke as wide as one can see.
            low, top = _widened(low, step), _widened(top, step)
        lines.append(" ".join(low))
        areas.append(" ".join([*top, *reversed(low)]))
    return Band(labels, middle, high, lines, areas, most)


def draw_spark(labels: Sequence[str], values: Sequence[float], *, height: int = 24) -> Spark:
    """A line through the values, from the left to now."""
    most, step = max(values, default=0.0), 96 / max(1, len(values) - 1)
    points = [
        _round(place * step, height - 2 - (value / most * (height - 4) if most else 0.0))
        for place, value in enumerate(values)
    ]
    x, y = points[-1] if points else (0.0, float(height - 2))
    return Spark(labels, values, " ".join(f"{x},{y}" for x, y in points), x, y)


def _runs(
    middle: Sequence[float | None], high: Sequence[float | None]
) -> Iterator[list[tuple[int, float, float]]]:
    run: list[tuple[int, float, float]] = []
    for place, (low, top) in enumerate(zip(middle, high, strict=True)):
        if low is not None and top is not None:
            run.append((place, low, top))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _at(x: float, value: float, most: float) -> str:
    share = value / most if most else 0.0
    return ",".join(f"{one:g}" for one in _round(x, HEIGHT - share * (HEIGHT - _TOP)))


def _widened(points: Sequence[str], step: float) -> list[str]:
    x, y = map(float, points[0].split(","))
    half = min(step, 8.0) / 2
    return [f"{max(0.0, x - half):g},{y:g}", f"{min(float(WIDTH), x + half):g},{y:g}"]


def _round(*places: float) -> tuple[float, ...]:
    return tuple(round(one, 1) for one in places)


def _rows(
    labels: Sequence[str], columns: Iterable[Sequence[Value]]
) -> Iterator[tuple[str, Sequence[Value]]]:
    return zip(labels, zip(*columns, strict=True), strict=True)
