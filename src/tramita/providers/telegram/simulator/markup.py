"""Texts with their entities as a page shows them."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

from tramita.providers.telegram.simulator.records import Document

_TAGS: Final[Mapping[str, str]] = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "spoiler": "mark",
}


def marked_up(text: str, entities: Sequence[Document]) -> Markup:
    """HTML in which nothing is from the text but its letters."""
    units = text.encode("utf-16-le", "surrogatepass")
    begin: dict[int, list[Markup]] = {}
    end: dict[int, list[Markup]] = {}
    # The longest first, so that what lies within another is closed before it.
    for entity in sorted(entities, key=lambda one: (one["offset"], -one["length"])):
        first, last = entity["offset"], entity["offset"] + entity["length"]
        opening, closing = _tags(entity)
        begin.setdefault(first, []).append(opening)
        end.setdefault(last, []).insert(0, closing)
    places = sorted({0, len(units) // 2, *begin, *end})
    parts: list[Markup] = []
    for place, following in zip(places, [*places[1:], places[-1]], strict=True):
        parts += end.get(place, [])
        parts += begin.get(place, [])
        piece = units[2 * place : 2 * following].decode("utf-16-le", "replace")
        parts.append(escape(piece))
    return Markup("").join(parts)


def _tags(entity: Document) -> tuple[Markup, Markup]:
    if entity["type"] == "text_link":
        opening = Markup('<a href="{}" target="_blank" rel="noopener">').format(entity["url"])
        return opening, Markup("</a>")
    tag = _TAGS.get(str(entity["type"]), "span")
    return Markup(f"<{tag}>"), Markup(f"</{tag}>")  # noqa: S704 - the tags are ours
