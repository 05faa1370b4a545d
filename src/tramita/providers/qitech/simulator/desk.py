"""What QI Tech does with each request once it is known to be authentic."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs

import msgspec

from tramita.providers.qitech.simulator.bending import LASTING
from tramita.providers.qitech.simulator.bodies import Body, proposal_body, simulation_body
from tramita.providers.qitech.simulator.envelopes import (
    EXISTS_400,
    EXISTS_409,
    ILLEGAL_MOVE,
    NOT_JSON,
    SCHEMA,
    UNKNOWN_DOCUMENT,
    UNKNOWN_OPERATION,
    Refused,
)
from tramita.providers.qitech.simulator.offers import (
    Offer,
    cents,
    offer_portability,
    offer_refinancing,
)
from tramita.providers.qitech.simulator.participants import PARTICIPANTS
from tramita.providers.qitech.simulator.proposals import Book, Operation, Proposal
from tramita.providers.qitech.simulator.requests import (
    ProposalRequest,
    SimulationRequest,
    StatusPatch,
)
from tramita.simulation.calls import Answer
from tramita.simulation.world import World

T = TypeVar("T")

# How a second proposal of the same contract number is met. Accepting it is what
# a vendor without idempotency does, and the hardest for a partner.
DUPLICATES = ("dup_accept", "dup_409", "dup_400", "dup_same")
DOCUMENT_LIFE = timedelta(minutes=10)  # Public: addresses of documents end after ten minutes.


@dataclass(slots=True)
class Conditions:
    """How this vendor behaves today; people there can change it."""

    duplicates: str = "dup_accept"
    query_by_contract_number: bool = True


@dataclass(frozen=True, slots=True)
class Asking:
    """An authentic request, reduced to what the desk needs."""

    operation: str
    request_id: str
    base_url: str
    body: bytes = b""
    query: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What a request is about, and the effect it shall have when it is its time."""

    fields: dict[str, str]
    effect: Callable[[], Answer]


