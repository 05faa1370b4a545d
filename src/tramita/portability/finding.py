"""The search of portabilities: by their envelope, their client, and what providers call them."""

from typing import Final

from tramita.contracts.finding import BY_PERSON, OF_CLIENT, find_by, known_by, of_person
from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import Finder, Hit, Needle

OF_ENVELOPE: Final = "Contract of this envelope"
AT_PROVIDER: Final = "Contract known by this at a provider"
_OF_ENVELOPE: Final = f"""
    (SELECT c.id, '{OF_ENVELOPE}' AS kind, 1 AS place
     FROM envelopes AS e JOIN envelope_contracts AS c ON c.envelope_id = e.id
     WHERE {{by}} = $2 ORDER BY c.position LIMIT $1)
"""  # noqa: S608 - ours
_FOUND: Final = " UNION ALL ".join(
    [
        _OF_ENVELOPE.format(by="e.token"),
        _OF_ENVELOPE.format(by="e.id"),
        *of_person(
            "envelopes",
            ("cpf_hash", "email_hash", "phone_hash", "name_hash"),
            3,
            "SELECT id FROM envelope_contracts WHERE envelope_id = p.id ORDER BY position",
        ),
        known_by(
            AT_PROVIDER,
            "envelope_contracts",
            "id",
            (
                "number_at_provider",
                "proposal_key",
                "proposal_number",
                "credit_operation_key",
                "refinancing_key",
                "portability_number",
            ),
            7,
        ),
        known_by(AT_PROVIDER, "unwanted_proposals", "contract_id", ["proposal_key"], 7),
    ]
)


async def find_portabilities(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Contracts in an envelope or of a client, or of what a provider calls like this."""
    return await find_by(
        work,
        _FOUND,
        limit,
        needle.id,
        *(needle.hashes(work, kind) for kind in BY_PERSON),
        needle.spellings,
    )


FINDER: Final = Finder((OF_ENVELOPE, OF_CLIENT, AT_PROVIDER), find_portabilities)
