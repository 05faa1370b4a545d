"""QI Tech's webhooks: what changed, as a signed letter for the post office.

``event_datetime`` is the moment of the change, which may lie before the present one
when the clock has jumped: partners tell two changes apart by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tramita.providers.qitech.simulator import webhooks_bodies as bodies
from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.providers.qitech.simulator.inquiries import BalanceQuery
from tramita.providers.qitech.simulator.proposals import Authorization, Operation, Proposal
from tramita.providers.qitech.simulator.webhooks_seal import WebhookSeal
from tramita.simulation.dispatch import Notice
from tramita.simulation.front.orders import Wanted
from tramita.simulation.simulator import UnknownAct, operator_button
from tramita.simulation.world import World


class Announcement(Wanted):
    """The type of a webhook that is not for partners."""

    type: str = ""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The vendor's side of ``Notices``: every change goes to the subscriber."""

    world: World
    seal: WebhookSeal
    conditions: Conditions

    def __post_init__(self) -> None:
        """Sign what the post office sends."""
        self.world.post_office.sign = self.seal.sign

    def proposal(self, proposal: Proposal, *, data: Mapping[str, object] | None = None) -> None:
        """``credit_transfer.proposal``."""
        self._tell(bodies.of_proposal(proposal, data or {}), proposal, proposal.status)

    def collateral(
        self, proposal: Proposal, operation: Operation, *, errors: Sequence[str] = ()
    ) -> None:
        """``credit_transfer.proposal.collateral``."""
        body = bodies.of_collateral(proposal, operation, errors, at=self._changed_at(proposal))
        self._tell(body, proposal, body["data"]["collateral_data"]["status"])

    def credit_operation(self, proposal: Proposal, operation: Operation) -> None:
        """``credit_transfer.proposal.credit_operation``."""
        body = bodies.of_credit_operation(proposal, operation, at=self._changed_at(proposal))
        self._tell(body, proposal, operation.status)

    def authorization(self, proposal: Proposal, authorization: Authorization) -> None:
        """``credit_transfer.portability_authorization``."""
        body = bodies.of_authorization(proposal, authorization)
        self._tell(body, proposal, authorization.status)

    def reservation(self, proposal: Proposal, operation: Operation, status: str) -> None:
        """``laas.social_security.reservation.status_change``."""
        at = self._changed_at(proposal)
        since = self._changed_at(proposal, first_of="reservation_")
        body = bodies.of_reservation(operation, status, at=at, since=since)
        self._tell(body, proposal, status)

    def signer(self, proposal: Proposal, kind: str) -> None:
        """``document.signer.status_change``."""
        body = bodies.of_signer(proposal, kind, at=self._changed_at(proposal))
        self._tell(body, proposal, "on_signature")

    def balance(self, query: BalanceQuery) -> None:
        """The result of a balance query, which belongs to no proposal."""
        body = bodies.of_balance(query, at=self.world.clock.now())
        self._post(body, query.key, {"key": query.key, "status": query.status})

    def announce(self, order: Announcement) -> Mapping[str, object]:
        """Tell of something that is not the partner's; raise ``UnknownAct`` for other types."""
        make = bodies.FOREIGN.get(order.type)
        if make is None:
            raise UnknownAct(f"types that are not for partners are {', '.join(bodies.FOREIGN)}")
        body = make(self.world.clock.now())
        self._post(body, body["key"], {"key": body["key"], "status": body["status"]})
        return body

    def _tell(self, body: bodies.Body, proposal: Proposal, status: str) -> None:
        fields = {
            "contract_number": proposal.contract_number,
            "proposal_key": proposal.key,
            "status": status,
        }
        self._post(body, proposal.contract_number, fields)

    def _post(self, body: bodies.Body, subject: str, fields: Mapping[str, str]) -> None:
        profile, kind = self.conditions.webhook_profile, body["webhook_type"]
        self.world.post_office.post(
            Notice(
                type=kind,
                subject=subject,
                fields={"type": kind, **fields},
                body=self._written(bodies.dressed(body, profile)),
                tell_unknown=lambda: self._written(bodies.dressed(bodies.of_nobody(body), profile)),
            )
        )

    def _written(self, body: bodies.Body) -> bytes:
        return self.seal.envelop(msgspec.json.encode(body))

    def _changed_at(self, proposal: Proposal, *, first_of: str = "") -> datetime:
        """When the change was that the ledger has just been told of, or the first of its kind."""
        rows = self.world.ledger.rows(subject=proposal.contract_number)
        found = [row.at for row in rows if row.effect.startswith(first_of)]
        if not found:
            return self.world.clock.now()
        return found[0] if first_of else found[-1]


_PROFILES = ("plain", "string_numbers", "extra_fields", "wrapped")
BUTTONS = (
    *(
        operator_button(f"Webhooks: {profile.replace('_', ' ')}", "set", webhook_profile=profile)
        for profile in _PROFILES
    ),
    operator_button("Webhook not for us", "announce", type=next(iter(bodies.FOREIGN))),
)
