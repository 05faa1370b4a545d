"""Markdown as data: everything that is written is there, and nothing of it is obeyed."""

import msgspec
import pytest

from tramita.kit.pdf.markdown import Node, read_markdown


def words(nodes: list[Node]) -> str:
    """All texts, one after the other."""
    return "".join(f"{one.text}{words(one.children)}" for one in nodes)


class TestReadMarkdown:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("one", "paragraph"),
            ("## two", "heading"),
            ("> three", "quote"),
            ("- four", "bullets"),
            ("3. five", "numbers"),
            ("---", "rule"),
            ("| a |\n|---|\n| b |", "table"),
            ("```\ncode\n```", "code"),
        ],
    )
    def test_knows_every_part_of_a_contract(self, text: str, kind: str) -> None:
        """Paragraphs, headings, quotes, lists, rules, tables and code."""
        [node] = read_markdown(text)

        assert kind == node.kind

    def test_keeps_levels(self) -> None:
        """Of a heading, of a list's first number, of a table's columns."""
        heading, numbers, table = read_markdown("### a\n\n7. b\n\n| a | b |\n|---|---|\n| 1 | 2 |")

        assert [3, 7, 2] == [heading.level, numbers.level, table.level]

    def test_shows_what_could_be_obeyed(self) -> None:
        """HTML and code of the typesetter are texts; of links and pictures the words stay."""
        text = "<b>x</b> #panic() $y$ [there](http://h.example) ![drawn](http://p.example/a.png)"

        said = words(read_markdown(text))

        assert "<b>x</b> #panic() $y$ there drawn" == said

    def test_is_plain_data(self) -> None:
        """It goes to the typesetter as JSON."""
        assert msgspec.json.encode(read_markdown("**a** *b* `c`  \nd"))
