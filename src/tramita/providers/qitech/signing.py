"""ES512 signatures on what we send to QI Tech and on what comes back.

QI Tech has two generations of signing (docs.qitech.com.br, "teste de
autenticação"). The current one, ``v2``, leaves the body as it is and signs its
md5, the method, the path and the time in one token. The older one, ``v1``, also
turns the body into a signed token, sent as ``{"encoded_body": "<token>"}``.

The md5 depends on the exact bytes: a body is serialized once, these bytes are
signed, and the same bytes are sent. Nothing here serializes for the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from hashlib import md5
from typing import Final, Literal, TypeAlias

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from tramita.kit.errors import ConfigurationError
from tramita.kit.outside import UNREADABLE
from tramita.providers.qitech.attachments import Form
from tramita.providers.qitech.wire import parse_instant

Generation: TypeAlias = Literal["v1", "v2"]

ALGORITHM: Final = "ES512"
CURVE: Final = "P-521"
CONTENT_TYPE: Final = "application/json"

# No public page states how far the clocks may be apart; five minutes is assumed.
TOLERANCE: Final = timedelta(seconds=300)

_PROTECTED: Final = {"typ": "JWT", "alg": ALGORITHM}

# "The md5 of the empty payload" is published in words, while the published
# sample serializes an empty object when there is no body. We sign the first and
# believe either.
_EMPTY_MD5S: Final = frozenset(md5(empty).hexdigest() for empty in (b"", b"{}"))


class _Registry(jws.JWSRegistry):
    """The library stops at 128 kB; an answer with two long schedules may be larger."""

    max_payload_length = 8 * 1024 * 1024


_REGISTRY: Final = _Registry(algorithms=[ALGORITHM])


class SigningKeyNotUsable(ConfigurationError):
    """The signing key is not a P-521 key in PEM form: {problem}."""


class Distrust(StrEnum):
    """Why a signature was not trusted."""

    HEADER_MISSING = "header_missing"
    API_KEY_MISMATCH = "api_key_mismatch"
    TOKEN_NOT_TRUSTED = "token_not_trusted"
    CLAIMS_UNREADABLE = "claims_unreadable"
    BODY_MISMATCH = "body_mismatch"
    METHOD_MISMATCH = "method_mismatch"
    PATH_MISMATCH = "path_mismatch"
    CLOCK_MISMATCH = "clock_mismatch"
    BODY_NOT_ENCODED = "body_not_encoded"
    BODY_NOT_TRUSTED = "body_not_trusted"


class SignatureNotTrusted(Exception):
    """The signature of a message from QI Tech is not trusted."""

    def __init__(self, reason: Distrust, detail: str) -> None:
        super().__init__(f"{self.__doc__} {detail}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The headers to add and the exact bytes to send."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """An answer or a webhook as it came in.

    ``method`` and ``path`` are those of our request for an answer, and those of
    our own endpoint for a webhook. Header names may be in any case.
    """

    headers: Mapping[str, str]
    body: bytes
    method: str
    path: str


class RequestSigner:
    """Signs requests with our private key, which is parsed once."""

    def __init__(
        self, api_client_key: str, private_key_pem: str, generation: Generation = "v2"
    ) -> None:
        """Take a PEM ``EC PRIVATE KEY`` on P-521; raise SigningKeyNotUsable otherwise."""
        self._api_client_key = api_client_key
        self._key = _p521_key(private_key_pem)
        if not self._key.is_private:
            raise SigningKeyNotUsable(problem="a request is signed with a private one")
        self._generation = generation

    def sign(self, body: bytes, *, method: str, path: str, at: datetime) -> SignedRequest:
        """Return the headers and body to send; ``path`` may carry a query, ``at`` is aware."""
        if self._generation == "v2":
            return self._sign_v2(body, method=method, path=path, at=at)
        return self._sign_v1(body, method=method, path=path, at=at)

    def sign_form(self, form: Form, *, path: str, at: datetime) -> SignedRequest:
        """Return the headers and body of an upload: the md5 is that of the file alone.

        Both generations send the form as it is. Which content type the older one signs
        is on no page; assumed is the header's.
        """
        digest = md5(form.file).hexdigest()
        if self._generation == "v2":
            authorization = self._authorization_v2(digest, method="POST", path=path, at=at)
        else:
            lines = ("POST", digest, form.content_type, _http_date(at), path)
            authorization = self._authorization_v1(lines)
        return SignedRequest(self._headers(authorization, form.content_type), form.body)

    def _sign_v2(self, body: bytes, *, method: str, path: str, at: datetime) -> SignedRequest:
        digest = md5(body).hexdigest()
        authorization = self._authorization_v2(digest, method=method, path=path, at=at)
        return self._request(authorization, body)

    def _sign_v1(self, body: bytes, *, method: str, path: str, at: datetime) -> SignedRequest:
        encoded_body = self._token(body) if body else ""
        digest = md5(encoded_body.encode()).hexdigest() if encoded_body else ""
        lines = (method, digest, CONTENT_TYPE, _http_date(at), path)
        sent = msgspec.json.encode({"encoded_body": encoded_body}) if encoded_body else b""
        return self._request(self._authorization_v1(lines), sent)

    def _authorization_v2(self, digest: str, *, method: str, path: str, at: datetime) -> str:
        claims = {
            "payload_md5": digest,
            "timestamp": f"{_utc(at).replace(tzinfo=None).isoformat(timespec='microseconds')}Z",
            "method": method,
            "uri": _without_query(path),
        }
        return self._token(msgspec.json.encode(claims))

    def _authorization_v1(self, lines: tuple[str, ...]) -> str:
        claims = {"sub": self._api_client_key, "signature": "\n".join(lines)}
        return f"QIT {self._api_client_key}:{self._token(msgspec.json.encode(claims))}"

    def _token(self, payload: bytes) -> str:
        return jws.serialize_compact(_PROTECTED, payload, self._key, registry=_REGISTRY)

    def _request(self, authorization: str, body: bytes) -> SignedRequest:
        return SignedRequest(self._headers(authorization, CONTENT_TYPE if body else ""), body)

    def _headers(self, authorization: str, content_type: str) -> dict[str, str]:
        headers = {"API-CLIENT-KEY": self._api_client_key, "AUTHORIZATION": authorization}
        return headers | {"Content-Type": content_type} if content_type else headers


class AnswerVerifier:
    """Checks what QI Tech signed with its public key, which is parsed once."""

    def __init__(
        self, api_client_key: str, provider_public_key_pem: str, generation: Generation = "v2"
    ) -> None:
        """Take QI Tech's P-521 key in PEM form; raise SigningKeyNotUsable otherwise."""
        self._api_client_key = api_client_key
        self._key = _p521_key(provider_public_key_pem)
        self._generation = generation

    def verify(
        self, message: ReceivedMessage, *, at: datetime, max_age: timedelta = TOLERANCE
    ) -> bytes:
        """Return the plain body of a message that QI Tech signed for us around ``at``.

        A signature may be ``max_age`` old; into the future only the clocks' difference
        is allowed.

        Raises:
            SignatureNotTrusted: with the first reason found, in the order key,
                token, claims, body. The body must then not be believed.
        """
        token = self._token_of(message.headers)
        claims = _read_claims(self._trusted(token, Distrust.TOKEN_NOT_TRUSTED))
        self._check_subject(claims)
        _check_target(claims, message)
        _check_time(claims, at, max_age)
        if self._generation == "v1":
            return self._decoded_body(claims, message.body)
        if not _is_md5_of(claims.md5, message.body):
            raise SignatureNotTrusted(Distrust.BODY_MISMATCH, "Its body was changed on the way.")
        return message.body

    def _token_of(self, headers: Mapping[str, str]) -> str:
        values = {name.lower(): value for name, value in headers.items()}
        authorization = values.get("authorization", "")
        if not authorization:
            raise SignatureNotTrusted(Distrust.HEADER_MISSING, "There is no Authorization header.")
        prefix, _, rest = authorization.rpartition(":")
        stated = values.get("api-client-key") if not prefix else prefix.removeprefix("QIT ")
        if stated is not None and stated != self._api_client_key:
            raise SignatureNotTrusted(Distrust.API_KEY_MISMATCH, "It names another API key.")
        return rest

    def _trusted(self, token: str, reason: Distrust) -> bytes:
        try:
            return jws.deserialize_compact(token, self._key, registry=_REGISTRY).payload
        except (JoseError, *UNREADABLE) as error:
            # The library's text may quote parts of the token, which must not be logged.
            detail = f"A token was not signed by QI Tech ({type(error).__name__})."
            raise SignatureNotTrusted(reason, detail) from error

    def _check_subject(self, claims: "_Claims") -> None:
        if claims.subject is not None and claims.subject != self._api_client_key:
            raise SignatureNotTrusted(Distrust.API_KEY_MISMATCH, "It was signed for another key.")

    def _decoded_body(self, claims: "_Claims", body: bytes) -> bytes:
        if not body and not claims.md5:
            return b""
        try:
            encoded = msgspec.json.decode(body, type=_EncodedBody).encoded_body
        except UNREADABLE as error:
            detail = "Its body is not an encoded_body."
            raise SignatureNotTrusted(Distrust.BODY_NOT_ENCODED, detail) from error
        if claims.md5 != md5(encoded.encode()).hexdigest():
            raise SignatureNotTrusted(Distrust.BODY_MISMATCH, "Its body was changed on the way.")
        return self._trusted(encoded, Distrust.BODY_NOT_TRUSTED)


