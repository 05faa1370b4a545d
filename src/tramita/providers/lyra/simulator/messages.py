"""Lyra's messages (IPN): a form whose ``kr-answer`` is signed by the shop's password."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from tramita.providers.lyra.simulator.bodies import payment
from tramita.providers.lyra.simulator.movements import Transaction
from tramita.simulation.dispatch import Notice
from tramita.simulation.world import World

_STRANGER = "a stranger's password"


@dataclass(frozen=True, slots=True)
class Messages:
    """Tells the shop of each transaction as it stands when it is told."""

    world: World
    password: str

    def tell(self, one: Transaction, *, subject: str) -> None:
        """Post how a transaction stands."""
        said = payment([one], at=self.world.clock.now())

        def unknown() -> bytes:
            transactions = [{**_first(said), "uuid": uuid4().hex, "metadata": _NOBODYS}]
            return msgspec.json.encode({**said, "transactions": transactions})

        fields = {"type": one.operation, "status": one.status, "installment_id": subject}
        notice = Notice(one.operation, subject, fields, msgspec.json.encode(said), unknown)
        self.world.post_office.post(notice)

    def wrap(self, body: bytes, *, is_forged: bool) -> bytes:
        """The form."""
        password = _STRANGER if is_forged else self.password
        return urlencode(
            {
                "kr-hash": hmac.new(password.encode(), body, hashlib.sha256).hexdigest(),
                "kr-hash-algorithm": "sha256_hmac",
                "kr-hash-key": "password",
                "kr-answer-type": "V4/Payment",
                "kr-answer": body.decode(),
            }
        ).encode()

    def sign(self, path: str, body: bytes, *, age: timedelta, is_forged: bool) -> Mapping[str, str]:
        """The signature is in the form itself."""
        del path, body, age, is_forged
        return {"content-type": "application/x-www-form-urlencoded"}


_NOBODYS = {"installment_id": "00000000-0000-4000-8000-000000000000"}


def _first(said: dict[str, object]) -> dict[str, object]:
    transactions = said["transactions"]
    return dict(transactions[0]) if isinstance(transactions, list) else {}
