"""What QI Tech asks INSS for a partner: the margins of a beneficiary.

The CPF's first digit decides the answer, as in QI Tech's public sandbox; the
names inside ``result`` are assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4


@dataclass(slots=True)
class BalanceQuery:
    """One question for the margins; ``status`` is pending_search, then finished or failed."""

    document_number: str
    benefit_number: str
    status: str = "pending_search"
    result: Mapping[str, object] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid4()))
