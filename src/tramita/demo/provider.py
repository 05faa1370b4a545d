"""What QI Tech's ledger says of proposals."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tramita.demo.vendor import Vendor

# A proposal that ended without money; one that was paid stands.
_ENDS = frozenset(
    f"proposal_{end}" for end in ("canceled", "canceled_permanently", "rejected", "retained")
)


@dataclass(frozen=True, slots=True)
class Proposals:
    """How many proposals of a contract QI Tech has made, and how many of them live."""

    created: int
    alive: int


async def count_proposals(qitech: Vendor) -> Mapping[str, Proposals]:
    """What really took effect, by contract number."""
    created: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for row in await qitech.ledger():
        created[row["subject"]] += row["effect"] == "proposal_created"
        ended[row["subject"]] += row["effect"] in _ENDS
    return {number: Proposals(count, count - ended[number]) for number, count in created.items()}
