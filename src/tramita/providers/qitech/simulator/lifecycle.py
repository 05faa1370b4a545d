"""The life of a proposal after its answer: one table of status, event, next status.

Statuses are public or seen in client code. The order of the last four is
inferred from their names, and every event's name is ours.
"""

from collections.abc import Mapping

LIFE: Mapping[str, Mapping[str, str]] = {
    "created": {
        "sign": "pending_response",
        "sign_for_submission": "pending_submission",
        "decline": "canceled",
        "cancel": "canceled",
        "discard": "canceled_permanently",
    },
    "pending_submission": {
        "submit": "pending_response",
        "cancel": "canceled",
        "discard": "canceled_permanently",
    },
    "pending_response": {
        "ctc_accept": "pending_acceptance",
        "ctc_refuse": "rejected",
        "cancel": "canceled",
    },
    "pending_acceptance": {
        "send_balance": "accepted",
        "retain": "retained",
        "lapse": "canceled",
        "lose_consent": "canceled",
        "cancel": "canceled",
    },
    "accepted": {
        "take": "accepted_by_requester",
        "close_day": "canceled",
        "lose_consent": "canceled",
        "cancel": "canceled",
    },
    "accepted_by_requester": {
        "pay": "settlement_sent",
        "lose_consent": "canceled",
    },
    "settlement_sent": {
        "deliver": "pending_settlement_confirmation",
    },
    "pending_settlement_confirmation": {
        "confirm": "paid",
    },
}

# No event leads out of these; a paid proposal still has its margin to register.
FINAL = frozenset({"rejected", "retained", "canceled", "canceled_permanently", "paid"})
BAD_ENDS = FINAL - {"paid"}
CANCELED = frozenset({"canceled", "canceled_permanently"})

# What a partner's PATCH of ``status`` means.
PATCHES: Mapping[str, str] = {
    "pending_response": "submit",
    "accepted_by_requester": "take",
    "canceled": "cancel",
}

# What becomes of the credit operations with their proposal. Names are from
# client code, when they come is assumed.
OPERATION_STATUS: Mapping[str, str] = {
    "rejected": "canceled",
    "retained": "canceled",
    "canceled": "canceled",
    "canceled_permanently": "canceled_permanently",
}


class Impossible(Exception):
    """Nothing like this can happen to a proposal of its status."""

    def __init__(self, status: str, event: str) -> None:
        super().__init__(f"{event} cannot happen to a proposal that is {status}")
        self.status = status
        self.event = event


def next_status(status: str, event: str) -> str | None:
    """Where ``event`` leads a proposal of ``status``; None where it cannot happen."""
    return LIFE.get(status, {}).get(event)
