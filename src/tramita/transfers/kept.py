"""How long what transfers write down for a time is kept."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.kept import Kept
from tramita.transfers.office.settings import OfficeSettings

KEPT: Final[Sequence[Kept]] = (
    Kept(
        name="messages of back offices",
        table="office_messages",
        what="what was exchanged with a back office, as it was written",
        stays="number, kind and end of each message; what was refused, which waits for a person",
        age="created_at",
        days="inbox_days",
        where="t.state <> 'rejected' AND (t.body IS NOT NULL OR t.file IS NOT NULL)",
        empties="body = NULL, file = NULL",
    ),
    Kept(
        name="refused messages of back offices",
        table="office_messages",
        what="messages of back offices that were refused, as they came",
        stays="number and kind of each, and that it was refused",
        age="created_at",
        settings=OfficeSettings,
        days="keep_refused_days",
        among="t.state = 'rejected' AND (t.body IS NOT NULL OR t.file IS NOT NULL)",
        empties="body = NULL, file = NULL, answer = NULL",
    ),
)
