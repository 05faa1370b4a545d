"""The text of a contract is filled in, and what is filled in is nothing but text."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tramita.orders.text import fill, unknown_names

NAME = "learner.full_name"


class TestText:
    def test_is_filled_in(self) -> None:
        """However the placeholder is spaced; what is no placeholder stays."""
        text = "{{learner.full_name}}, {{  learner.full_name  }} { learner.full_name }"

        assert "Ana, Ana { learner.full_name }" == fill(text, {NAME: "Ana"})

    def test_tells_what_nothing_is_called(self) -> None:
        """In order."""
        text = "{{ b }} {{ order.total }} {{ a }} {{}}"

        assert ["b", "a", ""] == unknown_names(text)

    @given(
        name=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
    )
    def test_is_not_changed_by_a_name(self, name: str) -> None:
        """A learner called ``# Cancelled`` or ``{{ order.total }}`` is called just that."""
        filled = fill("Signed by x{{ learner.full_name }}x.", {NAME: name})

        [_, inline, _] = MarkdownIt().parse(filled)

        assert {"text", "text_special"} >= {one.type for one in inline.children or ()}
        assert f"Signed by x{name}x." == "".join(one.content for one in inline.children or ())
