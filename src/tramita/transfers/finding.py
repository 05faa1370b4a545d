"""The search of applications: by id, by whoever pays, and by what 1C calls them."""

from typing import Final

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import DOCUMENT, NAME
from tramita.kit.finding import Finder, Hit, Needle
from tramita.transfers.console.words import APPLICATION_STAMPS
from tramita.transfers.lifecycle import ApplicationState

APPLICATION: Final = "Application"
OF_PAYER: Final = "Application of this payer"
_OF_PAYER: Final = f"""
    (SELECT a.*, '{OF_PAYER}' AS kind FROM unnest({{hashes}}::bytea[]) AS h(hash)
     CROSS JOIN LATERAL (
         SELECT id, onec_number, state FROM applications
         WHERE {{column}} = h.hash ORDER BY id DESC LIMIT $1) AS a)
"""  # noqa: S608 - ours
_EACH: Final = " UNION ALL ".join(
    [
        *(
            f"(SELECT id, onec_number, state, '{APPLICATION}' AS kind FROM applications "  # noqa: S608 - ours
            f"WHERE {by} LIMIT $1)"
            for by in ("id = $2", "onec_number = ANY($3::text[])", "onec_ref = ANY($3::text[])")
        ),
        _OF_PAYER.format(hashes="$4", column="payer_hash"),
        _OF_PAYER.format(hashes="$5", column="payer_name_hash"),
    ]
)
_FOUND: Final = f"SELECT * FROM ({_EACH}) AS found LIMIT $1"  # noqa: S608 - ours


async def find_applications(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Applications of this id, that 1C knows like this, or for whom this is the payer's INN or name."""
    rows = await work.fetch(
        _FOUND,
        limit,
        needle.id,
        needle.spellings,
        needle.hashes(work, DOCUMENT),
        needle.hashes(work, NAME),
    )
    return [
        Hit(
            row["kind"],
            row["onec_number"] or str(row["id"]),
            "application",
            row["id"],
            (APPLICATION_STAMPS[ApplicationState(row["state"])].word,),
        )
        for row in rows
    ]


FINDER: Final = Finder((APPLICATION, OF_PAYER), find_applications)
