"""What SMT's plugin knows of a contract, and what it shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from tramita.backends.smt.wire import WireStatus
from tramita.contracts.model import Contract


class ServiceStatus(StrEnum):
    """How far SMT has come with a contract's service."""

    REQUESTED = "requested"
    SUBSCRIBED = "subscribed"
    ACTIVATING = "activating"
    ACTIVE = "active"
    FAILED = "failed"
    REMOVED = "removed"


STATUS_OF_WIRE: Mapping[WireStatus, ServiceStatus] = {
    "created": ServiceStatus.SUBSCRIBED,
    "activating": ServiceStatus.ACTIVATING,
    "active": ServiceStatus.ACTIVE,
    "failed": ServiceStatus.FAILED,
    "removed": ServiceStatus.REMOVED,
}


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What SMT is to do something about: one of our contracts."""

    contract_id: UUID
    name: str
    is_active: bool
    subscriber_id: str | None


@dataclass(frozen=True, slots=True)
class News:
    """What SMT said about a subscriber."""

    status: ServiceStatus
    subscriber_id: str | None = None
    reason: str | None = None


def get_model_repr(contract: Contract) -> dict[str, Any]:
    """The representation: who we are, which contract, and what SMT said of it so far."""
    return {"name": contract.backend, "contract": contract.name} | contract.backend_record
