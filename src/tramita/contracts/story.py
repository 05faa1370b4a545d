"""Read model of one contract: how it stands, and everything that happened to it and its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tramita.contracts.backends import Part, find_keeper
from tramita.contracts.model import EVENT_CAUSE, EVENT_DETAILS, Contract
from tramita.contracts.signals import on_contract_cancel
from tramita.kit.database.records import get_one
from tramita.kit.database.work import UnitOfWork
from tramita.kit.operations.unsettled import Unsettled, find_unsettled
from tramita.kit.timeline import MOST, Asked, Stretch, tell


@dataclass(frozen=True, slots=True)
class ContractStory:
    """One contract; ``timeline`` is a stretch of its own, ``now`` is the platform's time."""

    contract: Contract
    unsettled: Sequence[Unsettled]
    timeline: Stretch
    now: datetime


def keeper_of(contract: Contract) -> str:
    """The key of the backend whose area keeps a contract, and knows how it stands."""
    keeper = find_keeper(contract.backend, is_in_envelope=contract.envelope_token is not None)
    return keeper.key if keeper else contract.backend


async def find_parts(work: UnitOfWork, contract: Contract) -> Sequence[Part]:
    """What else a contract consists of, as the area says that keeps it."""
    keeper = find_keeper(contract.backend, is_in_envelope=contract.envelope_token is not None)
    return await keeper.parts(work, contract.id) if keeper and keeper.parts else ()


def _asked(
    contract: Contract,
    parts: Sequence[Part],
    before: datetime | None,
    *,
    said: bool = False,
    is_inside: bool = True,
    most: int = MOST,
) -> Asked:
    keeper = find_keeper(contract.backend, is_in_envelope=contract.envelope_token is not None)
    return Asked(
        thing=contract.id,
        parts=[one.id for one in parts],
        since={one.id: one.since for one in parts if one.since is not None},
        also=[_EVENTS, *(keeper.tells if keeper else ())],
        said=said,
        is_inside=is_inside,
        explained=[on_contract_cancel.name],
        before=before,
        most=most,
    )


async def get_timeline(
    work: UnitOfWork, contract_id: UUID, before: datetime | None = None
) -> Stretch:
    """What happened to a contract last, or last ``before`` a moment; raises ``ContractNotFound``.

    Also to what its backend says is part of it. What people of the house noted down, who they are,
    and what of ours is held, are for the house alone; of what they wrote others read why a contract
    was cancelled, as whoever cancels one is told.
    """
    contract = await get_one(work.session, Contract, contract_id)
    parts = await find_parts(work, contract)
    is_inside = work.bounds.is_all_tenants
    return await tell(work, _asked(contract, parts, before, is_inside=is_inside))


async def tell_contract(
    work: UnitOfWork, contract_id: UUID, before: datetime | None = None, *, most: int = MOST
) -> ContractStory:
    """One contract in full, with what was said outside; raises ``ContractNotFound``."""
    contract = await get_one(work.session, Contract, contract_id)
    parts = await find_parts(work, contract)
    ids = [contract_id, *(one.id for one in parts)]
    unsettled = await find_unsettled(work, ids)
    told = await tell(work, _asked(contract, parts, before, said=True, most=most))
    return ContractStory(contract, unsettled, told, await work.now())


_EVENTS: Final = f"""
    SELECT at, 2, id, CASE WHEN starts_with(event, 'on_') THEN 'signal' ELSE 'backend' END, event,
           actor, cause, '{EVENT_CAUSE}', jsonb_build_object('handled_by', to_jsonb(handled_by))::text,
           details::text, '{EVENT_DETAILS}'
    FROM contract_events WHERE contract_id = $1
"""  # noqa: S608 - ours
