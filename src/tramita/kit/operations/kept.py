"""How long the journal of what was said to providers is kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept
from tramita.kit.operations.lifecycle import LIVE
from tramita.kit.operations.standing import in_states

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="exchanges",
        table="exchanges",
        what="requests to providers and their answers, masked",
        stays="the operation, its history and its outcome; what belongs to one that is not finished",
        age="started_at",
        days="exchanges_days",
        where="NOT EXISTS (SELECT FROM operations AS o "
        f"WHERE o.id = t.operation_id AND {in_states('o', *LIVE)})",
    ),
)
