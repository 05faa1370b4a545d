"""Sending a signal of the core, and keeping that it was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tramita.contracts.backends import why_unavailable
from tramita.contracts.errors import BackendNotAvailable
from tramita.contracts.model import EVENT_CAUSE, EVENT_DETAILS, Contract
from tramita.contracts.signals import ContractSignal
from tramita.kit.database.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Event:
    """Something to keep in a contract's timeline."""

    contract_id: UUID
    name: str
    handled_by: Sequence[str] = ()
    cause: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def send(work: UnitOfWork, to: ContractSignal, contract: Contract, **payload: object) -> Event:
    """Tell everybody concerned, now; raises what a receiver raises.

    Raises ``BackendNotAvailable`` where its backend would have to hear it and cannot: what
    was begun for the contract would go on, whatever the core says.
    """
    why = why_unavailable(contract.backend)
    if why is not None:
        raise BackendNotAvailable(contract.backend, why)
    told = to.tell(contract, work=work, backend=contract.backend, **payload)
    reason = payload.get("reason")
    return Event(
        contract.id,
        to.name,
        told,
        str(reason) if reason is not None else work.note or work.cause,
        {name: value for name, value in payload.items() if name != "reason"},
    )


async def keep_events(work: UnitOfWork, events: Sequence[Event]) -> None:
    """Write events in one statement, in the order given."""
    if not events:
        return
    await work.fetch(
        """
        INSERT INTO contract_events (contract_id, event, handled_by, actor, cause, details, at)
        SELECT contract_id, event, string_to_array(handled_by, ','), $6, cause, details::jsonb,
               (SELECT tramita_now())
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
            WITH ORDINALITY AS e(contract_id, event, handled_by, cause, details, n)
        ORDER BY n
        """,
        [one.contract_id for one in events],
        [one.name for one in events],
        # PostgreSQL has no ragged arrays; names of backends and functions have no comma.
        [",".join(one.handled_by) for one in events],
        [one.cause and work.keys.encrypt(one.cause, EVENT_CAUSE) for one in events],
        [work.keys.encrypt_json(one.details, EVENT_DETAILS) for one in events],
        work.actor,
    )
