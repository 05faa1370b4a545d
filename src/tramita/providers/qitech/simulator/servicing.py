"""What partners ask of a credit operation after its proposal was made."""

from tramita.providers.qitech.simulator.bodies import collateral_body, operation_body
from tramita.providers.qitech.simulator.envelopes import (
    ABOVE_FINAL_AMOUNT,
    INSTALLMENT_VARIANCE,
    NOT_A_PORTABILITY,
    OPERATION_STATUS,
    UNKNOWN_OPERATION,
)
from tramita.providers.qitech.simulator.offers import (
    Offer,
    cents,
    offer_refinancing,
    offer_with_installment,
)
from tramita.providers.qitech.simulator.office import (
    Office,
    fields_of,
    json_of,
    shaped,
    task,
)
from tramita.providers.qitech.simulator.proposals import Operation, Proposal
from tramita.providers.qitech.simulator.requests import Correction, Recalculation
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Error, Refused, Task

MINIMUM_INSTALLMENT = 1000  # Cents; public.


def recalculate(office: Office, asking: Asking) -> Task:
    """``POST …/recalculate_portability``: a lower instalment, without a new CCB.

    The principal follows from instalment, rate and number. Codes are public,
    which of them answers which mistake is assumed.
    """
    proposal = office.book.find_by_operation(asking.key)
    if proposal is None:
        raise Refused(UNKNOWN_OPERATION)
    order = shaped(json_of(asking.body), Recalculation)

    def effect() -> Answer:
        offer = _recalculated(proposal.portability.offer, order)
        error = _objection(proposal, asking.key, offer)
        if error is not None:
            raise Refused(error)
        proposal.portability.offer = offer
        office.life.record(
            "portability_recalculated",
            proposal,
            at=office.world.clock.now(),
            request_id=asking.request_id,
            more={"issue_amount": offer.principal / 100, "installment": offer.installment / 100},
        )
        body = operation_body(proposal, proposal.portability, base_url=asking.base_url)
        return Answer(200, body)

    return task({**fields_of(proposal), "credit_operation_key": asking.key}, effect)


def correct_refinancing(office: Office, asking: Asking) -> Task:
    """``PUT …/refinancing_credit_operation``: other terms and a new CCB, until registered."""
    proposal = office.found(asking.key)
    operation = _refinancing(proposal)
    order = shaped(json_of(asking.body), Correction)
    at = office.world.clock.now()
    offer = operation.offer
    if order.financial is not None:
        offer = offer_refinancing(order.financial, proposal.portability.offer, at=at)

    def effect() -> Answer:
        is_open = operation.status in ("waiting_signature", "signed")
        if not is_open or operation.collateral_is_constituted:
            raise Refused(OPERATION_STATUS)
        operation.offer = offer
        office.book.replace_document(proposal, operation)
        office.life.record(
            "refinancing_corrected",
            proposal,
            at=office.world.clock.now(),
            request_id=asking.request_id,
        )
        return Answer(200, office.body_of(proposal, asking.base_url))

    return task(fields_of(proposal), effect)


def read_collateral(office: Office, asking: Asking) -> Task:
    """``GET …/{portability|refinancing}_credit_operation/collateral``."""
    proposal = office.found(asking.key)
    is_portability = "/portability_credit_operation/" in asking.path
    operation = proposal.portability if is_portability else _refinancing(proposal)
    return task(fields_of(proposal), lambda: Answer(200, collateral_body(proposal, operation)))


def _refinancing(proposal: Proposal) -> Operation:
    if proposal.refinancing is None:
        raise Refused(UNKNOWN_OPERATION, "The proposal has no refinancing.")
    return proposal.refinancing


def _recalculated(offer: Offer, order: Recalculation) -> Offer:
    wanted = order.new_monthly_interest_rate
    rate = offer.rate if wanted is None else wanted
    return offer_with_installment(offer, cents(order.new_installment_amount), rate=rate)


def _objection(proposal: Proposal, key: str, wanted: Offer) -> Error | None:
    if key != proposal.portability.key:
        return NOT_A_PORTABILITY
    if proposal.status != "accepted":
        return OPERATION_STATUS
    present = proposal.portability.offer.installment
    if not MINIMUM_INSTALLMENT <= wanted.installment < present:
        return INSTALLMENT_VARIANCE
    balance = proposal.facts.get("final_due_balance")
    if isinstance(balance, float) and wanted.principal > round(balance * 100):
        return ABOVE_FINAL_AMOUNT
    return None
