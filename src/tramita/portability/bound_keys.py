"""Which keys of an answer are bound to another contract of ours already (rule 2)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.portability.ports import ProposalAnswer, UnreadableAnswer

Answered = tuple[UUID, str, ProposalAnswer | UnreadableAnswer]

# What the database says of two contracts that get one key at the same moment: neither saw the other's.
UNIQUE_KEYS: Final = frozenset(
    f"envelope_contracts_{key}"
    for key in ("proposal_key", "credit_operation_key", "refinancing_key")
)

# Each column by itself: with three of them in one condition a table whose statistics are not made
# yet is read as a whole, and each row compared with each key.
_BOUND: Final = """
    WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[]) AS a(provider, key))
    SELECT c.id, provider, key FROM asked JOIN envelope_contracts AS c USING (provider)
    WHERE c.proposal_key = key
    UNION ALL
    SELECT c.id, provider, key FROM asked JOIN envelope_contracts AS c USING (provider)
    WHERE c.credit_operation_key = key
    UNION ALL
    SELECT c.id, provider, key FROM asked JOIN envelope_contracts AS c USING (provider)
    WHERE c.refinancing_key = key
"""


async def find_bound_keys(work: UnitOfWork, answered: Sequence[Answered]) -> list[frozenset[str]]:
    """For each ``(contract, provider, answer)`` its keys that are other contracts' there."""
    keys = [_keys(answer) for _, _, answer in answered]
    asked = {
        (provider, key)
        for (_, provider, _), some in zip(answered, keys, strict=True)
        for key in some
    }
    rows = await work.fetch(_BOUND, [one for one, _ in asked], [key for _, key in asked])
    bound: dict[tuple[str, str], set[UUID]] = {}
    for row in rows:
        bound.setdefault((row["provider"], row["key"]), set()).add(row["id"])
    return [
        frozenset(key for key in some if bound.get((provider, key), set()) - {contract})
        for (contract, provider, _), some in zip(answered, keys, strict=True)
    ]


def _keys(answer: ProposalAnswer | UnreadableAnswer) -> set[str]:
    if isinstance(answer, ProposalAnswer):
        operations = (answer.portability, answer.refinancing)
        return {answer.proposal_key, *(one.key for one in operations if one is not None)}
    return {answer.proposal_key} if answer.proposal_key else set()
