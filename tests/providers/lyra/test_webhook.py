"""Lyra's messages: whose they are, and which of them are the same."""

import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from tramita.kit.exchange import Exchange
from tramita.kit.provider import Connection, Posted
from tramita.kit.settings import Mode, Settings
from tramita.providers.lyra.settings import DEMO_PASSWORD, LyraSettings
from tramita.providers.lyra.webhook import make_receiver, vendor_id

FORM = "application/x-www-form-urlencoded"
ANSWER = (
    '{"orderStatus": "PAID", "transactions": '
    '[{"uuid": "t-1", "status": "PAID", "detailedStatus": "AUTHORISED"}]}'
)


def fields(answer: str = ANSWER, password: str = DEMO_PASSWORD) -> dict[str, str]:
    """A form as Lyra signs it."""
    signed = hmac.new(password.encode(), answer.encode(), hashlib.sha256).hexdigest()
    return {
        "kr-hash": signed,
        "kr-hash-algorithm": "sha256_hmac",
        "kr-hash-key": "password",
        "kr-answer": answer,
    }


def is_believed(body: bytes, kind: str = FORM) -> bool:
    """Whether a message is taken for Lyra's."""
    platform = Settings(mode=Mode.DEMO)
    connection = Connection(Exchange("lyra", "http://127.0.0.1:9"), LyraSettings(), platform)
    return make_receiver(connection).verify(
        Posted("POST", "/webhooks/lyra", {"content-type": kind}, body)
    )


class TestAMessage:
    def test_is_believed_as_it_was_signed(self) -> None:
        """By the shop's password."""
        assert is_believed(urlencode(fields()).encode())
        assert is_believed(urlencode(fields()).encode(), f"{FORM}; charset=utf-8")

    @pytest.mark.parametrize(
        "changed",
        [
            {"kr-hash": ""},
            {"kr-hash": "é"},
            {"kr-hash-algorithm": "none"},
            {"kr-hash-algorithm": "plain"},
            {"kr-answer": ANSWER.replace("t-1", "t-2")},
            fields(password="a stranger's"),
        ],
    )
    def test_that_was_changed_is_not(self, changed: dict[str, str]) -> None:
        """Nor one that names a weaker way to sign."""
        assert not is_believed(urlencode(fields() | changed).encode())

    def test_with_two_answers_is_not(self) -> None:
        """One of them would be verified and the other one read."""
        twice = [*fields().items(), ("kr-answer", ANSWER.replace("t-1", "t-2"))]

        assert not is_believed(urlencode(twice).encode())

    @pytest.mark.parametrize("body", [b"", b"\xff", b"kr-answer", b"{}", b"&" * 1000])
    def test_that_is_no_form_is_not(self, body: bytes) -> None:
        """And judging it raises nothing."""
        assert not is_believed(body)

    def test_is_known_again_by_transaction_and_status(self) -> None:
        """Whatever else differs between two tellings."""
        later = ANSWER.replace('{"orderStatus"', '{"serverDate": "later", "orderStatus"')
        refused = ANSWER.replace("AUTHORISED", "CANCELLED")
        first, again, other = (
            vendor_id(urlencode(fields(one)).encode()) for one in (ANSWER, later, refused)
        )

        assert "t-1:PAID:AUTHORISED" == first == again
        assert other != first
