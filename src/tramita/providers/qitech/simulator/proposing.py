"""Proposals as partners create, read, find and move them."""

from tramita.providers.qitech.simulator.bodies import Body, simulation_body
from tramita.providers.qitech.simulator.envelopes import (
    EXISTS_400,
    EXISTS_409,
    GROUP_STATUS,
    ILLEGAL_MOVE,
    OTHER_PERSON,
    UNKNOWN_ATTACHMENT,
    UNKNOWN_GROUP,
    UNKNOWN_OPERATION,
)
from tramita.providers.qitech.simulator.groups import Group
from tramita.providers.qitech.simulator.lifecycle import PATCHES, next_status
from tramita.providers.qitech.simulator.offers import (
    Offer,
    cents,
    offer_portability,
    offer_refinancing,
)
from tramita.providers.qitech.simulator.office import (
    Office,
    fields_of,
    json_of,
    shaped,
    task,
)
from tramita.providers.qitech.simulator.proposals import Operation, Proposal
from tramita.providers.qitech.simulator.requests import (
    ProposalRequest,
    SimulationRequest,
    StatusPatch,
)
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Error, Refused, Task


def create(office: Office, asking: Asking) -> Task:
    """``POST /v2/credit_transfer/proposal``."""
    raw = json_of(asking.body)
    request = shaped(raw, ProposalRequest)
    offers = _offers(office, request)
    unknown = office.archive.unknown(request.borrower.document_keys)
    if unknown:
        raise Refused(UNKNOWN_ATTACHMENT, f"No document {unknown[0]} was uploaded.")
    group = _group_for(office, request)
    fields = {
        "contract_number": request.portability_credit_operation.contract_number,
        "cpf": request.borrower.individual_document_number,
        "ispb": request.origin_contract.ispb,
        "origin_contract_number": request.origin_contract.contract_number,
    }

    def effect() -> Answer:
        error = _objection(group, request) if group is not None else None
        if error is not None:
            raise Refused(error)
        earlier = office.book.of_contract(fields["contract_number"])
        if earlier and office.conditions.duplicates != "dup_accept":
            return _meet_duplicate(office, earlier[-1], asking)
        proposal = _keep(office, request, raw["borrower"], offers)
        if group is not None:
            group.members.append(proposal)
        office.life.begin(proposal, request_id=asking.request_id)
        answer = Answer(201, office.body_of(proposal, asking.base_url))
        # A picture out of limits ends a proposal after it has been answered.
        if office.archive.has_defect(request.borrower.document_keys):
            office.life.happen(proposal, "discard", at=proposal.created_at)
        return answer

    return task(fields, effect)


def simulate(office: Office, asking: Asking) -> Task:
    """``POST /v2/credit_transfer/proposal_simulation``: amounts, and no effect."""
    request = shaped(json_of(asking.body), SimulationRequest)
    fields = {"contract_number": request.portability_credit_operation.contract_number}
    offers = _offers(office, request)
    return task(fields, lambda: Answer(201, simulation_body(*offers)))


def read(office: Office, asking: Asking) -> Task:
    """``GET /v2/credit_transfer/proposal/{key}``."""
    proposal = office.found(asking.key)
    return task(fields_of(proposal), lambda: Answer(200, office.body_of(proposal, asking.base_url)))


def search(office: Office, asking: Asking) -> Task:
    """Search by contract number; assumed, no public page shows one for proposals."""
    wanted = asking.parameters.get("contract_number", "")
    if not wanted or not office.conditions.query_by_contract_number:
        raise Refused(UNKNOWN_OPERATION, "No search by contract number here.")

    def effect() -> Answer:
        found = office.book.of_contract(wanted)
        return Answer(200, [office.body_of(proposal, asking.base_url) for proposal in found])

    return task({"contract_number": wanted}, effect)


def update(office: Office, asking: Asking) -> Task:
    """``PATCH /v2/credit_transfer/proposal/{key}`` with a ``status``."""
    proposal = office.found(asking.key)
    status = shaped(json_of(asking.body), StatusPatch).status

    def effect() -> Answer:
        event = PATCHES.get(status, "")
        if next_status(proposal.status, event) is None:
            sentence = f"A proposal that is {proposal.status} cannot become {status}."
            raise Refused(ILLEGAL_MOVE, sentence)
        now = office.world.clock.now()
        office.life.happen(proposal, event, at=now, request_id=asking.request_id)
        return Answer(200, office.body_of(proposal, asking.base_url))

    return task({**fields_of(proposal), "status": status}, effect)


def _keep(
    office: Office, request: ProposalRequest, borrower: Body, offers: tuple[Offer, Offer | None]
) -> Proposal:
    ported, refinanced = offers
    proposal = Proposal(
        request=request,
        borrower=borrower,
        portability=Operation(ported),
        refinancing=Operation(refinanced) if refinanced else None,
        number=office.book.next_number(),
        created_at=office.world.clock.now(),
        group_key=request.document_batch_group_key,
    )
    office.book.add(proposal)
    return proposal


def _group_for(office: Office, request: ProposalRequest) -> Group | None:
    """The group a proposal asks to be in; raise ``Refused`` when it cannot be."""
    if request.document_batch_group_key is None:
        return None
    group = office.groups.find(request.document_batch_group_key)
    error = UNKNOWN_GROUP if group is None else _objection(group, request)
    if error is not None:
        raise Refused(error)
    return group


def _objection(group: Group, request: ProposalRequest) -> Error | None:
    """Why a proposal cannot join, asked again at the effect: others may have come before."""
    if group.status != "opened":
        return GROUP_STATUS
    is_same_person = group.cpf in (None, request.borrower.individual_document_number)
    return None if is_same_person else OTHER_PERSON


def _meet_duplicate(office: Office, earlier: Proposal, asking: Asking) -> Answer:
    match office.conditions.duplicates:
        case "dup_409":
            raise Refused(EXISTS_409)
        case "dup_400":
            raise Refused(EXISTS_400)
        case _:
            return Answer(200, office.body_of(earlier, asking.base_url))


def _offers(
    office: Office, request: ProposalRequest | SimulationRequest
) -> tuple[Offer, Offer | None]:
    at = office.world.clock.now()
    balance = cents(request.origin_contract.last_due_balance)
    ported = offer_portability(request.portability_credit_operation.financial, balance, at=at)
    refinancing = request.refinancing_credit_operation
    if refinancing is None:
        return ported, None
    return ported, offer_refinancing(refinancing.financial, ported, at=at)