class _EncodedBody(msgspec.Struct):
    encoded_body: str


class _RawClaims(msgspec.Struct):
    payload_md5: str | None = None
    timestamp: str | None = None
    method: str | None = None
    uri: str | None = None
    sub: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class _Claims:
    method: str
    md5: str
    at: datetime
    uri: str
    subject: str | None


def _read_claims(payload: bytes) -> _Claims:
    """Read the four separate claims, or the five lines of a ``signature`` claim.

    Defensive: the Portuguese and English pages show separate claims in both
    directions, one page in Chinese splits a ``signature`` claim in a webhook.
    """
    try:
        raw = msgspec.json.decode(payload, type=_RawClaims)
        if raw.signature is not None:
            method, digest, _, date, uri = raw.signature.split("\n")
            at = _utc(parsedate_to_datetime(date))
            return _Claims(method=method, md5=digest, at=at, uri=uri, subject=raw.sub)
    except UNREADABLE as error:
        detail = "Its claims could not be read."
        raise SignatureNotTrusted(Distrust.CLAIMS_UNREADABLE, detail) from error
    at_or_none = parse_instant(raw.timestamp or "")
    if raw.method is None or raw.payload_md5 is None or raw.uri is None or at_or_none is None:
        raise SignatureNotTrusted(Distrust.CLAIMS_UNREADABLE, "A claim is missing or misshapen.")
    return _Claims(
        method=raw.method, md5=raw.payload_md5, at=at_or_none, uri=raw.uri, subject=raw.sub
    )


