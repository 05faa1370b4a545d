"""QI Tech's answers about proposals, field by field as public and client code show them.

Units as found: monthly and annual rates are fractions, ``cet`` and
``annual_cet`` percent; the benefit number comes back as an integer and so loses
its leading zeros; ``origin_contract.ispb`` comes back as
``origin_operation.ispb_number``.
"""

from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from typing import Any

from tramita.providers.qitech.simulator.offers import BRASILIA, Offer
from tramita.providers.qitech.simulator.price import due_days
from tramita.providers.qitech.simulator.proposals import Operation, Proposal

Body = dict[str, Any]


def proposal_body(proposal: Proposal, *, base_url: str) -> Body:
    """The whole proposal as it stands; ``base_url`` starts the addresses in it."""
    request = proposal.request
    ported = proposal.portability.offer
    body: Body = {
        "proposal_key": proposal.key,
        "proposal_number": proposal.number,
        "proposal_status": proposal.status,
        "proposal_status_datetime": _stamp(proposal.status_at),
        "proposal_type": request.proposal_type,
        "borrower": {
            **proposal.borrower,
            "related_party_key": proposal.related_party_key,
            "role_type": "issuer",
        },
        "collaterals": [_collateral(collateral) for collateral in request.collaterals],
        "origin_operation": {
            "contract_number": request.origin_contract.contract_number,
            "ispb_number": request.origin_contract.ispb,
            "last_due_balance": float(request.origin_contract.last_due_balance),
        },
        "portability_credit_operation": {
            **_operation(proposal.portability, base_url=base_url, released=0),
            "contract_number": proposal.contract_number,
        },
    }
    if proposal.refinancing is not None:
        change = proposal.refinancing.offer.principal - ported.principal
        body["refinancing_credit_operation"] = {
            **_operation(proposal.refinancing, base_url=base_url, released=change),
            "contract_number": f"{proposal.contract_number}-R",
            "reservation_status": proposal.refinancing.reservation_status,
        }
    if proposal.group_key is None:
        body["signature_information"] = [_signer(proposal, base_url)]
    else:
        body["document_batch_group_key"] = proposal.group_key
    return body | _known(proposal)


def collateral_body(proposal: Proposal, operation: Operation) -> Body:
    """The registration of a margin, like the ``data`` of its webhook."""
    answered_at = operation.collateral_at
    return {
        "credit_operation_type": "portability"
        if operation is proposal.portability
        else "refinancing",
        "credit_operation_key": operation.key,
        "collateral_type": proposal.request.collaterals[0].get("collateral_type"),
        "collateral_constituted": operation.collateral_is_constituted,
        "collateral_data": {
            "status": "reserved" if operation.collateral_is_constituted else "pending_reservation",
            "reservation_method": "new_reservation",
            "last_response": {
                "errors": [{"enumerator": error} for error in operation.collateral_errors]
            },
            "last_response_event_datetime": answered_at and _stamp(answered_at),
        },
    }


def operation_body(proposal: Proposal, operation: Operation, *, base_url: str) -> Body:
    """One credit operation by itself."""
    body = _operation(operation, base_url=base_url, released=0)
    return {"proposal_key": proposal.key, **body}


def _known(proposal: Proposal) -> Body:
    """What became known after the answer; that readings show it, and how, is assumed."""
    known: Body = dict(proposal.facts)
    if proposal.portability_number is not None:
        known["portability_number"] = proposal.portability_number
    asked = proposal.authorization
    if asked is not None:
        known["authorization"] = {
            "portability_authorization_key": asked.key,
            "portability_authorization_status": asked.status,
            "portability_number": asked.portability_number,
            "requested_at": _stamp(asked.requested_at),
            "expiration_date": asked.expires_at.astimezone(BRASILIA).date().isoformat(),
            "confirmation_date": _stamp(asked.settled_at)
            if asked.settled_at and asked.status == "confirmed"
            else None,
        }
    return known


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def simulation_body(ported: Offer, refinanced: Offer | None) -> Body:
    """The answer to a simulation: amounts only, nobody's name."""
    body: Body = {
        "portability_credit_operation": {
            "final_disbursement_amount": 0.0,
            "disbursement_options": [disbursement_option(ported)],
        }
    }
    if refinanced is not None:
        body["refinancing_credit_operation"] = {
            "final_disbursement_amount": (refinanced.principal - ported.principal) / 100,
            "disbursement_options": [disbursement_option(refinanced)],
        }
    return body