@dataclass(slots=True)
class Desk:
    """The clerk: reads a request, refuses it or says what is to be done."""

    world: World
    book: Book = field(default_factory=Book)
    conditions: Conditions = field(default_factory=Conditions)

    def prepare(self, asking: Asking) -> Task:
        """Turn a request into a task; raise ``Refused`` when it makes no sense."""
        prepare = {
            "create_proposal": self._prepare_creation,
            "simulate_proposal": self._prepare_simulation,
            "update_proposal": self._prepare_move,
            "read_proposal": self._prepare_reading,
            "find_proposals": self._prepare_search,
            "read_document_url": self._prepare_document,
            "list_participants": _prepare_list,
            "test": _prepare_echo,
        }[asking.operation]
        return prepare(asking)

    def body_of(self, proposal: Proposal, base_url: str) -> Body:
        """The proposal as this vendor shows it today."""
        body = proposal_body(proposal, base_url=base_url)
        for kind in proposal.bends:
            LASTING[kind](body)
        return body

    def _prepare_creation(self, asking: Asking) -> Task:
        raw = _json(asking.body)
        request = _shaped(raw, ProposalRequest)
        offers = self._offers(request)
        fields = {
            "contract_number": request.portability_credit_operation.contract_number,
            "cpf": request.borrower.individual_document_number,
            "ispb": request.origin_contract.ispb,
            "origin_contract_number": request.origin_contract.contract_number,
        }

        def create() -> Answer:
            earlier = self.book.of_contract(fields["contract_number"])
            if earlier and self.conditions.duplicates != "dup_accept":
                return self._meet_duplicate(earlier[-1], asking)
            proposal = self._create(request, raw["borrower"], offers)
            self._record("proposal_created", proposal, asking)
            return Answer(201, self.body_of(proposal, asking.base_url))

        return Task(fields, create)

    def _create(
        self, request: ProposalRequest, borrower: Body, offers: tuple[Offer, Offer | None]
    ) -> Proposal:
        ported, refinanced = offers
        proposal = Proposal(
            request=request,
            borrower=borrower,
            portability=Operation(ported),
            refinancing=Operation(refinanced) if refinanced else None,
            number=self.book.next_number(),
            created_at=self.world.clock.now(),
        )
        self.book.add(proposal)
        return proposal

    def _meet_duplicate(self, earlier: Proposal, asking: Asking) -> Answer:
        match self.conditions.duplicates:
            case "dup_409":
                return EXISTS_409.answer()
            case "dup_400":
                return EXISTS_400.answer()
            case _:
                return Answer(200, self.body_of(earlier, asking.base_url))

    def _prepare_simulation(self, asking: Asking) -> Task:
        request = _shaped(_json(asking.body), SimulationRequest)
        fields = {"contract_number": request.portability_credit_operation.contract_number}
        offers = self._offers(request)
        return Task(fields, lambda: Answer(201, simulation_body(*offers)))

    def _offers(self, request: ProposalRequest | SimulationRequest) -> tuple[Offer, Offer | None]:
        at = self.world.clock.now()
        balance = cents(request.origin_contract.last_due_balance)
        ported = offer_portability(request.portability_credit_operation.financial, balance, at=at)
        refinancing = request.refinancing_credit_operation
        if refinancing is None:
            return ported, None
        return ported, offer_refinancing(refinancing.financial, ported, at=at)

    def _prepare_reading(self, asking: Asking) -> Task:
        proposal = self._found(asking.key)
        return Task(_fields(proposal), lambda: Answer(200, self.body_of(proposal, asking.base_url)))

    def _prepare_search(self, asking: Asking) -> Task:
        # Assumed: no public page shows a search by contract number for proposals.
        wanted = parse_qs(asking.query).get("contract_number", [""])[0]
        if not wanted or not self.conditions.query_by_contract_number:
            raise Refused(UNKNOWN_OPERATION, "No search by contract number here.")

        def search() -> Answer:
            found = self.book.of_contract(wanted)
            return Answer(200, [self.body_of(proposal, asking.base_url) for proposal in found])

        return Task({"contract_number": wanted}, search)

    def _prepare_move(self, asking: Asking) -> Task:
        proposal = self._found(asking.key)
        status = _shaped(_json(asking.body), StatusPatch).status

        def move() -> Answer:
            if not proposal.may_move_to(status):
                sentence = f"A proposal that is {proposal.status} cannot become {status}."
                return ILLEGAL_MOVE.answer(sentence)
            proposal.move_to(status)
            self._record(f"proposal_{status}", proposal, asking)
            return Answer(200, self.body_of(proposal, asking.base_url))

        return Task({**_fields(proposal), "status": status}, move)

    def _prepare_document(self, asking: Asking) -> Task:
        proposal = self.book.find_by_document(asking.key)
        if proposal is None:
            raise Refused(UNKNOWN_DOCUMENT)

        def show() -> Answer:
            expires = self.world.clock.now() + DOCUMENT_LIFE
            stamp = f"?expires={int(expires.timestamp())}"
            body = {
                "document_url": f"{asking.base_url}/files/{asking.key}.pdf{stamp}",
                "signed_document_url": None,
                "expiration_datetime": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            return Answer(200, body)

        return Task({**_fields(proposal), "document_key": asking.key}, show)

    def _found(self, key: str) -> Proposal:
        proposal = self.book.find(key)
        if proposal is None:
            raise Refused(UNKNOWN_OPERATION)
        return proposal

    def _record(self, effect: str, proposal: Proposal, asking: Asking) -> None:
        origin = proposal.request.origin_contract
        self.world.record(
            effect,
            subject=proposal.contract_number,
            request_id=asking.request_id,
            data={
                "proposal_key": proposal.key,
                "proposal_status": proposal.status,
                "cpf": proposal.request.borrower.individual_document_number,
                "ispb": origin.ispb,
                "origin_contract_number": origin.contract_number,
            },
        )


def _prepare_list(_: Asking) -> Task:
    return Task({}, lambda: Answer(200, PARTICIPANTS))


def _prepare_echo(asking: Asking) -> Task:
    echo = {"success": True, "received": asking.body.decode("utf-8", "replace")}
    return Task({}, lambda: Answer(200, echo))


def _fields(proposal: Proposal) -> dict[str, str]:
    return {
        "contract_number": proposal.contract_number,
        "proposal_key": proposal.key,
        "cpf": proposal.request.borrower.individual_document_number,
        "ispb": proposal.request.origin_contract.ispb,
    }


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as broken:
        raise Refused(NOT_JSON) from broken


def _shaped(raw: object, shape: type[T]) -> T:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as wrong:
        raise Refused(SCHEMA, f"Schema validation failed: {wrong}") from wrong
