"""Which keys of an answer are bound to another contract of ours already (rule 2)."""

from collections.abc import Sequence
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.portability.ports import ProposalAnswer, UnreadableAnswer

Answered = tuple[UUID, str, ProposalAnswer | UnreadableAnswer]


async def find_bound_keys(work: UnitOfWork, answered: Sequence[Answered]) -> list[frozenset[str]]:
    """For each ``(contract, provider, answer)`` its keys that are other contracts' there."""
    keys = [_keys(answer) for _, _, answer in answered]
    rows = await work.fetch(
        """
        SELECT id, provider, proposal_key, credit_operation_key, refinancing_key
        FROM envelope_contracts
        WHERE provider = ANY($2::text[])
          AND (proposal_key = ANY($1::text[]) OR credit_operation_key = ANY($1::text[])
               OR refinancing_key = ANY($1::text[]))
        """,
        [key for some in keys for key in some],
        list({provider for _, provider, _ in answered}),
    )
    return [
        frozenset(
            key
            for row in rows
            if row["id"] != contract and row["provider"] == provider
            for key in (row["proposal_key"], row["credit_operation_key"], row["refinancing_key"])
            if key in some
        )
        for (contract, provider, _), some in zip(answered, keys, strict=True)
    ]


def _keys(answer: ProposalAnswer | UnreadableAnswer) -> set[str]:
    if isinstance(answer, ProposalAnswer):
        operations = (answer.portability, answer.refinancing)
        return {answer.proposal_key, *(one.key for one in operations if one is not None)}
    return {answer.proposal_key} if answer.proposal_key else set()
