"""Whether QI Tech posted it, by a signer that shares no code with what verifies it."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from tramita.kit.provider import Posted
from tramita.providers.qitech.signing import AnswerVerifier
from tramita.providers.qitech.webhook import WebhookVerifier, vendor_id

API_KEY = "4c268c7d-c2e5-4d26-9ec2-7b0a9ddc3b1f"
PATH = "/webhooks/qitech"
BODY = '{"webhook_type": "credit_transfer.proposal", "reason": "João"}'.encode()
NOW = datetime(2026, 11, 26, 15, 42, 12, tzinfo=UTC)

VENDOR = ECKey.generate_key("P-521", auto_kid=False)
STRANGER = ECKey.generate_key("P-521", auto_kid=False)


@dataclass(frozen=True)
class Letter:
    """What is signed, by whom and when; each part may be a lie."""

    body: bytes = BODY
    method: str = "POST"
    uri: str = PATH
    at: datetime = NOW
    api_key: str = API_KEY
    key: ECKey = field(default_factory=lambda: VENDOR)

    def separate(self) -> Posted:
        """The documented layout: four separate claims."""
        claims = {
            "payload_md5": hashlib.md5(self.body).hexdigest(),
            "timestamp": self.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "method": self.method,
            "uri": self.uri,
        }
        return self._posted(claims, self.body)

    def joined(self) -> Posted:
        """One page's layout: five lines in a ``signature`` claim, over the plain body."""
        return self._posted(self._lines(hashlib.md5(self.body).hexdigest()), self.body)

    def encoded(self) -> Posted:
        """The older generation: the body is a signed token itself."""
        token = _token(self.body, self.key)
        claims = self._lines(hashlib.md5(token.encode()).hexdigest())
        posted = self._posted(claims, msgspec.json.encode({"encoded_body": token}))
        authorization = f"QIT {self.api_key}:{posted.headers['authorization']}"
        return replace(posted, headers={"authorization": authorization})

    def _lines(self, digest: str) -> dict[str, str]:
        date = format_datetime(self.at, usegmt=True)
        lines = (self.method, digest, "application/json", date, self.uri)
        return {"sub": self.api_key, "signature": "\n".join(lines)}

    def _posted(self, claims: dict[str, str], body: bytes) -> Posted:
        token = _token(msgspec.json.encode(claims), self.key)
        headers = {"api-client-key": self.api_key, "authorization": token}
        return Posted("POST", PATH, headers, body)


def _token(payload: bytes, key: ECKey) -> str:
    header = {"typ": "JWT", "alg": "ES512"}
    return jws.serialize_compact(header, payload, key, algorithms=["ES512"])


def is_believed(posted: Posted, *, at: datetime = NOW, prefix: str = "") -> bool:
    """What the receiver says of it."""
    pem = VENDOR.as_pem(private=False).decode()
    verifier = WebhookVerifier(
        AnswerVerifier(API_KEY, pem, "v2"),
        AnswerVerifier(API_KEY, pem, "v1"),
        max_age=timedelta(hours=48),
        prefix=prefix,
        clock=lambda: at,
    )
    return verifier.verify(posted)


@pytest.mark.parametrize("layout", ["separate", "joined", "encoded"])
class TestVerify:
    def post(self, layout: str, **parts: Any) -> Posted:
        posted: Posted = getattr(Letter(**parts), layout)()
        return posted

    def test_believes_what_the_vendor_signed(self, layout: str) -> None:
        """For our key, our address, now."""
        assert is_believed(self.post(layout))

    @pytest.mark.parametrize(
        "parts",
        [
            {"key": STRANGER},
            {"uri": "/webhooks/smt"},
            {"method": "PUT"},
            {"api_key": "00000000-0000-4000-8000-000000000009"},
            {"at": NOW + timedelta(minutes=5, seconds=1)},
            {"at": NOW - timedelta(hours=48, seconds=1)},
        ],
        ids=["wrong_key", "wrong_uri", "wrong_method", "wrong_client", "future", "too_old"],
    )
    def test_believes_nothing_else(self, layout: str, parts: dict[str, Any]) -> None:
        """Another key, address, method, partner or time."""
        assert not is_believed(self.post(layout, **parts))

    @pytest.mark.parametrize("age", [timedelta(hours=22, minutes=21), timedelta(minutes=-4)])
    def test_believes_a_retry_with_its_first_signature(self, layout: str, age: timedelta) -> None:
        """Retries come for 22 hours, perhaps not signed anew; clocks may differ a little."""
        assert is_believed(self.post(layout, at=NOW - age))

    @pytest.mark.parametrize("body", [BODY + b" ", b"", b'{"encoded_body": "a.b.c"}'])
    def test_does_not_believe_a_changed_body(self, layout: str, body: bytes) -> None:
        """The signature is over exact bytes."""
        assert not is_believed(replace(self.post(layout), body=body))

    def test_does_not_believe_without_a_signature(self, layout: str) -> None:
        """No header, a torn one, none at all."""
        posted = self.post(layout)
        without = {"api-client-key": API_KEY}
        torn = {**posted.headers, "authorization": posted.headers["authorization"][:-9]}

        assert [False] * 3 == [
            is_believed(replace(posted, headers=headers)) for headers in (without, torn, {})
        ]

    def test_knows_the_address_behind_a_proxy(self, layout: str) -> None:
        """The vendor signs the address it was given, of which we see the end."""
        posted = self.post(layout, uri=f"/tramita{PATH}")

        assert is_believed(posted, prefix="/tramita")
        assert not is_believed(posted)


