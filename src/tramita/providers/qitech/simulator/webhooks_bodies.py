"""Bodies of QI Tech's webhooks, as the public pages and client code show them.

Date-times are spelled differently from type to type, as found; those without a
zone are UTC here, which is assumed. Which of the four spellings belongs to which
type is assumed too, and so is what is said to be so where it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tramita.providers.qitech.simulator.bodies import with_strings
from tramita.providers.qitech.simulator.inquiries import BalanceQuery
from tramita.providers.qitech.simulator.proposals import Authorization, Operation, Proposal

Body = dict[str, Any]

CONFIRMATION_LIFE = timedelta(days=5)  # Public: calendar days.
_KEYS = frozenset({"key", "proposal_key", "portability_authorization_key", "credit_operation_key"})


def plain(at: datetime) -> str:
    """``2022-11-24T15:42:12``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def spaced(at: datetime) -> str:
    """``2026-05-19 06:15:00``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def zoned(at: datetime) -> str:
    """``2025-10-10T19:45:39Z``."""
    return f"{plain(at)}Z"


def precise(at: datetime) -> str:
    """``2021-10-22T20:30:23.459Z``."""
    utc = at.astimezone(UTC)
    return f"{plain(at)}.{utc.microsecond // 1000:03d}Z"


def of_proposal(proposal: Proposal, data: Mapping[str, object]) -> Body:
    """The proposal has a new status."""
    return {
        "webhook_type": "credit_transfer.proposal",
        "proposal_key": proposal.key,
        "proposal_status": proposal.status,
        "event_datetime": plain(proposal.status_at),
        "data": dict(data),
    }


def of_collateral(
    proposal: Proposal, operation: Operation, errors: Sequence[str], *, at: datetime
) -> Body:
    """A margin is registered, or is not; the status of a registered one is assumed."""
    return {
        "webhook_type": "credit_transfer.proposal.collateral",
        "proposal_key": proposal.key,
        "event_datetime": precise(at),
        "data": {
            **_operation(proposal, operation),
            "collateral_type": "social_security",
            "collateral_constituted": not errors,
            "collateral_data": {
                "status": "pending_reservation" if errors else "reserved",
                "reservation_method": "portability",
                "last_response": {"errors": [{"enumerator": error} for error in errors]},
                "last_response_event_datetime": spaced(at),
            },
        },
    }


def of_credit_operation(proposal: Proposal, operation: Operation, *, at: datetime) -> Body:
    """A refinancing was paid out or canceled."""
    return {
        "webhook_type": "credit_transfer.proposal.credit_operation",
        "proposal_key": proposal.key,
        "event_datetime": zoned(at),
        "data": {
            **_operation(proposal, operation),
            "credit_operation_status": operation.status,
        },
    }


def of_authorization(proposal: Proposal, asked: Authorization) -> Body:
    """The beneficiary's consent moved."""
    confirmed = asked.settled_at if asked.status == "confirmed" else None
    return {
        "webhook_type": "credit_transfer.portability_authorization",
        "portability_authorization_key": asked.key,
        "proposal_key": proposal.key,
        "portability_authorization_status": asked.status,
        "event_datetime": spaced(asked.settled_at or asked.requested_at),
        "data": {
            "portability_number": asked.portability_number,
            "requested_at": spaced(asked.requested_at),
            "expiration_date": asked.expires_at.date().isoformat(),
            "confirmation_date": spaced(confirmed) if confirmed else None,
        },
    }


def of_reservation(operation: Operation, status: str, *, at: datetime, since: datetime) -> Body:
    """The consent to a refinancing's margin; that ``key`` is the operation's is assumed."""
    return {
        "webhook_type": "laas.social_security.reservation.status_change",
        "key": operation.key,
        "status": status,
        "event_datetime": zoned(at),
        "data": {"confirmation_deadline": zoned(since + CONFIRMATION_LIFE)},
    }


def of_signer(proposal: Proposal, kind: str, *, at: datetime) -> Body:
    """A signer came a step further; names beyond ``data.type`` are assumed."""
    return {
        "webhook_type": "document.signer.status_change",
        "key": proposal.key,
        "status": "on_signature",
        "event_datetime": precise(at),
        "data": {
            "type": kind,
            "document_key": proposal.portability.document_key,
            "signer": {
                "name": proposal.request.borrower.name,
                "document_number": proposal.cpf,
            },
        },
    }


def of_balance(query: BalanceQuery, *, at: datetime) -> Body:
    """What INSS says of a beneficiary's margins; the type's name is assumed."""
    return {
        "webhook_type": "laas.social_security.balance_request.status_change",
        "key": query.key,
        "status": query.status,
        "event_datetime": zoned(at),
        "data": dict(query.result),
    }


def _attack(at: datetime) -> Body:
    """Somebody attacks a contract that we hold: not our business."""
    return {
        "webhook_type": "credit_transfer.received_portability",
        "key": str(uuid4()),
        "status": "pending_answer",
        "event_datetime": plain(at),
        "data": {
            "portability_number": f"{at:%Y%m%d}6070119000042",
            "due_balance": "20.27",
            "retention_limit_date": (at + timedelta(days=6)).date().isoformat(),
            "due_balance_limit_date": (at + timedelta(days=8)).date().isoformat(),
        },
    }


def _new_credit(at: datetime) -> Body:
    """A new credit of somebody else was canceled."""
    return {
        "webhook_type": "debt",
        "key": str(uuid4()),
        "status": "canceled",
        "event_datetime": precise(at),
        "data": {"cancel_reason": "social_security_confirmation_denied_by_beneficiary"},
    }


def _credit_margin(at: datetime) -> Body:
    """The margin of a new credit of somebody else."""
    return {
        "webhook_type": "credit_operation.collateral",
        "key": str(uuid4()),
        "status": "constituted",
        "event_datetime": zoned(at),
        "data": {"collateral_type": "social_security", "collateral_constituted": True},
    }


# What QI Tech tells every client of, whether it concerns a portability of theirs or not.
FOREIGN: Mapping[str, Callable[[datetime], Body]] = {
    "credit_transfer.received_portability": _attack,
    "debt": _new_credit,
    "credit_operation.collateral": _credit_margin,
}


def dressed(body: Body, profile: str) -> Body:
    """The same in the manner of a profile."""
    match profile:
        case "string_numbers":
            told: Body = with_strings(body)
            return told
        case "extra_fields":
            data = {**body["data"], "partner_metadata": {"version": 3, "tags": ["novo", None]}}
            return {**body, "data": data, "webhook_version": "2026-11", "links": []}
        case "wrapped":
            key = body.get("proposal_key") or body.get("key")
            return {"webhook": {"key": key, "data": body}}
        case _:
            return body


def of_nobody(body: Body) -> Body:
    """The same about things that nobody has ever heard of."""
    strange = {name: str(uuid4()) if name in _KEYS else value for name, value in body.items()}
    if isinstance(body.get("data"), dict):
        strange["data"] = of_nobody(body["data"])
    return strange


def _operation(proposal: Proposal, operation: Operation) -> Body:
    """Which loan of a proposal; the two names are assumed."""
    is_ported = operation is proposal.portability
    return {
        "credit_operation_type": "portability" if is_ported else "refinancing",
        "credit_operation_key": operation.key,
    }
