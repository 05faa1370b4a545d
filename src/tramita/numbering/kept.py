"""How long previews of numbers are kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept
from tramita.kit.operations.lifecycle import LIVE
from tramita.kit.operations.standing import in_states
from tramita.numbering.settings import NumberingSettings

_OPEN: Final = f"""
    EXISTS (SELECT FROM operations AS o WHERE o.subject_id = t.id AND {in_states("o", *LIVE)})
"""
_HAS_NUMBER: Final = "EXISTS (SELECT FROM phone_number AS n WHERE n.pre_reservation_id = t.id)"

KEPT: Final[Sequence[Kept]] = (
    # They stay for as long as their numbers, and would be looked at each night otherwise.
    Kept(
        name="previews with a number",
        table="pre_reservation",
        what="numbers that were shown, one of which was reserved",
        stays="everything: it is noted that they stay",
        age="hold_until",
        settings=NumberingSettings,
        days="keep_previews_days",
        among="NOT t.is_taken",
        where=_HAS_NUMBER,
        empties="is_taken = true",
    ),
    Kept(
        name="previews",
        table="pre_reservation",
        what="numbers that were shown, and what was asked of the provider for it",
        stays="what is not settled with the provider",
        age="hold_until",
        settings=NumberingSettings,
        days="keep_previews_days",
        among="NOT t.is_taken",
        where=f"NOT {_HAS_NUMBER} AND NOT {_OPEN}",
        also=[
            "DELETE FROM history WHERE subject = 'operations' AND subject_id IN "
            "(SELECT o.id FROM operations AS o JOIN gone ON gone.id = o.subject_id)",
            "DELETE FROM operations WHERE subject_id IN (SELECT id FROM gone)",
        ],
    ),
)
