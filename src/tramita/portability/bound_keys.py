"""Which keys of an answer are bound to another contract of ours already (rule 2)."""

from collections.abc import Sequence
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.portability.ports import ProposalAnswer, UnreadableAnswer

Answered = tuple[UUID, ProposalAnswer | UnreadableAnswer]


async def find_bound_keys(work: UnitOfWork, answered: Sequence[Answered]) -> list[frozenset[UUID]]:
    """For each ``(contract, answer)`` the keys in it that belong to other contracts."""
    keys = [_keys(answer) for _, answer in answered]
    rows = await work.fetch(
        """
        SELECT id, proposal_key, credit_operation_key, refinancing_key FROM envelope_contracts
        WHERE proposal_key = ANY($1::uuid[]) OR credit_operation_key = ANY($1::uuid[])
           OR refinancing_key = ANY($1::uuid[])
        """,
        [key for some in keys for key in some],
    )
    return [
        frozenset(
            key
            for row in rows
            if row["id"] != contract
            for key in (row["proposal_key"], row["credit_operation_key"], row["refinancing_key"])
            if key in some
        )
        for (contract, _), some in zip(answered, keys, strict=True)
    ]


def _keys(answer: ProposalAnswer | UnreadableAnswer) -> set[UUID]:
    if isinstance(answer, ProposalAnswer):
        operations = (answer.portability, answer.refinancing)
        return {answer.proposal_key, *(one.key for one in operations if one is not None)}
    return {answer.proposal_key} if answer.proposal_key else set()
