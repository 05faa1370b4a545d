"""What is alive at the provider and must not be: noted, cancelled there, visible until then."""

from collections.abc import Sequence
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations import ledger
from tramita.portability.journey.cancel_proposal import CANCELLATION
from tramita.portability.provider import PROVIDER

Unwanted = tuple[UUID, UUID, str]


async def want_gone(work: UnitOfWork, unwanted: Sequence[Unwanted]) -> None:
    """Have proposals cancelled at the provider, each given as ``(key, contract, why)``.

    Again is nothing: a proposal is given up once, by the first who wants it. Two who want
    that at once meet at the contract: at the operation's key they would wait for each other,
    one for the key and the other for the contract.
    """
    by_key = {key: (contract, why) for key, contract, why in unwanted}
    await work.fetch(
        "SELECT FROM envelope_contracts WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        [contract for contract, _ in by_key.values()],
    )
    operations = await ledger.prepare(
        work,
        CANCELLATION.kind,
        {key: f"cancel_proposal:{key}" for key in by_key},
        provider=PROVIDER,
        owners={key: contract for key, (contract, _) in by_key.items()},
    )
    if not operations:
        return
    await work.fetch(
        """
        INSERT INTO unwanted_proposals
            (proposal_key, contract_id, reason, wanted_gone_at, operation_id)
        SELECT key, contract_id, reason, tramita_now(), operation_id
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])
            AS u(key, contract_id, reason, operation_id)
        """,
        list(operations),
        [by_key[key][0] for key in operations],
        [by_key[key][1] for key in operations],
        list(operations.values()),
    )
