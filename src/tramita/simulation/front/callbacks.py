"""Callbacks that bear an HMAC of their body, and the address they go to."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tramita.simulation.deliveries import PostOffice, SubscriberNotLoopback
from tramita.simulation.front.asking import Error, Refused

_STRANGER = "a stranger's secret"


@dataclass(frozen=True, slots=True)
class HMACSign:
    """Signs as ``<header>: sha256=<HMAC-SHA256 of the body>``; no time and no path is in it."""

    header: str
    secret: str

    def __call__(
        self, path: str, body: bytes, *, age: timedelta, is_forged: bool
    ) -> Mapping[str, str]:
        """The headers of one delivery."""
        del path, age  # Nothing of them is signed.
        secret = _STRANGER if is_forged else self.secret
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"content-type": "application/json", self.header: f"sha256={signature}"}


def call_back_to(office: PostOffice, url: str, otherwise: Error) -> None:
    """Post to ``url`` from now on; raise ``Refused`` with ``otherwise`` for other machines."""
    try:
        office.subscribe(url)
    except SubscriberNotLoopback as elsewhere:
        raise Refused(otherwise) from elsewhere
