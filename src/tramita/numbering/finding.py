"""The search of phone numbers: by the number, by the SIM that has it, by its id."""

from typing import Final

from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import Finder, Hit, Needle, normalize_phone
from tramita.kit.masking_shapes import mask_phone
from tramita.numbering.console.words import NUMBER_STAMPS
from tramita.numbering.lifecycle import NumberStatus

NUMBER: Final = "Phone number"
_FOUND: Final = """
    SELECT id, msisdn, status FROM phone_number WHERE id = $2
    UNION SELECT id, msisdn, status FROM phone_number WHERE msisdn = ANY($3::text[])
    UNION SELECT id, msisdn, status FROM phone_number WHERE assigned_sim_id = ANY($4::text[])
    LIMIT $1
"""


async def find_numbers(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """The number of this id, or that which is this phone's or this SIM's."""
    sims = [*needle.spellings, normalize_phone(needle.text)]
    rows = await work.fetch(_FOUND, limit, needle.id, list(needle.phones), sims)
    return [
        Hit(
            NUMBER,
            mask_phone(row["msisdn"]),
            "number",
            row["id"],
            (NUMBER_STAMPS[NumberStatus(row["status"])].word,),
        )
        for row in rows
    ]


FINDER: Final = Finder((NUMBER,), find_numbers)
