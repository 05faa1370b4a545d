"""What is alive at a provider and must not be: noted, cancelled there, visible until then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tramita.kit.database.rows import lock_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.operations import ledger
from tramita.portability.acts import CANCEL

Unwanted = tuple[str, UUID, str]


async def want_gone(work: UnitOfWork, unwanted: Sequence[Unwanted]) -> None:
    """Have proposals cancelled at their contracts' providers, each as ``(key, contract, why)``.

    Again is nothing: a proposal is given up once, by the first who wants it. Two who want
    that at once meet at the contract: at the operation's key they would wait for each other,
    one for the key and the other for the contract.
    """
    contracts = [contract for _, contract, _ in unwanted]
    rows = await lock_rows(work, "envelope_contracts", contracts, "id", "provider")
    providers = {row["id"]: row["provider"] for row in rows}
    once = {(providers[contract], key): (contract, why) for key, contract, why in unwanted}
    wanted = {new_id(): (*of, *why) for of, why in once.items()}
    operations = await ledger.prepare(
        work,
        CANCEL,
        {id_: f"cancel_proposal:{provider}:{key}" for id_, (provider, key, *_) in wanted.items()},
        provider={id_: provider for id_, (provider, *_) in wanted.items()},
        owners={id_: contract for id_, (_, _, contract, _) in wanted.items()},
    )
    if not operations:
        return
    await work.fetch(
        """
        INSERT INTO unwanted_proposals
            (id, operation_id, provider, proposal_key, contract_id, reason, wanted_gone_at)
        SELECT id, operation_id, provider, key, contract_id, reason, tramita_now()
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[])
            AS u(id, operation_id, provider, key, contract_id, reason)
        """,
        list(operations),
        list(operations.values()),
        *(list(column) for column in zip(*(wanted[id_] for id_ in operations), strict=True)),
    )


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A proposal that is, or was, cancelled because it must not live."""

    id: UUID
    contract_id: UUID


async def find_given_up(
    work: UnitOfWork, provider: str, keys: Sequence[str]
) -> Mapping[str, GivenUp]:
    """Those of a provider's proposals that were given up, by their keys."""
    rows = await work.fetch(
        "SELECT id, contract_id, proposal_key FROM unwanted_proposals "
        "WHERE provider = $1 AND proposal_key = ANY($2::text[])",
        provider,
        list(keys),
    )
    return {row["proposal_key"]: GivenUp(row["id"], row["contract_id"]) for row in rows}
