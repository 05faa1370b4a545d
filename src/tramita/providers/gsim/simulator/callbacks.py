"""GSIM's callbacks: what became of a line, signed for the subscriber.

``X-GSIM-Signature: sha256=<hex>`` is the HMAC-SHA256 of the body. It bears no time, so
that only ``eventId`` tells a replay from news. All of it is assumed.
"""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import uuid4

import msgspec

from tramita.providers.gsim.simulator.digits import luhn_digit
from tramita.providers.gsim.simulator.fixtures import moment
from tramita.providers.gsim.simulator.sims import PREFIX, Assignment
from tramita.simulation.dispatch import Notice
from tramita.simulation.front.callbacks import HMACSign
from tramita.simulation.world import World

Kind = Literal["ACTIVATED", "REJECTED", "DEACTIVATED"]


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Tells the subscriber through the world's post office."""

    world: World
    secret: str

    def __post_init__(self) -> None:
        """Sign what the post office sends."""
        self.world.post_office.sign = HMACSign("X-GSIM-Signature", self.secret)

    def tell(self, kind: Kind, assignment: Assignment, *, reason: str = "") -> None:
        """Tell what became of an assignment."""
        fields = {
            "type": kind,
            "status": kind,
            "iccid": assignment.iccid,
            "msisdn": assignment.msisdn,
            "assignment_id": assignment.id,
        }
        body = self._body(kind, assignment, reason)
        self.world.post_office.post(
            Notice(
                type=kind,
                subject=assignment.iccid,
                fields=fields,
                body=body,
                tell_unknown=lambda: self._body(kind, _of_nobody(assignment), reason),
            )
        )

    def _body(self, kind: Kind, assignment: Assignment, reason: str) -> bytes:
        body = {
            "eventId": f"ev-{uuid4().hex}",
            "type": kind,
            "assignmentId": assignment.id,
            "iccid": assignment.iccid,
            "msisdn": assignment.msisdn,
            "at": moment(self.world.clock.now()),
        }
        return msgspec.json.encode(body | ({"reason": reason} if reason else {}))


def _of_nobody(assignment: Assignment) -> Assignment:
    """An assignment that nobody ever asked for, of a SIM card that is in no stock."""
    payload = PREFIX + "0" * 12
    return replace(assignment, id=f"as-{uuid4().hex}", iccid=payload + luhn_digit(payload))
