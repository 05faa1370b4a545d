"""What GSIM posts to us: whose it is, and which message it is."""

import hashlib
import hmac

import pytest

from tramita.kit.errors import ConfigurationError
from tramita.kit.provider import Posted
from tramita.kit.settings import Mode, Settings
from tramita.numbering.ports import LineMessage, LineNews, LineStatus
from tramita.providers.gsim.settings import GSIMSettings
from tramita.providers.gsim.translate_lines import translate_callback
from tramita.providers.gsim.webhook import is_signed, read_event_id
from tramita.providers.gsim.wire_lines import WireCallback, WireEvent

BODY = b'{"eventId": "ev-1", "type": "ACTIVATED"}'


def signature(body: bytes, secret: str) -> str:
    """As GSIM signs."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TestIsSigned:
    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            ({"x-gsim-signature": signature(BODY, "secret")}, True),
            ({"x-gsim-signature": signature(BODY, "stranger")}, False),
            ({"x-gsim-signature": signature(BODY + b" ", "secret")}, False),
            ({"x-gsim-signature": signature(BODY, "secret").removeprefix("sha256=")}, False),
            ({"x-gsim-signature": "sha256=ção"}, False),
            ({}, False),
        ],
    )
    def test_trusts_exactly_what_gsim_signed(self, headers: dict[str, str], expected: bool) -> None:
        """Another key, another body, another scheme, no signature: not GSIM."""
        assert expected is is_signed("secret", Posted("POST", "/webhooks/gsim", headers, BODY))

    def test_needs_a_secret_outside_the_demo(self) -> None:
        """In production nobody signs with what everybody knows."""
        with pytest.raises(ConfigurationError):
            GSIMSettings().read_callback_secret(Settings(mode=Mode.PRODUCTION))


class TestReadEventId:
    @pytest.mark.parametrize(
        ("body", "expected"), [(BODY, "ev-1"), (b"{}", None), (b"\xff", None), (b"[", None)]
    )
    def test_finds_gsims_own_number(self, body: bytes, expected: str | None) -> None:
        """A message without one is known by its content."""
        assert expected == read_event_id(body)


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
