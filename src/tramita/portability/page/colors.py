"""The lender's colour as an accent that can be read in both schemes: pure."""

from typing import Final

# The grounds of ``tokens.css`` that are hardest to read on: light and dark.
_LIGHT, _DARK = "#f2efe8", "#1b2027"
_ON_LIGHT, _ON_DARK = "#ffffff", "#0b0f14"
# Text of any size, by WCAG 2.2.
READABLE: Final = 4.5

_STYLE = """\
:root {{ --accent: {light}; --accent-ink: {on_light} }}
@supports (color: light-dark(white, black)) {{
  :root {{
    --accent: light-dark({light}, {dark});
    --accent-ink: light-dark({on_light}, {on_dark});
  }}
}}
"""


def accent_style(color: str) -> str:
    """``tokens.css`` overruled for a lender's ``#rrggbb``."""
    return _STYLE.format(
        light=readable(color, on=_LIGHT, towards="#000000"),
        dark=readable(color, on=_DARK, towards="#ffffff"),
        on_light=_ON_LIGHT,
        on_dark=_ON_DARK,
    )


def readable(color: str, *, on: str, towards: str) -> str:
    """The colour, moved ``towards`` another just as far as it takes to be read."""
    for part in range(101):
        mixed = _mix(color, towards, part / 100)
        if contrast(mixed, on) >= READABLE:
            return mixed
    return towards


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, 1 to 21, by WCAG."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _channels(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def _mix(color: str, other: str, part: float) -> str:
    mixed = (
        round(a + (b - a) * part) for a, b in zip(_channels(color), _channels(other), strict=True)
    )
    return "#" + "".join(f"{one:02x}" for one in mixed)


def _luminance(color: str) -> float:
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in (channel / 255 for channel in _channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
