"""What the clearing house and the origin bank say of a portability, and why they refuse.

Codes and reasons are public where the field notes have them; texts and the draw
of the balance are assumed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from tramita.providers.qitech.simulator.offers import BRASILIA, cents
from tramita.providers.qitech.simulator.price import months_later, uniform_installment
from tramita.providers.qitech.simulator.proposals import Proposal

# Public, the last code excepted.
REJECTIONS: Mapping[str, str] = {
    "portability_in_progress": "ECTC0023",
    "portability_finished": "ECTC0028",
    "portability_in_expiration_progress": "ECTC0031",
}

RETENTIONS = (
    "issuer_retention",
    "different_from_original",
    "issuer_lawsuit",
    "insurance_in_progress",
    "collateral_in_execution",
    "contract_not_found",
    "invalid_contract_type",
    "portability_in_progress",
    "assigned_contract",
    "issuer_document_number_invalid",
    "unrelated_issuer_document_number",
    "assigned_without_co_obligation",
    "fgts_in_use",
    "fgts_funding",
    "portability_not_requested",
    "wrong_original_financial_institution",
)

ORIGIN_RATE = 0.0221  # The monthly fraction of the sample in client code.
PAID_BEFORE = 12  # Instalments the client has paid at the origin bank.


def rejection(reason: str) -> dict[str, object]:
    """``data`` of a rejected proposal; raises ``KeyError`` for a reason nobody gives."""
    return {"error": {"code": REJECTIONS[reason], "reason": reason}}


def retention(reason: str) -> dict[str, object]:
    """``data`` of a retained proposal."""
    description = reason.replace("_", " ").capitalize()
    return {"retained_reason": {"reason": reason, "description": description}}


def portability_number(proposal: Proposal, *, at: datetime) -> str:
    """The CTC's number of a portability: 21 digits, day, origin bank and a running number."""
    day = at.astimezone(BRASILIA)
    ispb = proposal.request.origin_contract.ispb
    return f"{day:%Y%m%d}{ispb}{int(proposal.number) % 100_000:05d}"


def drawn_balance(proposal: Proposal, *, random: Random) -> int:
    """A balance near the expected one, in cents: 70 % within 0.5 %, 20 % within 3 %, 10 % beyond."""
    draw = random.random()
    low, high = (0.0, 0.005) if draw < 0.7 else (0.005, 0.03) if draw < 0.9 else (0.03, 0.1)
    change = random.uniform(low, high) * random.choice((-1, 1))
    return round(cents(proposal.request.origin_contract.last_due_balance) * (1 + change))


def balance(proposal: Proposal, amount: int) -> dict[str, object]:
    """``data`` of an accepted proposal; interest and CET are percent a month, as found."""
    offer = proposal.portability.offer
    origin = proposal.request.origin_contract
    count = offer.count
    first = months_later(offer.first_due_date, -PAID_BEFORE)
    last = months_later(offer.first_due_date, count - 1)
    face = uniform_installment(amount, ORIGIN_RATE, count)
    return {
        "final_due_balance": amount / 100,
        "portability_number": proposal.portability_number,
        "original_contract": {
            "origin_contract_number": origin.contract_number,
            "origin_ispb_number": origin.ispb,
            "origin_operation_type": "0202",
            "contract_date": months_later(first, -1).isoformat(),
            "first_due_date": first.isoformat(),
            "last_due_date": last.isoformat(),
            "final_due_date": last.isoformat(),
            "installment_number": count + PAID_BEFORE,
            "opened_installment_number": count,
            "overdue_installment_number": 0,
            "installment_face_value": face / 100,
            "interest": ORIGIN_RATE * 100,
            "effective_interest": ORIGIN_RATE * 100,
            "cet": round(ORIGIN_RATE * 100 + 0.0306, 4),
            "total_iof": 6.84,
            "final_due_balance": amount / 100,
            "amortization_type": None,
            "corban_document_number": None,
        },
    }


def receipt(proposal: Proposal, *, at: datetime) -> dict[str, object]:
    """``data`` of a settlement that was sent: the TED to the origin bank."""
    origin = proposal.request.origin_contract
    return {
        "receipt": {
            "amount": proposal.facts.get("final_due_balance"),
            "timestamp": (at - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "transaction_key": str(uuid4()),
            "origin": {"ispb": "32402502", "name": "QI Sociedade de Crédito Direto (simulada)"},
            "destination": {
                "ispb": origin.ispb,
                "purpose": "portability",
                "portability_number": proposal.portability_number,
            },
        }
    }
