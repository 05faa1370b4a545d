"""Use cases of contracts: create, activate, suspend, cancel.

Each works inside the caller's unit of work and commits nothing. Those in the plural
are set-based: a constant number of statements for any number of contracts, and one
signal for each contract that moved.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from tramita.contracts.backends import find_keeper
from tramita.contracts.emission import Event, keep_events, send
from tramita.contracts.errors import BackendRefused, ContractNotActivated, ContractNotFound
from tramita.contracts.lifecycle import LIFECYCLE, ContractState, ContractTrigger
from tramita.contracts.model import CONTRACTS, Contract
from tramita.contracts.references import NewContract, Resolved, resolve
from tramita.contracts.signals import (
    ContractSignal,
    on_contract_activate,
    on_contract_cancel,
    on_contract_create,
    on_contract_resume,
    on_contract_suspend,
)
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.transitions import History

__all__ = [
    "NewContract",
    "activate_contracts",
    "can_rest",
    "cancel_contract",
    "cancel_contracts",
    "create_contract",
    "create_contracts",
    "get_contract",
    "resume_contract",
    "set_activated",
    "suspend_contract",
    "write_backend_records",
]

log = logging.getLogger(__name__)


async def create_contract(work: UnitOfWork, new: NewContract) -> Contract:
    """Create a contract and tell its backend; raises ``InvalidError``, ``BackendRefused``."""
    (contract,) = await create_contracts(work, [new])
    return contract


async def create_contracts(work: UnitOfWork, new: Sequence[NewContract]) -> list[Contract]:
    """Create many contracts in the order given, with one flush for all of them.

    Raises ``InvalidError`` with everything wrong in any of them, and
    ``BackendRefused`` when a plugin does not want one: then none is created.
    """
    now = await work.now()
    contracts = [_make(work, one, now) for one in await resolve(work, new)]
    events: list[Event] = []
    for contract in contracts:
        log.debug("contract %s will be created", contract.name)
        events.append(send(work, on_contract_create, contract))
        if contract.activated:
            events.append(_activate_unsaved(work, contract))
    work.add(*contracts)
    await work.session.flush()
    await keep_events(work, events)
    for contract in contracts:
        log.debug("Contract %s created", contract.name)
    return contracts


def _make(work: UnitOfWork, one: Resolved, now: Any) -> Contract:
    return Contract(
        id=one.new.id or new_id(),
        name=one.new.name,
        customer_id=one.new.customer,
        product_id=one.product_id,
        package_id=one.new.package,
        backend=one.backend,
        state=LIFECYCLE.initial,
        activated=False,
        created_at=now,
        envelope_token=one.new.envelope_token,
        external_references=dict(one.new.external_references),
        backend_record={},
        version=1,
        tenant=work.bounds.tenant,
        carrier=work.bounds.carrier,
        all_carriers=work.bounds.is_all_carriers,
        created_by=work.actor,
    )


def _activate_unsaved(work: UnitOfWork, contract: Contract) -> Event:
    """Its backend activated a contract while it was being created."""
    before = contract.state
    contract.state = LIFECYCLE.next(before, ContractTrigger.ACTIVATE)
    contract.activated_at = contract.created_at
    work.add(
        History(
            subject=CONTRACTS.table,
            subject_id=contract.id,
            from_state=before.value,
            to_state=contract.state.value,
            trigger=ContractTrigger.ACTIVATE.value,
            actor=work.actor,
            cause=work.cause,
            at=contract.created_at,
        )
    )
    return send(work, on_contract_activate, contract, reason=None)


async def get_contract(work: UnitOfWork, contract_id: UUID, *, lock: bool = False) -> Contract:
    """One contract, as it is in the database now; raises ``ContractNotFound``."""
    query = select(Contract).where(Contract.id == contract_id)
    # Rows that refer to a contract may be written meanwhile: its id never changes.
    contract = await work.session.scalar(
        query.with_for_update(key_share=True) if lock else query,
        execution_options={"populate_existing": True},
    )
    if contract is None:
        raise ContractNotFound(id=contract_id)
    return contract


async def cancel_contract(work: UnitOfWork, contract_id: UUID, reason: str) -> Contract:
    """Cancel a contract the way its area does; cancelling it again changes and sends nothing.

    Raises ``ContractNotFound``, ``BackendRefused``, and the area's own ``ConflictError``
    where it cannot be cancelled (any more).
    """
    contract = await get_contract(work, contract_id)
    is_in_envelope = contract.envelope_token is not None
    keeper = find_keeper(contract.backend, is_in_envelope=is_in_envelope)
    if keeper is not None and keeper.cancel is not None:
        await keeper.cancel(work, contract, reason)
    elif is_in_envelope:
        raise BackendRefused("envelopes are not served here", backend=contract.backend)
    else:
        await cancel_contracts(work, [contract_id], reason)
    return await get_contract(work, contract_id)


async def cancel_contracts(work: UnitOfWork, ids: Sequence[UUID], reason: str) -> list[Contract]:
    """Take down that contracts are cancelled; answers those that now are.

    This is the core's part alone, for whoever keeps the contracts: an area whose own part
    is done, or is done in the same unit of work. Everybody else calls ``cancel_contract``.
    """
    moved = await CONTRACTS.move(work, ids, ContractTrigger.CANCEL, cause=reason)
    contracts = await _stamp(work, moved, {"cancelled_at": func.tramita_now()})
    for contract in contracts:
        log.debug("Contract %s is about to be cancelled", contract.name)
    await _tell(work, on_contract_cancel, contracts, reason)
    for contract in contracts:
        log.debug("Contract %s cancelled", contract.name)
    return contracts


async def activate_contracts(
    work: UnitOfWork, ids: Sequence[UUID], reason: str | None = None
) -> list[Contract]:
    """Take note that the services of these contracts run; answers those that moved.

    A contract that was activated before, or is cancelled, is left alone.
    """
    moved = await CONTRACTS.move(work, ids, ContractTrigger.ACTIVATE, cause=reason)
    contracts = await _stamp(work, moved, {"activated": True, "activated_at": func.tramita_now()})
    await _tell(work, on_contract_activate, contracts, reason)
    return contracts


async def set_activated(
    work: UnitOfWork, contract_id: UUID, activated: bool, reason: str | None = None
) -> Contract:
    """Take the backend's word on whether the contract's service runs.

    The first "runs" activates the contract. "Does not run" of a contract that never
    was activated is a failed activation: it stays ``created``, and ``reason`` stands
    in its timeline.
    """
    if activated and (moved := await activate_contracts(work, [contract_id], reason)):
        return moved[0]
    contract = await get_contract(work, contract_id, lock=True)
    was, contract.activated = contract.activated, activated
    if was != activated:
        contract.version += 1
        event = "service_runs" if activated else "service_ended"
        await keep_events(work, [Event(contract_id, event, [contract.backend], reason)])
    elif contract.state is ContractState.CREATED:
        await keep_events(
            work, [Event(contract_id, "activation_failed", [contract.backend], reason)]
        )
    return contract


async def write_backend_records(
    work: UnitOfWork, records: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Merge what a backend learnt about its contracts into their records, in one statement."""
    if not records:
        return
    await work.fetch(
        """
        UPDATE contracts AS c SET backend_record = c.backend_record || r.record::jsonb
        FROM unnest($1::uuid[], $2::text[]) AS r(id, record) WHERE c.id = r.id
        """,
        list(records),
        [msgspec.json.encode(record).decode() for record in records.values()],
    )


