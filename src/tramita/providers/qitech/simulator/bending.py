"""Answers of QI Tech that are wrong in a way a partner must notice.

Some are well formed and break one rule of the business; these stay with the
proposal, so that reading it again shows the same. The others break the format
of one answer only.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tramita.providers.qitech.simulator.bodies import Body, with_strings
from tramita.providers.qitech.simulator.proposals import Proposal
from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault
from tramita.simulation.front import bending
from tramita.simulation.kinds import Conduct, Step

PORTABILITY = "portability_credit_operation"
# A valid CPF of QI Tech's own documentation, and its spare.
OTHER_CPF, SPARE_CPF = "14950479032", "16514548091"
DEFAULT_PATH = f"{PORTABILITY}.disbursement_options"


def _swap_cpf(body: Body) -> None:
    borrower = body["borrower"]
    is_other = borrower["individual_document_number"] != OTHER_CPF
    borrower["individual_document_number"] = OTHER_CPF if is_other else SPARE_CPF


def _swap_contract(body: Body) -> None:
    body[PORTABILITY]["contract_number"] += "-X"


def _swap_origin(body: Body) -> None:
    body["origin_operation"]["contract_number"] += "9"


def _swap_benefit(body: Body) -> None:
    collateral = body["collaterals"][0]
    body["collaterals"] = [{**collateral, "collateral_data": {"benefit_number": 1, "state": "SP"}}]


def _spoil_schedule(body: Body) -> None:
    """The last instalment falls due on the day of the first, so the dates are not monthly."""
    lines = _option(body)["installments"]
    lines[-1]["due_date"] = lines[0]["due_date"]


def _give_change(body: Body) -> None:
    body[PORTABILITY]["final_disbursement_amount"] = 150.0


def _charge_fee(body: Body) -> None:
    _option(body)["contract_fee_amount"] = 50.0
    _option(body)["contract_fees"] = [{"fee_type": "tac", "fee_amount": 50.0}]


def _reject(body: Body) -> None:
    body["proposal_status"] = "rejected"


def _forget_document(body: Body) -> None:
    body[PORTABILITY]["document_key"] = body[PORTABILITY]["document_url"] = None


# Well formed, breaking one rule; every later reading shows it too.
LASTING: Mapping[str, Callable[[Body], None]] = {
    "mismatch_cpf": _swap_cpf,
    "mismatch_contract": _swap_contract,
    "mismatch_origin": _swap_origin,
    "mismatch_benefit": _swap_benefit,
    "bad_schedule": _spoil_schedule,
    "nonzero_change": _give_change,
    "client_fee": _charge_fee,
    "status_rejected": _reject,
    "missing_document": _forget_document,
}

# Wrong terms, calculated correctly: how much the rate and the principal grow.
REPRICED: Mapping[str, tuple[float, float]] = {
    "higher_rate": (0.002, 1.0),
    "higher_amount": (0.0, 1.02),
}

FORMAT_KINDS = (
    "missing_field",
    "wrong_type",
    "percent_rate",
    "string_numbers",
    "null_options",
    "accepted_202",
)

KINDS: Mapping[str, Conduct] = {
    **{kind: Conduct(Step.BEND) for kind in (*LASTING, *REPRICED, *FORMAT_KINDS)},
    "400_schema": Conduct(Step.REFUSE, status=400),
    "400_business": Conduct(Step.REFUSE, status=400),
    "401_clock": Conduct(Step.REFUSE, status=401),
    "404_key": Conduct(Step.REFUSE, status=404),
    "409_dup": Conduct(Step.REFUSE, status=409, after_effect=True),
    **{str(status): Conduct(Step.REFUSE, status=status) for status in (405, 406, 412, 422)},
    **{str(status): Conduct(Step.REFUSE, status=status) for status in (500, 502, 503)},
    "cancel_fails": Conduct(Step.REFUSE, status=500),
}


def reprice(proposal: Proposal, kind: str) -> None:
    """Give the portability worse terms than were asked for, with a correct schedule."""
    more_rate, growth = REPRICED[kind]
    offer = proposal.portability.offer
    rate, principal = round(offer.rate + more_rate, 8), round(offer.principal * growth)
    worse = replace(offer, rate=rate, principal=principal)
    proposal.portability.offer = worse.with_price_installment()


def bend_format(answer: Answer, body: Body, fault: Fault) -> Answer:
    """Break the format of one answer that shows a proposal, or the terms of a simulated one."""
    match fault.kind:
        case "percent_rate":
            _option(body)["prefixed_interest_rate"]["monthly_rate"] *= 100
        case "null_options":
            body[PORTABILITY]["disbursement_options"] = None
        case "accepted_202":
            body[PORTABILITY]["disbursement_options"] = []
            # A simulation has no proposal that could be accepted later.
            return replace(answer, status=202 if "proposal_key" in body else answer.status)
        case "string_numbers":
            return replace(answer, body=with_strings(body))
        case "missing_field" | "wrong_type":
            return bending.bend_format(answer, fault, usual=DEFAULT_PATH)
    return answer


def _option(body: Body) -> Body:
    option: Body = body[PORTABILITY]["disbursement_options"][0]
    return option
