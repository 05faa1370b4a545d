"""Every text of the console goes through the catalogues: its templates, and the constants they show."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

CODE = Path(__file__).parents[2] / "src/tramita"
TEMPLATES = sorted(CODE.glob("**/templates/console/*.html"))
CONSTANTS = sorted({*CODE.glob("console/**/*.py"), *CODE.glob("*/console/**/*.py")})
# Names are the same in every language.
NAMES = frozenset({"Tramita", "Telegram", "CSV", "UTC", "SIM", "Enter"})
_SAYING = frozenset({"gettext", "ngettext", "pgettext", "npgettext", "to_translate"})
# Blocks of the frame that stand within a tag.
_IN_TAGS = frozenset({"body_attributes", "referrer"})
_LABELS = frozenset({"aria-label", "title", "placeholder", "alt", "data-says"})
# What is told by its first argument, or its first ones, is a word that somebody reads.
_WORDS = {"Stamp": 1, "ActionWords": 3, "PartWords": 1, "ViewWords": 1, "Step": 1, "Link": 1}
_SENTENCE = re.compile(r"[A-Z][\w’']*(?: [\w’'(]+){2,}")
_SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|FROM|WHERE)\b")
_ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
_WORD = re.compile(r"[A-Za-z]{2,}")


class Shown(HTMLParser):
    """The words that stand in a template as they are, in texts and in labels."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Its labels."""
        for name, value in attrs:
            if name in _LABELS:
                self.handle_data(value or "")

    def handle_data(self, data: str) -> None:
        """A text."""
        data = _ATTRIBUTE.sub("", data)  # A macro may give a tag's attributes alone.
        self.words += [one for one in _WORD.findall(data) if one not in NAMES]


def printed(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression prints as they stand in it."""
    match node:
        case nodes.Const(value=str(text)):
            yield text
        case nodes.CondExpr(expr1=yes, expr2=no):
            yield from (one for part in (yes, no) if part for one in printed(part))
        case nodes.Or(left=left, right=right) | nodes.And(left=left, right=right):
            yield from (*printed(left), *printed(right))
        case nodes.Concat(nodes=parts):
            yield from (one for part in parts for one in printed(part))
        case _:
            return


def pieces(tree: nodes.Node) -> Iterator[str]:
    """A template as it is sent, with a dot for everything that comes from elsewhere."""
    for node in tree.iter_child_nodes():
        match node:
            case nodes.TemplateData(data=data):
                yield data
            case nodes.Block(name=name) if name in _IN_TAGS:
                yield from ("<body ", *pieces(node), ">")
            case nodes.Output() | nodes.Stmt():
                yield from pieces(node)
            case nodes.Expr() if isinstance(tree, nodes.Output):
                yield "·".join(re.sub('["<>]', "", one) for one in printed(node)) or "·"
            case _:
                pass


def plain_words(template: Path) -> list[str]:
    """Words of a template that no catalogue is asked for."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(
        template.read_text(encoding="utf-8")
    )
    shown = Shown()
    shown.feed("".join(pieces(tree)))
    shown.close()
    return shown.words + [
        one.value
        for call in tree.find_all(nodes.Call)
        if not (isinstance(call.node, nodes.Name) and call.node.name in _SAYING)
        for one in call.args
        if isinstance(one, nodes.Const) and _SENTENCE.match(str(one.value))
    ]


class TestATemplate:
    @pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.relative_to(CODE)))
    def test_says_nothing_by_itself(self, template: Path) -> None:
        """Neither in a text nor in a label nor in what it prints by condition."""
        assert [] == plain_words(template)

    def test_is_found_in_every_room(self) -> None:
        """Those of the console itself, and those of its areas."""
        rooms = {one.relative_to(CODE).parts[0] for one in TEMPLATES}
        assert {"console", "contracts", "orders", "numbering", "transfers", "chats"} <= rooms


class Plain(ast.NodeVisitor):
    """Sentences and words of code that are shown and not marked to be translated."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Call(self, node: ast.Call) -> None:
        """What is said is marked; else look on inside."""
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in _SAYING:
            return
        for one in node.args[: _WORDS.get(name, 0)]:
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
                self.found.append(one.value)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A docstring is nobody's to translate."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A sentence."""
        if (
            isinstance(node.value, str)
            and _SENTENCE.match(node.value)
            and not _SQL.match(node.value)
        ):
            self.found.append(node.value)


class TestAConstant:
    @pytest.mark.parametrize("file", CONSTANTS, ids=lambda one: str(one.relative_to(CODE)))
    def test_is_marked_to_be_translated(self, file: Path) -> None:
        """Words of states and acts, and whatever is a sentence."""
        plain = Plain()
        plain.visit(ast.parse(file.read_text(encoding="utf-8")))

        assert [] == plain.found