def _check_target(claims: _Claims, message: ReceivedMessage) -> None:
    if claims.method.upper() != message.method.upper():
        detail = f"It was signed for {claims.method[:10]}, not {message.method}."
        raise SignatureNotTrusted(Distrust.METHOD_MISMATCH, detail)
    # Only the older generation documents that the query belongs to the signed path.
    if claims.uri not in (message.path, _without_query(message.path)):
        detail = f"It was signed for another path than {_without_query(message.path)}."
        raise SignatureNotTrusted(Distrust.PATH_MISMATCH, detail)


def _check_time(claims: _Claims, at: datetime, max_age: timedelta) -> None:
    age = at - claims.at
    if not -TOLERANCE <= age <= max_age:
        detail = f"It was signed {abs(age).total_seconds():.0f} s away from our clock."
        raise SignatureNotTrusted(Distrust.CLOCK_MISMATCH, detail)


def _is_md5_of(digest: str, body: bytes) -> bool:
    if not body:
        return digest in _EMPTY_MD5S
    return digest == md5(body).hexdigest()


def _p521_key(pem: str) -> ECKey:
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError) as error:
        raise SigningKeyNotUsable(problem="it could not be read") from error
    if key.curve_name != CURVE:
        raise SigningKeyNotUsable(problem=f"it lies on {key.curve_name}")
    return key


def _http_date(at: datetime) -> str:
    return format_datetime(_utc(at), usegmt=True)


def _without_query(path: str) -> str:
    return path.partition("?")[0]


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
