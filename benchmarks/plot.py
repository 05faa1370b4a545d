"""Plots of a few points, as an SVG: bars with their values, or lines; readable in light and dark."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

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


_COLORS = ("#4a7d9d", "#c0504d", "#6a9a3c", "#8064a2", "#d08a2e", "#2c9a8f", "#777777", "#b0509d")


def plot_lines(
    name: str,
    *,
    title: str,
    across: str,
    xs: Sequence[float],
    series: Mapping[str, Sequence[float]],
) -> None:
    """Keep a line for each of ``series`` under ``results``; both axes grow by powers of ten."""
    base, right = _TOP + _HEIGHT, _WIDTH - 60
    every = [value for values in series.values() for value in values]
    low, high = floor(log10(min(every))), ceil(log10(max(every)))

    def left(x: float) -> float:
        return 60 + (log10(x / xs[0]) / (log10(xs[-1] / xs[0]) or 1)) * (right - 60)

    def top(y: float) -> float:
        return base - (log10(y) - low) / max(1, high - low) * _HEIGHT

    parts = [f'<text x="20" y="28" class="title">{escape(title)}</text>']
    for power in range(low, high + 1):
        at = top(10.0**power)
        parts.append(f'<line x1="60" x2="{right}" y1="{at:.1f}" y2="{at:.1f}" class="grid"/>')
        parts.append(f'<text x="52" y="{at + 4:.1f}" class="end">{10.0**power:g}</text>')
    parts += [f'<text x="{left(x):.1f}" y="{base + 20}" class="value">{x:,.0f}</text>' for x in xs]
    parts.append(f'<text x="60" y="{base + 42}">{escape(across)}</text>')
    for number, (what, values) in enumerate(series.items()):
        color = _COLORS[number % len(_COLORS)]
        points = " ".join(f"{left(x):.1f},{top(y):.1f}" for x, y in zip(xs, values, strict=True))
        below = base + 66 + number * 18
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<rect x="60" y="{below - 10}" width="12" height="12" fill="{color}"/>')
        parts.append(f'<text x="80" y="{below}">{escape(what)}</text>')
    bottom = base + 66 + len(series) * 18
    style = (
        "text{font:13px sans-serif;fill:#777}.title{font-weight:bold}.value{text-anchor:middle}"
        ".end{text-anchor:end}.grid{stroke:#7774;stroke-width:1}"
    )
    (RESULTS / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom}" role="img" '
        f'aria-label="{escape(title)}"><style>{style}</style>{"".join(parts)}</svg>\n'
    )
