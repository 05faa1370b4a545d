"""Signatures on webhooks: QI Tech's key over the subscriber's own endpoint.

v2 (public): ``AUTHORIZATION: <JWT>`` with ``payload_md5, timestamp, method, uri``
over the plain body. v1 is assumed to be as in the answers of that generation: one
``signature`` claim of five lines over ``{"encoded_body": <JWT>}``. The timestamp
is real time, as a partner's clock is, unless the operator says ``virtual``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
from joserfc import jws
from joserfc.jwk import ECKey

from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.providers.qitech.simulator.seal import Seal, fingerprint

_HEADER = {"typ": "JWT", "alg": "ES512"}
_CONTENT_TYPE = "application/json"


class _Registry(jws.JWSRegistry):
    """The library's limits are meant for claims; in v1 whole bodies are tokens."""

    max_payload_length = 4_000_000


_REGISTRY = _Registry(algorithms=["ES512"])


@dataclass(frozen=True, slots=True)
class WebhookSeal:
    """Signs what QI Tech posts, in the generation and time that its conditions name."""

    seal: Seal
    conditions: Conditions

    def envelop(self, body: bytes) -> bytes:
        """The bytes to be sent, once for all attempts."""
        if self.conditions.webhook_signature == "v2":
            return body
        return msgspec.json.encode({"encoded_body": _token(body, self.seal.provider)})

    def sign(self, path: str, body: bytes, *, age: timedelta, is_forged: bool) -> Mapping[str, str]:
        """The headers of one delivery to ``path``."""
        key = self.seal.stranger if is_forged else self.seal.provider
        is_virtual = self.conditions.webhook_clock == "virtual"
        at = (self.seal.clock.now() if is_virtual else datetime.now(UTC)) - age
        is_encoded = body.startswith(b'{"encoded_body":')
        return {
            "Content-Type": _CONTENT_TYPE,
            "API-CLIENT-KEY": self.seal.api_key,
            "AUTHORIZATION": (self._v1 if is_encoded else self._v2)(path, body, key=key, at=at),
        }

    def _v2(self, path: str, body: bytes, *, key: ECKey, at: datetime) -> str:
        claims = {
            "payload_md5": fingerprint(body),
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "method": "POST",
            "uri": path,
        }
        return _token(msgspec.json.encode(claims), key)

    def _v1(self, path: str, body: bytes, *, key: ECKey, at: datetime) -> str:
        token = msgspec.json.decode(body)["encoded_body"]
        date = format_datetime(at, usegmt=True)
        lines = ("POST", fingerprint(token.encode()), _CONTENT_TYPE, date, path)
        claims = {"sub": self.seal.api_key, "signature": "\n".join(lines)}
        return f"QIT {self.seal.api_key}:{_token(msgspec.json.encode(claims), key)}"


def _token(payload: bytes, key: ECKey) -> str:
    return jws.serialize_compact(_HEADER, payload, key, registry=_REGISTRY)
