"""Movements of money, or of none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tramita.providers.lyra.simulator.cards import Card, Token

Status = Literal["PAID", "UNPAID", "RUNNING"]


@dataclass(slots=True)
class Transaction:
    """One movement, or none: ``operation`` is DEBIT, CREDIT or VERIFICATION."""

    uuid: str
    operation: str
    amount: int
    currency: str
    status: Status
    detailed_status: str
    at: datetime
    order_id: str | None
    customer: str
    metadata: dict[str, Any] | None
    card: Card
    token: Token | None = None
    source: str = "NEW"
    code: str = ""
    parent: str | None = None

    @property
    def subject(self) -> str:
        """The shop's own name of what it is about."""
        named = (self.metadata or {}).get("installment_id")
        return str(named or self.order_id or self.customer)
