"""Signatures on requests and answers, in both generations QI Tech has had.

v2 (public): ``AUTHORIZATION: <JWT>`` with ``payload_md5, timestamp, method, uri``
over the plain body. v1 (seen in client code): ``Authorization: QIT <key>:<JWT>``
with ``sub`` and five signed lines, bodies as ``{"encoded_body": <JWT>}``.

Decided here, where no public page speaks: ``uri`` is the vendor's path without
our ``/qitech`` prefix and **without** the query string in v2, with it in v1;
the md5 of no body is that of nothing or of ``{}``; an answer is signed in the
generation of its request, over the method and path of that request; errors are
signed too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import md5
from typing import Literal, TypeVar

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tramita.providers.qitech.simulator.envelopes import (
    NO_CLIENT_KEY,
    NOT_AUTHENTIC,
    UNKNOWN_CLIENT,
)
from tramita.simulation.calls import Answer
from tramita.simulation.clock import VirtualClock
from tramita.simulation.front.asking import Asking, Refused
from tramita.simulation.wire import Parcel

T = TypeVar("T")

# The one operation whose body is a file.
UPLOAD = "upload_document"
TOLERANCE = timedelta(seconds=300)  # No public figure; assumed.
_HEADER = {"typ": "JWT", "alg": "ES512"}


def fingerprint(payload: bytes) -> str:
    """The md5 both generations sign; it names bytes, the ES512 token protects them."""
    return md5(payload, usedforsecurity=False).hexdigest()


_EMPTY = {fingerprint(b""), fingerprint(b"{}")}


class _Registry(jws.JWSRegistry):
    """The library's limits are meant for claims; here whole bodies are tokens."""

    max_payload_length = 4_000_000


_REGISTRY = _Registry(algorithms=["ES512"])


class _ClaimsV2(msgspec.Struct):
    payload_md5: str
    timestamp: datetime
    method: str
    uri: str


class _ClaimsV1(msgspec.Struct):
    sub: str
    signature: str


class _EncodedBody(msgspec.Struct):
    encoded_body: str


def is_file(asking: Asking) -> bool:
    """Whether the body is an uploaded file out of its form.

    Its bytes are what the md5 is taken of, and no generation wraps them.
    """
    return asking.operation == UPLOAD


@dataclass(frozen=True, slots=True)
class Letter:
    """An authentic request: its plain body, and how its answer is to be signed."""

    asking: Asking
    generation: Literal["v1", "v2"]
    body: bytes = b""
    is_virtual_time: bool = False


