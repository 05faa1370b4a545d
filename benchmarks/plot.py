"""A plot of a few points, as an SVG: bars with their values, readable in light and dark."""

from collections.abc import Sequence
from html import escape

from benchmarks.report import RESULTS

_WIDTH, _BAR, _GAP, _TOP, _HEIGHT = 560, 90, 50, 50, 220


def plot(name: str, *, title: str, across: str, points: Sequence[tuple[float, float]]) -> None:
    """Keep a bar for each ``(what, value)`` under ``results``; values begin at zero."""
    highest = max(value for _, value in points) or 1.0
    base = _TOP + _HEIGHT
    parts = [f'<text x="20" y="28" class="title">{escape(title)}</text>']
    for number, (what, value) in enumerate(points):
        left = 40 + number * (_BAR + _GAP)
        height = value / highest * (_HEIGHT - 30)
        middle = left + _BAR / 2
        parts += [
            f'<rect x="{left}" y="{base - height:.1f}" width="{_BAR}" height="{height:.1f}"/>',
            f'<text x="{middle}" y="{base - height - 8:.1f}" class="value">{value:.2f}</text>',
            f'<text x="{middle}" y="{base + 20}" class="value">{what:,.0f}</text>',
        ]
    parts.append(f'<text x="40" y="{base + 44}">{escape(across)}</text>')
    style = (
        "text{font:14px sans-serif;fill:#777}.title{font-weight:bold}"
        ".value{text-anchor:middle}rect{fill:#4a7d9d}"
    )
    (RESULTS / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {base + 60}" role="img" '
        f'aria-label="{escape(title)}"><style>{style}</style>{"".join(parts)}</svg>\n'
    )
