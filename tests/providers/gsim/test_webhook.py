"""What GSIM posts to us: whose it is, and which message it is."""

import pytest

from tramita.numbering.ports import LineMessage, LineNews, LineStatus
from tramita.providers.gsim.translate_lines import translate_callback
from tramita.providers.gsim.wire_lines import WireCallback, WireEvent


class TestTranslateCallback:
    @pytest.mark.parametrize(
        ("event", "status"),
        [
            ("ACTIVATED", LineStatus.ACTIVE),
            ("REJECTED", LineStatus.REJECTED),
            ("DEACTIVATED", LineStatus.RELEASED),
        ],
    )
    def test_says_it_in_our_words(self, event: WireEvent, status: LineStatus) -> None:
        """Every event that GSIM knows."""
        said = WireCallback("ev-1", event, "as-1", "8955", "5511987654321", "because")

        expected = LineMessage(LineNews(status, "as-1", "because"), "5511987654321", "8955")
        assert expected == translate_callback(said)