def disbursement_option(offer: Offer) -> Body:
    """One calculated loan with its schedule. No tax and no fee is charged on a portability."""
    rates = _rates(offer.rate)
    return {
        "annual_cet": rates["annual_cet"],
        "cet": rates["cet"],
        "total_iof": 0.0,
        "issue_amount": offer.principal / 100,
        "disbursed_issue_amount": offer.principal / 100,
        "disbursement_date": offer.disbursed_on.isoformat(),
        "number_of_installments": offer.count,
        "contract_fee_amount": 0.0,
        "contract_fees": [],
        "external_contract_fee_amount": 0.0,
        "external_contract_fees": [],
        "prefixed_interest_rate": {
            "annual_rate": rates["annual_rate"],
            "monthly_rate": offer.rate,
            "daily_rate": rates["daily_rate"],
            "interest_base": "calendar_days",
        },
        "installments": _installments(offer),
    }


def _installments(offer: Offer) -> list[Body]:
    days = due_days(offer.disbursed_on, offer.first_due_date, offer.count)
    return [
        {
            "installment_number": number,
            "due_date": day.due_date,
            "business_due_date": day.business_due_date,
            "calendar_days": day.calendar_days,
            "workdays": day.workdays,
            "due_principal": line.balance / 100,
            "principal_amortization_amount": line.principal / 100,
            "pre_fixed_amount": line.interest / 100,
            "total_amount": line.total / 100,
        }
        for number, (line, day) in enumerate(zip(offer.lines, days, strict=True), start=1)
    ]


@lru_cache(maxsize=256)
def _rates(rate: float) -> dict[str, float]:
    """Everything that follows from the monthly fraction. CET is percent, rounded up."""
    annual = (1 + rate) ** 12 - 1
    return {
        "annual_rate": round(annual, 8),
        "daily_rate": round((1 + rate) ** (1 / 30) - 1, 10),
        "cet": ceil(round(rate * 1e6, 3)) / 1e4,
        "annual_cet": ceil(round(annual * 1e6, 3)) / 1e4,
    }


def _collateral(collateral: Body) -> Body:
    found = collateral.get("collateral_data")
    if not isinstance(found, dict):
        return collateral
    number = str(found.get("benefit_number", ""))
    if not number.isdecimal():
        return collateral
    return {**collateral, "collateral_data": {**found, "benefit_number": int(number)}}


def _operation(operation: Operation, *, base_url: str, released: int) -> Body:
    return {
        "credit_operation_key": operation.key,
        "credit_operation_status": operation.status,
        "collateral_is_constituted": operation.collateral_is_constituted,
        "document_key": operation.document_key,
        "document_url": f"{base_url}/files/{operation.document_key}.pdf",
        "signed_url": None,
        "disbursement_accounts": [],
        "final_disbursement_amount": released / 100,
        "disbursement_options": [disbursement_option(operation.offer)],
    }


def _signer(proposal: Proposal, base_url: str) -> Body:
    return {
        "name": proposal.request.borrower.name,
        "document_number": proposal.request.borrower.individual_document_number,
        "signature_url": f"{base_url}/sign/{proposal.key}",
    }


def with_strings(value: Any) -> Any:
    """Every number as text, as one version of QI Tech's pages shows them."""
    if isinstance(value, dict):
        return {name: with_strings(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_strings(inner) for inner in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(value)
