"""The beneficiary's margins, and the sandbox's own way to move a proposal."""

from datetime import datetime, timedelta

from tramita.providers.qitech.simulator import people
from tramita.providers.qitech.simulator.envelopes import (
    BENEFIT_ERROR,
    ILLEGAL_MOVE,
    NOT_IN_TEST_SET,
    SCHEMA,
)
from tramita.providers.qitech.simulator.inquiries import BalanceQuery
from tramita.providers.qitech.simulator.lifecycle import Impossible
from tramita.providers.qitech.simulator.office import (
    Office,
    fields_of,
    json_of,
    shaped,
    task,
)
from tramita.providers.qitech.simulator.requests import BalanceQuestion, MockEvent
from tramita.simulation.calls import Answer
from tramita.simulation.front.asking import Asking, Refused, Task

# Public: what the sandbox answers by the first digit of the CPF; the names are assumed.
_MARGINS = {
    "1": {"available_margin": 431.3},
    "4": {"available_margin": 431.3},
    "3": {"available_card_margin": 75.90},
    "8": {"available_card_margin": 0.0},
}
_DELAY = (1.0, 5.0)  # Seconds; assumed.

# The first two names are public, the others assumed.
MOCK_EVENTS = {
    "proposal_creation_accepted": ("ctc", "accept"),
    "proposal_creation_refused": ("ctc", "refuse"),
    "due_balance_sent": ("origin_bank", "send_balance"),
    "retained": ("origin_bank", "retain"),
    "settled": ("origin_bank", "confirm_settlement"),
}


def ask_balance(office: Office, asking: Asking) -> Task:
    """``POST /social_security/balance_request``: a key now, the result by webhook."""
    order = shaped(json_of(asking.body), BalanceQuestion)
    digit = order.document_number[0]
    if digit not in _MARGINS:
        error = BENEFIT_ERROR if digit == "2" else NOT_IN_TEST_SET
        # INSS refuses; the sandbox repeats the code in a list.
        raise Refused(error, errors=[{"code": error.code, "description": error.message}])

    def effect() -> Answer:
        now = office.world.clock.now()
        query = BalanceQuery(order.document_number, order.benefit_number)
        office.inquiries[query.key] = query
        _record(office, query, at=now, request_id=asking.request_id)

        def answer(at: datetime) -> None:
            query.status, query.result = "finished", _MARGINS[digit]
            _record(office, query, at=at)
            office.life.notices.balance(query)

        seconds = office.world.random.uniform(*_DELAY)
        office.agenda.plan((query.key, "balance"), now + timedelta(seconds=seconds), answer)
        return Answer(200, {"balance_request_key": query.key, "status": query.status})

    return task({"cpf": order.document_number}, effect)


def mock_ctc(office: Office, asking: Asking) -> Task:
    """``POST /mock/credit_transfer/ctc``: moves the clearing house and the origin bank."""
    order = shaped(json_of(asking.body), MockEvent)
    proposal = office.found(order.proposal_key)
    deed = MOCK_EVENTS.get(order.event_type)
    if deed is None:
        raise Refused(SCHEMA, f"event_type is one of {', '.join(MOCK_EVENTS)}")

    def effect() -> Answer:
        try:
            people.do(office.life, proposal, people.Order(*deed), at=office.world.clock.now())
        except Impossible as impossible:
            raise Refused(ILLEGAL_MOVE, f"{impossible}.") from impossible
        body = {"proposal_key": proposal.key, "proposal_status": proposal.status}
        return Answer(200, body)

    return task({**fields_of(proposal), "event_type": order.event_type}, effect)


def _record(office: Office, query: BalanceQuery, *, at: datetime, request_id: str = "") -> None:
    office.world.ledger.record(
        f"balance_{query.status}",
        subject=query.key,
        request_id=request_id,
        at=at,
        data={"cpf": query.document_number, **query.result},
    )
