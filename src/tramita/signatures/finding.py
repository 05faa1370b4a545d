"""The search of what is signed: by what the signing service calls it."""

from typing import Final

from tramita.contracts.finding import find_by, known_by
from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import Finder, Hit, Needle

SIGNING: Final = "Contract with this signing"
_FOUND: Final = known_by(SIGNING, "signing_procedures", "contract_id", ["provider_reference"], 2)


async def find_procedures(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Contracts whose signing the service calls like this."""
    return await find_by(work, _FOUND, limit, needle.spellings)


FINDER: Final = Finder((SIGNING,), find_procedures)
