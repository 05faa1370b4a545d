"""QI Tech's control plane, as tests order the outside world about."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tramita.testing.control import VendorControl


@dataclass
class QITechControl(VendorControl):
    """QI Tech's, with questions about its proposals."""

    key: str = "qitech"

    async def fail(
        self, kind: str, *, operation: str | None = "create_proposal", **fault: Any
    ) -> int:
        """As of any vendor; proposals fail unless another operation is named."""
        return await super().fail(kind, operation=operation, **fault)

    async def ledger(self, effect: str = "proposal_created") -> list[dict[str, Any]]:
        """What really took effect at the provider."""
        return await super().ledger(effect)

    async def created(self) -> Counter[str]:
        """How many proposals were created, by contract number."""
        return Counter(row["subject"] for row in await self.ledger())

    async def asked(self, contract_number: str) -> int:
        """How often a proposal of this contract was asked for, with or without effect."""
        asked = (await self._get("journal?limit=10000"))["items"]
        return sum(
            one["operation"] == "create_proposal"
            and one["fields"].get("contract_number") == contract_number
            for one in asked
        )
