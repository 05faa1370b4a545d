"""Texts as Telegram counts and reads them: UTF-16 units, HTML and Markdown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from tramita.providers.telegram.simulator.errors import bad
from tramita.providers.telegram.simulator.records import Document
from tramita.simulation.front.asking import Refused

_TAGS: Final[Mapping[str, str]] = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][\w-]*)([^<>]*)>")
_HREF: Final = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_COMMAND: Final = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?")
# What MarkdownV2 wants escaped wherever it marks nothing.
_RESERVED: Final = "_*[]()~`>#+-=|{}.!"
_MARKS: Final[Mapping[str, str]] = {
    "*": "bold",
    "_": "italic",
    "~": "strikethrough",
    "`": "code",
}


def units(text: str) -> int:
    """How long a text is for Telegram."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Reader:
    """What was read so far."""

    text: str = ""
    entities: list[Document] = field(default_factory=list)
    open: list[tuple[str, Document]] = field(default_factory=list)

    def begin(self, name: str, kind: str, **more: str) -> None:
        self.open.append((name, {"type": kind, "offset": units(self.text), **more}))

    def end(self) -> None:
        _, entity = self.open.pop()
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)


def parse_text(text: str, mode: str) -> tuple[str, list[Document]]:
    """The plain text and its entities; raise ``Refused`` where the markup cannot be read."""
    match mode.lower():
        case "":
            return text, list(_commands(text))
        case "html":
            return _read_html(text)
        case "markdownv2" | "markdown":
            return _read_markdown(text)
        case _:
            raise Refused(bad("unsupported parse_mode"))


def _commands(text: str) -> Iterator[Document]:
    for found in _COMMAND.finditer(text):
        offset = units(text[: found.start()])
        yield {"type": "bot_command", "offset": offset, "length": units(found[0])}


def _read_html(text: str) -> tuple[str, list[Document]]:
    reader, position = _Reader(), 0
    while (found := text.find("<", position)) >= 0:
        reader.text += unescape(text[position:found])
        tag = _TAG.match(text, found)
        at = len(text[:found].encode())
        if tag is None:
            raise _unparsable(f"Unclosed start tag at byte offset {at}")
        name = tag[2].lower()
        if tag[1]:
            _close(reader, name, at)
        elif name == "span" and "tg-spoiler" in tag[3]:
            reader.begin(name, "spoiler")
        elif name not in _TAGS:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {at}')
        else:
            href = _HREF.search(tag[3]) if name == "a" else None
            more = {"url": unescape(href[1] or href[2] or "")} if href else {}
            reader.begin(name, _TAGS[name], **more)
        position = tag.end()
    reader.text += unescape(text[position:])
    if reader.open:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{reader.open[-1][0]}"')
    return reader.text, reader.entities


def _close(reader: _Reader, name: str, at: int) -> None:
    if not reader.open:
        raise _unparsable(f"Unexpected end tag at byte offset {at}")
    expected = reader.open[-1][0]
    if name != expected:
        raise _unparsable(
            f'Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{name}>"'
        )
    reader.end()


def _read_markdown(text: str) -> tuple[str, list[Document]]:
    reader, position = _Reader(), 0
    while position < len(text):
        mark = text[position]
        position += 1
        if mark == "\\" and position < len(text):
            reader.text += text[position]
            position += 1
        elif mark in _MARKS:
            if reader.open and reader.open[-1][0] == mark:
                reader.end()
            else:
                reader.begin(mark, _MARKS[mark])
        elif mark in _RESERVED:
            raise _unparsable(
                f"Character '{mark}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            reader.text += mark
    if reader.open:
        mark, entity = reader.open[-1]
        kind = str(entity["type"]).title()
        raise _unparsable(f"Can't find end of {kind} entity at byte offset {entity['offset']}")
    return reader.text, reader.entities


def _unparsable(why: str) -> Refused:
    return Refused(bad(f"can't parse entities: {why}"))
