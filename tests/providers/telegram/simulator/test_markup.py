"""Texts with their entities, as a page shows them."""

from typing import Any

import pytest

from tramita.providers.telegram.simulator.markup import marked_up


class TestAText:
    @pytest.mark.parametrize(
        ("text", "entities", "html"),
        [
            ("a < b & c", [], "a &lt; b &amp; c"),
            ("🙂 bold", [("bold", 3, 4)], "🙂 <b>bold</b>"),
            ("bold it", [("bold", 0, 7), ("italic", 5, 2)], "<b>bold <i>it</i></b>"),
            ("both", [("italic", 0, 4), ("bold", 0, 4)], "<i><b>both</b></i>"),
            ("ab", [("bold", 0, 1), ("italic", 1, 1)], "<b>a</b><i>b</i>"),
            ("<b>", [("code", 0, 3)], "<code>&lt;b&gt;</code>"),
            ("/start", [("bot_command", 0, 6)], "<span>/start</span>"),
        ],
    )
    def test_is_marked_where_its_entities_are(
        self, text: str, entities: list[tuple[str, int, int]], html: str
    ) -> None:
        """Counted in UTF-16 units; nothing of the text itself is markup."""
        named = [{"type": kind, "offset": first, "length": long} for kind, first, long in entities]

        assert html == str(marked_up(text, named))

    def test_leads_where_a_link_says(self) -> None:
        """And to nothing that runs here."""
        link: dict[str, Any] = {"type": "text_link", "offset": 0, "length": 2, "url": 'x"onclick='}

        assert "&#34;onclick=" in str(marked_up("go", [link]))
