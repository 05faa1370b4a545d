"""What the core brings to every process; what it serves is in ``routes``."""

from typing import Final

from tramita.contracts.people import PEOPLE
from tramita.contracts.reference import render_signals
from tramita.contracts.settings import ContractSettings
from tramita.kit.area import Area

AREA: Final = Area(
    key="contracts",
    settings={"Contracts": ContractSettings},
    people=PEOPLE,
    reference={"signals.md": render_signals},
)