@dataclass(frozen=True, slots=True)
class Seal:
    """Checks what the client signed and signs what the vendor says.

    ``stranger`` is a key nobody knows, for answers that must not be believed.
    """

    api_key: str
    client: ECKey
    provider: ECKey
    stranger: ECKey
    clock: VirtualClock

    def open(self, asking: Asking) -> Letter:
        """Check in the documented order: key given, key known, token, claims."""
        key = asking.headers.get("api-client-key")
        if not key:
            raise Refused(NO_CLIENT_KEY)
        if key != self.api_key:
            raise Refused(UNKNOWN_CLIENT)
        authorization = asking.headers.get("authorization", "")
        if generation_of(asking) == "v1":
            return self._open_v1(asking, authorization)
        return self._open_v2(asking, authorization)

    def close(self, answer: Answer, letter: Letter, *, is_forged: bool = False) -> Parcel:
        """Turn an answer into signed bytes."""
        key = self.stranger if is_forged else self.provider
        now = self.clock.now() if letter.is_virtual_time else datetime.now(UTC)
        close = self._close_v1 if letter.generation == "v1" else self._close_v2
        authorization, body = close(answer.encoded(), letter.asking, key=key, now=now)
        headers = {
            "content-type": "application/json",
            "api-client-key": self.api_key,
            "authorization": authorization,
            **answer.headers,
        }
        return Parcel(answer.status, tuple(headers.items()), body)

    def _close_v1(
        self, plain: bytes, asking: Asking, *, key: ECKey, now: datetime
    ) -> tuple[str, bytes]:
        token = _sign(plain, key)
        date = format_datetime(now, usegmt=True)
        token_md5 = fingerprint(token.encode())
        lines = (asking.method, token_md5, "application/json", date, _full_path(asking))
        claims = {"sub": self.api_key, "signature": "\n".join(lines)}
        authorization = f"QIT {self.api_key}:{_sign(msgspec.json.encode(claims), key)}"
        return authorization, msgspec.json.encode({"encoded_body": token})

    def _close_v2(
        self, plain: bytes, asking: Asking, *, key: ECKey, now: datetime
    ) -> tuple[str, bytes]:
        claims = {
            "payload_md5": fingerprint(plain),
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "method": asking.method,
            "uri": asking.path,
        }
        return _sign(msgspec.json.encode(claims), key), plain

    def _open_v2(self, asking: Asking, token: str) -> Letter:
        claims = _claims(_verify(token, self.client), _ClaimsV2)
        body_md5 = fingerprint(asking.body)
        is_empty = not asking.body and claims.payload_md5 in _EMPTY
        _insist(is_empty or claims.payload_md5 == body_md5, "payload_md5 does not match")
        _insist(claims.method == asking.method, "method does not match")
        _insist(claims.uri == asking.path, "uri does not match")
        is_virtual = self._check_time(claims.timestamp)
        return Letter(asking, "v2", asking.body, is_virtual)

    def _open_v1(self, asking: Asking, authorization: str) -> Letter:
        key, _, token = authorization.removeprefix("QIT ").partition(":")
        claims = _claims(_verify(token, self.client), _ClaimsV1)
        _insist(key == self.api_key == claims.sub, "sub does not match")
        lines = claims.signature.split("\n")
        _insist(len(lines) == 5, "signature does not have five lines")
        method, body_md5, _, date, path = lines
        encoded = "" if is_file(asking) else _encoded(asking.body)
        signed = asking.body if is_file(asking) else encoded.encode()
        expected_md5 = fingerprint(signed) if signed else ""
        _insist(body_md5 == expected_md5, "md5 of the encoded body does not match")
        _insist(method == asking.method, "method does not match")
        _insist(path == _full_path(asking), "path does not match")
        is_virtual = self._check_time(_http_date(date))
        plain = _verify(encoded, self.client) if encoded else b""
        return Letter(asking, "v1", asking.body if is_file(asking) else plain, is_virtual)

    def _check_time(self, stamp: datetime) -> bool:
        """Whether the client lives in virtual time; refuse when it lives in neither."""
        aware = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - aware) <= TOLERANCE:
            return False
        _insist(abs(self.clock.now() - aware) <= TOLERANCE, "timestamp is out of range")
        return True


def _full_path(asking: Asking) -> str:
    """The path with its query, as the older generation signs it."""
    return f"{asking.path}?{asking.query}" if asking.query else asking.path


def generation_of(asking: Asking) -> Literal["v1", "v2"]:
    """Which generation a request speaks; without a readable token, the current one."""
    return "v1" if asking.headers.get("authorization", "").startswith("QIT ") else "v2"


def _sign(payload: bytes, key: ECKey) -> str:
    return jws.serialize_compact(_HEADER, payload, key, registry=_REGISTRY)


def _verify(token: str, key: ECKey) -> bytes:
    try:
        payload = jws.deserialize_compact(token, key, registry=_REGISTRY).payload
    except (JoseError, ValueError) as broken:
        raise Refused(NOT_AUTHENTIC) from broken
    return payload


def _claims(payload: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(payload, type=shape)
    except msgspec.DecodeError as broken:
        raise Refused(NOT_AUTHENTIC, f"claims: {broken}") from broken


def _encoded(body: bytes) -> str:
    if not body:
        return ""
    return _claims(body, _EncodedBody).encoded_body


def _http_date(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError as broken:
        raise Refused(NOT_AUTHENTIC, "date is unreadable") from broken


def _insist(is_true: bool, complaint: str) -> None:
    if not is_true:
        raise Refused(NOT_AUTHENTIC, complaint)
