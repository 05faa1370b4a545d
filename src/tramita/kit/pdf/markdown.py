"""Markdown as a tree that the typesetter reads as data.

What is in a text is shown and never obeyed: there is no HTML, no link is followed and no
picture is fetched; of both, the words stay.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_KINDS: Final = {
    "paragraph": "paragraph",
    "strong": "strong",
    "em": "em",
    "blockquote": "quote",
    "bullet_list": "bullets",
    "ordered_list": "numbers",
    "heading": "heading",
    "table": "table",
    "hr": "rule",
    "hardbreak": "break",
}
_CODE: Final = frozenset({"code_inline", "code_block", "fence"})


class Node(msgspec.Struct, omit_defaults=False):
    """A part of a document. ``level`` is a heading's, a list's first number, a table's columns."""

    kind: str
    text: str = ""
    level: int = 1
    children: list["Node"] = []


def read_markdown(text: str) -> list[Node]:
    """The parts of a document, in order."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return _nodes(SyntaxTreeNode(parser.parse(text)).children)


def _nodes(found: Sequence[SyntaxTreeNode]) -> list[Node]:
    return [_node(one) for one in found]


def _node(found: SyntaxTreeNode) -> Node:
    match found.type:
        case "text":
            return Node("text", found.content)
        case "softbreak":
            return Node("text", " ")
        case kind if kind in _CODE:
            return Node("code", found.content)
        case "image":
            return Node("text", found.content)  # Its description.
        case "table":
            rows = [row for part in found.children for row in part.children]
            width = len(rows[0].children) if rows else 1
            return Node("table", level=width, children=_nodes(rows))
        case kind:
            return Node(_KINDS.get(kind, "part"), "", _level(found), _nodes(found.children))


def _level(found: SyntaxTreeNode) -> int:
    if found.type == "heading":
        return int(found.tag[1])
    return int(found.attrs.get("start", 1)) if found.type == "ordered_list" else 1
