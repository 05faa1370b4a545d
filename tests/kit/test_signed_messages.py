"""Messages that a vendor signs: whose one is, and which one it is."""

import hashlib
import hmac

import pytest

from tramita.kit.provider import Posted
from tramita.kit.signed_messages import hmac_receiver, numbered_by

BODY = b'{"eventId": "ev-1", "status": "active"}'


def signature(body: bytes, secret: str) -> str:
    """As the vendor signs."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TestHMACReceiver:
    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            ({"x-acme-signature": signature(BODY, "secret")}, True),
            ({"x-acme-signature": signature(BODY, "stranger")}, False),
            ({"x-acme-signature": signature(BODY + b" ", "secret")}, False),
            ({"x-acme-signature": signature(BODY, "secret").removeprefix("sha256=")}, False),
            ({"x-acme-signature": "sha256=ção"}, False),
            ({}, False),
        ],
    )
    def test_trusts_exactly_what_the_vendor_signed(
        self, headers: dict[str, str], expected: bool
    ) -> None:
        """Another key, another body, another scheme, no signature: not the vendor."""
        receiver = hmac_receiver("secret", header="X-Acme-Signature", job="acme.take_news")

        assert expected is receiver.verify(Posted("POST", "/webhooks/acme", headers, BODY))

    @pytest.mark.parametrize(
        ("shown", "expected"),
        [
            (signature(BODY, "stranger"), True),
            (signature(BODY, "secret").upper(), False),
            ("sha256=ção", False),
            ("", False),
        ],
    )
    def test_tells_by_the_header_what_may_be_signed(self, shown: str, expected: bool) -> None:
        """What cannot be a signature needs no body to be refused."""
        receiver = hmac_receiver("secret", header="X-Acme-Signature", job="acme.take_news")
        assert receiver.admits is not None

        posted = Posted("POST", "/webhooks/acme", {"x-acme-signature": shown}, b"")
        assert expected is receiver.admits(posted)


class TestNumberedBy:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [(BODY, "ev-1"), (b"{}", None), (b'{"eventId": 7}', None), (b"\xff", None), (b"[", None)],
    )
    def test_finds_the_vendors_own_number(self, body: bytes, expected: str | None) -> None:
        """A message without one is known by its content."""
        assert expected == numbered_by("eventId")(body)
