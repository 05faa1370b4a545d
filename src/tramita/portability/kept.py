"""How long what a lender said about a proposal is kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.database.conditions import one_of
from tramita.kit.kept import Kept
from tramita.portability.lifecycle import PORTABILITY
from tramita.portability.settings import PortabilitySettings

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="provider events",
        table="proposal_events",
        what="each thing that a lender said about a proposal, and what became of it",
        stays="the contract and its history; what was said about one that is not over",
        age="received_at",
        settings=PortabilitySettings,
        days="keep_events_days",
        where="NOT EXISTS (SELECT FROM envelope_contracts AS c "
        f"WHERE c.id = t.contract_id AND NOT {one_of('c.portability_status', PORTABILITY.final)})",
    ),
)