async def suspend_contract(work: UnitOfWork, contract_id: UUID, reason: str) -> Contract:
    """Let the service rest; raises ``ContractNotActivated``. Idempotent."""
    is_free = Contract.suspended_at.is_(None)
    return await _rest(work, contract_id, is_free, on_contract_suspend, reason)


async def resume_contract(work: UnitOfWork, contract_id: UUID, reason: str) -> Contract:
    """Let the service go on; raises ``ContractNotActivated``. Idempotent."""
    is_resting = Contract.suspended_at.is_not(None)
    return await _rest(work, contract_id, is_resting, on_contract_resume, reason)


async def _rest(
    work: UnitOfWork, contract_id: UUID, condition: Any, to: ContractSignal, reason: str
) -> Contract:
    contract = await get_contract(work, contract_id, lock=True)
    if contract.state is not ContractState.ACTIVATED:
        raise ContractNotActivated(id=contract_id, state=contract.state.value)
    if not can_rest(contract, to):
        raise BackendRefused("it cannot let a service rest", backend=contract.backend)
    since = func.tramita_now() if to is on_contract_suspend else None
    changed = await _stamp(work, [contract_id], {"suspended_at": since}, condition)
    await _tell(work, to, changed, reason)
    return contract


def can_rest(contract: Contract, to: ContractSignal = on_contract_suspend) -> bool:
    """Whether somebody lets its service rest; where the core alone knows it, nobody need."""
    is_plain = find_keeper(contract.backend, is_in_envelope=False) is None
    return is_plain or to.has_receivers_for(contract)


async def _stamp(
    work: UnitOfWork, ids: Iterable[UUID], values: Mapping[str, Any], *conditions: Any
) -> list[Contract]:
    """Write the same values to many contracts and load them, in order of id."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = await work.session.scalars(
        update(Contract)
        .where(Contract.id.in_(wanted), *conditions)
        .values(**values, version=Contract.version + 1)
        .returning(Contract),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    return sorted(rows, key=lambda contract: contract.id)


async def _tell(
    work: UnitOfWork, to: ContractSignal, contracts: Sequence[Contract], reason: str | None
) -> None:
    """Send a signal for each contract, then follow what the handlers did to them."""
    events = [send(work, to, contract, reason=reason) for contract in contracts]
    await keep_events(work, events)
    await follow_backends(work, contracts)


async def follow_backends(work: UnitOfWork, contracts: Sequence[Contract]) -> None:
    """Activate the contracts that a handler has just set ``activated``."""
    fresh = [one for one in contracts if one.activated and one.state is ContractState.CREATED]
    if not fresh:
        return
    for contract in fresh:
        contract.activated = False  # The move sets it, together with the state.
    await activate_contracts(work, [one.id for one in fresh])
