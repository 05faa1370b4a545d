"""What a reader of a page reads, and which of it is in a language that is not theirs."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tramita.kit.languages.catalogs import folder_of, read_catalog

# What is quoted from elsewhere is in whatever language it was said.
_QUOTED = frozenset({"pre", "code", "script", "style", "textarea", "kbd"})
_QUOTES = frozenset({"mono", "reason"})
_READ_OUT = ("aria-label", "title", "placeholder", "alt", "data-says")
# The name of a product, whose first letter looks alike in both alphabets.
_NAMES = frozenset({"1C"})
_VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "wbr", "source"})
# Words that no line of ours is without, and that mean nothing in the other languages.
_ENGLISH = re.compile(
    r"\b(?:the|is|are|was|of|and|not|nothing|nobody|it|its|by|with|from|this|that|yet|ago|any|what|who)\b"
)


@dataclass
class Reader(HTMLParser):
    """Every text and every label of a page, one by one, without what it quotes."""

    said: list[str] = field(default_factory=list)
    _open: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Its labels, unless it is within a quotation."""
        given = {name: value or "" for name, value in attrs}
        is_quoted = self._is_quoted or tag in _QUOTED
        is_quoted = is_quoted or not _QUOTES.isdisjoint(given.get("class", "").split())
        if not is_quoted:
            self.said += [given[name] for name in _READ_OUT if given.get(name)]
        if tag not in _VOID:
            self._open.append((tag, is_quoted))

    def handle_endtag(self, tag: str) -> None:
        """Back to what is around it; what HTML lets stand open ends with it."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """A text."""
        if not self._is_quoted and data.strip():
            self.said.append(" ".join(data.split()))

    @property
    def _is_quoted(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def texts_of(source: str) -> list[str]:
    """What a person reads of a page, or has read out."""
    reader = Reader()
    reader.feed(source)
    return [html.unescape(one) for one in reader.said]


def untranslated(language: str) -> frozenset[str]:
    """Every text of the catalogues that is another one in this language."""
    return frozenset(
        message.id
        for path in folder_of(language).glob("*.po")
        for message in read_catalog(path, language)
        if isinstance(message.id, str) and message.id not in ("", message.string)
    )


def english_in(source: str, known: frozenset[str]) -> Iterator[str]:
    """Texts of a page that its reader, who reads another language, finds in English."""
    for text in texts_of(source):
        if text in known - _NAMES or _ENGLISH.search(text):
            yield text