class TestWithoutTheClientsKey:
    def test_a_message_is_not_believed(self) -> None:
        """The header says for whom it was signed."""
        posted = Letter().separate()

        headers = {"authorization": posted.headers["authorization"]}

        assert not is_believed(replace(posted, headers=headers))


MESSAGE = {
    "webhook_type": "credit_transfer.proposal",
    "proposal_key": "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a01",
    "proposal_status": "accepted",
    "event_datetime": "2026-11-26T15:42:12",
    "data": {"final_due_balance": 5000.5, "count": 80, "at": "2026-11-26 15:00:00", "no": "007"},
}


def known_as(body: Any) -> str | None:
    """What the inbox knows it by."""
    return vendor_id(body if isinstance(body, bytes) else msgspec.json.encode(body))


class TestVendorID:
    @pytest.mark.parametrize(
        "variant",
        [
            msgspec.json.format(msgspec.json.encode(MESSAGE), indent=4),
            dict(reversed(MESSAGE.items())),
            {**MESSAGE, "event_datetime": "2026-11-26 15:42:12"},
            {**MESSAGE, "event_datetime": "2026-11-26T15:42:12.000Z"},
            {**MESSAGE, "webhook_version": "2026-11"},
            {
                **MESSAGE,
                "data": {
                    "no": "007",
                    "count": "80",
                    "final_due_balance": "5000.50",
                    "at": "2026-11-26T15:00:00Z",
                },
            },
            {"webhook": {"key": MESSAGE["proposal_key"], "data": MESSAGE}},
        ],
    )
    def test_is_the_same_however_it_is_spelled(self, variant: Any) -> None:
        """White space, order, dates, numbers and wrapping make no other message."""
        assert known_as(MESSAGE) == known_as(variant)

    @pytest.mark.parametrize(
        "change",
        [
            {"webhook_type": "debt"},
            {"proposal_key": "0b8f4b6e-5c3c-4f0e-9d6d-0a4f2f6c1a02"},
            {"proposal_status": "paid"},
            {"event_datetime": "2026-11-26T15:42:13"},
            {"data": {**MESSAGE["data"], "final_due_balance": 5000.51}},  # type: ignore[dict-item]
            {"data": {**MESSAGE["data"], "no": "7"}},  # type: ignore[dict-item]
            {"data": None},
        ],
    )
    def test_differs_with_what_it_tells(self, change: dict[str, Any]) -> None:
        """Type, key, status, time, data."""
        assert known_as(MESSAGE) != known_as({**MESSAGE, **change})

    def test_of_an_encoded_body_is_that_of_what_is_in_it(self) -> None:
        """A token differs each time it is made; its message does not."""
        first, second = (
            {"encoded_body": _token(msgspec.json.encode(MESSAGE), VENDOR)} for _ in range(2)
        )

        assert first != second
        assert known_as(MESSAGE) == known_as(first) == known_as(second)

    def test_without_a_time_looks_at_the_whole(self) -> None:
        """Two messages that do not say when are one only if nothing differs."""
        timeless = {**MESSAGE, "event_datetime": "soon"}

        assert known_as(timeless) == known_as(dict(reversed(timeless.items())))
        assert known_as(timeless) != known_as({**timeless, "webhook_version": 2})

    @given(st.binary() | st.sampled_from([b"[1]", b'{"data": 1e999999999}', b"[" * 10**5]))
    def test_of_anything_is_a_hash_or_left_to_the_inbox(self, body: bytes) -> None:
        """Unreadable bodies are known by their bytes."""
        found = vendor_id(body)

        assert found is None or len(found) == 64
