"""What the office is told in passing may be said again: of one that was not answered nothing is asked but this."""

from typing import Final, assert_never

from tramita.kit.attempt import Attempt
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.transfers.ports import BackOffice, OfficeRefusal

_GONE: Final = "it has no document of it any more"


async def find_listener(
    office: BackOffice, external_id: str, attempt: Attempt
) -> Outcome[None] | None:
    """Whether it was heard is not asked; whether there is anybody to hear it is."""
    found = await office.find_application(external_id, attempt)
    match found:
        case Done(None):
            return Refused(OfficeRefusal.APPLICATION_UNKNOWN, _GONE)
        case Done():
            return None
        case Refused() | Pending() | NotSent() | Unknown():
            return found
        case _:
            assert_never(found)
