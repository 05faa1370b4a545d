"""How long previews of numbers are kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept
from tramita.kit.operations.lifecycle import LIVE
from tramita.numbering.settings import NumberingSettings

_LIVE: Final = ", ".join(f"'{state.value}'" for state in sorted(LIVE))
_IN_USE: Final = f"""
    EXISTS (SELECT FROM phone_number AS n WHERE n.pre_reservation_id = t.id)
    OR EXISTS (SELECT FROM operations AS o WHERE o.subject_id = t.id AND o.state IN ({_LIVE}))
"""  # noqa: S608 - texts of ours

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="previews",
        table="pre_reservation",
        what="numbers that were shown, and what was asked of the provider for it",
        stays="that of which a number was reserved; what is not settled with the provider",
        age="hold_until",
        settings=NumberingSettings,
        days="keep_previews_days",
        where=f"NOT ({_IN_USE})",
        also=[
            "DELETE FROM history WHERE subject = 'operations' AND subject_id IN "
            "(SELECT o.id FROM operations AS o JOIN gone ON gone.id = o.subject_id)",
            "DELETE FROM operations WHERE subject_id IN (SELECT id FROM gone)",
        ],
    ),
)
