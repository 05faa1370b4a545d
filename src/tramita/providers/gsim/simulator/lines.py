"""What becomes of SIM cards: numbers come on them, lines go on and off.

What a request asks for is accepted at once. What follows, by the operator's conditions
or acts, is written into the ledger and told by callback.
"""

from dataclasses import dataclass, field

import msgspec

from tramita.providers.gsim.simulator.callbacks import Callbacks
from tramita.providers.gsim.simulator.conditions import Conditions
from tramita.providers.gsim.simulator.digits import is_msisdn
from tramita.providers.gsim.simulator.errors import (
    BAD_CALLBACK_URL,
    BAD_MSISDN,
    NUMBER_NOT_RESERVED,
    SIM_IN_USE,
    SIM_NOT_FOUND,
)
from tramita.providers.gsim.simulator.sims import LIFE, Assignment, Sim, stock_of
from tramita.simulation.front.asking import Refused
from tramita.simulation.front.callbacks import call_back_to
from tramita.simulation.simulator import UnknownAct
from tramita.simulation.world import World

REJECTION = "NETWORK_REFUSED"


class Impossible(UnknownAct):
    """Nothing like this can happen to a SIM card as it is."""

    def __init__(self, event: str, sim: Sim) -> None:
        super().__init__(f"cannot {event} a SIM card that is {sim.state}")


class AssignmentOrder(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of ``POST /sims/{iccid}/assignments``.

    ``callback_url``, if given, is where every callback goes from now on.
    """

    msisdn: str
    callback_url: str | None = None


@dataclass(slots=True)
class Lines:
    """The stock of SIM cards and every assignment there ever was."""

    world: World
    callbacks: Callbacks
    conditions: Conditions
    _sims: dict[str, Sim] = field(default_factory=dict)
    _assignments: dict[str, Assignment] = field(default_factory=dict)
    _latest_of_number: dict[str, Assignment] = field(default_factory=dict)

    @property
    def sims(self) -> dict[str, Sim]:
        """All SIM cards by ICCID; made when first needed, because a reset brings its seed late."""
        if not self._sims:
            self._sims.update(stock_of(self.world.seed))
        return self._sims

    def forget(self) -> None:
        """Back to the first stock."""
        self._sims.clear()
        self._assignments.clear()
        self._latest_of_number.clear()

    def find(self, iccid: str) -> Sim:
        """The SIM card; raise ``Refused`` with 404 otherwise."""
        sim = self.sims.get(iccid)
        if sim is None:
            raise Refused(SIM_NOT_FOUND)
        return sim

    def find_assignment(self, assignment_id: str) -> Assignment | None:
        """The assignment of this id, in force or not."""
        return self._assignments.get(assignment_id)

    def held(self) -> list[Sim]:
        """SIM cards whose line is neither activated nor rejected, latest last."""
        assigned = [one for one in self._assignments.values() if one.status == "ASSIGNED"]
        return [self.sims[one.iccid] for one in assigned if one.iccid in self.sims]

    def assign(self, iccid: str, order: AssignmentOrder, *, request_id: str) -> dict[str, object]:
        """Put a number on a SIM card; raise ``Refused`` when it cannot be."""
        sim = self.find(iccid)
        self._check(sim, order.msisdn)
        if order.callback_url is not None:
            call_back_to(self.world.post_office, order.callback_url, BAD_CALLBACK_URL)
        assignment = sim.assignment = Assignment(iccid, order.msisdn, request_id)
        self._assignments[assignment.id] = assignment
        self._latest_of_number[assignment.msisdn] = assignment
        self._record("sim_assigned", sim, assignment)
        accepted = accepted_body(assignment)
        if self.conditions.activations == "succeed":
            self.activate(sim)
        elif self.conditions.activations == "fail":
            self.reject(sim)
        return accepted

    def release(self, iccid: str, *, request_id: str) -> dict[str, object]:
        """Take the number off a SIM card; one without a number stays as it is."""
        sim = self.find(iccid)
        if sim.holder is not None:
            assignment = self._move(sim, "release")
            self._record("sim_released", sim, assignment, request_id=request_id)
            self.callbacks.tell("DEACTIVATED", assignment)
        if sim.assignment is None:
            return {"iccid": iccid, "status": "RELEASED"}
        return accepted_body(sim.assignment) | {"status": "RELEASED"}

    def activate(self, sim: Sim) -> None:
        """The network takes the line; raise ``Impossible`` unless it waits for that."""
        if sim.is_blocked:
            raise Impossible("activate", sim)
        assignment = self._move(sim, "activate")
        self._record("line_activated", sim, assignment)
        self.callbacks.tell("ACTIVATED", assignment)

    def reject(self, sim: Sim, *, reason: str = REJECTION) -> None:
        """The network refuses the line, so that the SIM card is free again."""
        assignment = self._move(sim, "reject")
        self._record("line_rejected", sim, assignment, reason=reason)
        self.callbacks.tell("REJECTED", assignment, reason=reason)

    def block(self, sim: Sim, *, is_blocked: bool = True) -> None:
        """Block a SIM card, or let it go; its number stays with it."""
        sim.is_blocked = is_blocked
        effect = "sim_blocked" if is_blocked else "sim_unblocked"
        self._note(effect, sim, request_id="operator", said={})

    def _check(self, sim: Sim, msisdn: str) -> None:
        if not is_msisdn(msisdn):
            raise Refused(BAD_MSISDN)
        if sim.state != "STOCK":
            raise Refused(SIM_IN_USE, f"The SIM card is {sim.state}.")
        latest = self._latest_of_number.get(msisdn)
        if latest is not None and latest.is_in_force:
            raise Refused(NUMBER_NOT_RESERVED, "The number is on another SIM card.")
        if not self.conditions.is_reserved(msisdn):
            raise Refused(NUMBER_NOT_RESERVED)

    def _move(self, sim: Sim, event: str) -> Assignment:
        assignment = sim.holder
        status = None if assignment is None else LIFE.get((assignment.status, event))
        if assignment is None or status is None:
            raise Impossible(event, sim)
        assignment.status = status
        return assignment

    def _record(
        self,
        effect: str,
        sim: Sim,
        assignment: Assignment,
        *,
        request_id: str = "",
        reason: str = "",
    ) -> None:
        said = {"msisdn": assignment.msisdn, "assignmentId": assignment.id}
        said |= {"reason": reason} if reason else {}
        self._note(effect, sim, request_id=request_id or assignment.request_id, said=said)

    def _note(self, effect: str, sim: Sim, *, request_id: str, said: dict[str, str]) -> None:
        row = self.world.record(effect, subject=sim.iccid, request_id=request_id, data=said)
        sim.note(row.at)


def accepted_body(assignment: Assignment) -> dict[str, object]:
    """An assignment as the answer to a request shows it."""
    return {
        "assignmentId": assignment.id,
        "iccid": assignment.iccid,
        "msisdn": assignment.msisdn,
        "status": assignment.status,
    }
