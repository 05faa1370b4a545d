"""What the core brings to every process; what it serves is in ``routes``."""

from typing import Final

from tramita.contracts.console.exporting import EXPORT
from tramita.contracts.finding import FINDER
from tramita.contracts.people import PEOPLE
from tramita.contracts.queries import facts_about
from tramita.contracts.reference import render_signals
from tramita.contracts.settings import ContractSettings
from tramita.kit.area import Area

AREA: Final = Area(
    key="contracts",
    jobs=[EXPORT],
    settings={"Contracts": ContractSettings},
    facts=facts_about,
    wholes=["SELECT id, 'contract' AS kind, id AS whole FROM contracts WHERE id = ANY($1::uuid[])"],
    finds=[FINDER],
    people=PEOPLE,
    reference={"signals.md": render_signals},
)
