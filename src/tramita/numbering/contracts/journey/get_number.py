"""``numbering.get_number``: bring an active contract its number.

It names one that is reserved already, or one of a preview; or any number of an area code
is reserved for it. The claim binds the number to the contract before the provider is asked
(``bind_claim``), so two of these never bring it two. What cannot be had for good leaves
the contract as it is, with the reason in its timeline; what may be had later is tried
again, with growing pauses.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from tramita.contracts.model import Contract, Package
from tramita.contracts.service import get_contract, set_activated, write_backend_records
from tramita.kit.database.work import UnitOfWork
from tramita.kit.errors import InvalidError, TramitaError
from tramita.kit.jobs import Job
from tramita.kit.masking_shapes import mask_phone
from tramita.kit.runtime import Runtime
from tramita.numbering.contracts.journey.tend_contract import ACTOR, GET_JOB, tend_later
from tramita.numbering.contracts.lifecycle import LineState, LineTrigger
from tramita.numbering.contracts.lines import MOBILE_LINES
from tramita.numbering.errors import (
    ContractNeedsNoNumber,
    NumberAlreadyReserved,
    NumberInventoryDivergence,
    PreviewExpired,
    ProviderOutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
    ReleaseInProgress,
    ReservationInProgress,
)
from tramita.numbering.lifecycle import NumberStatus
from tramita.numbering.numbers.reserving import reserve_at_random, reserve_from_preview
from tramita.numbering.numbers.rows import TEND_JOB, bind_claim, find_number, lock_numbers
from tramita.numbering.previews.service import Order

_SOON: Final = timedelta(seconds=5)
# What may be had later.
_NOT_NOW: Final = (
    ProviderOutcomeUnknown,
    ProviderUnavailable,
    ReleaseInProgress,
    ReservationInProgress,
    NumberAlreadyReserved,
)
# This number may not, another may.
_ANOTHER: Final = (NumberInventoryDivergence, PreviewExpired)
# So often a plain no is taken to be about the number, and then about the contract.
_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class _OfPreview:
    """A number of a preview that is still to be reserved."""

    preview_id: UUID
    index: int


@dataclass(frozen=True, slots=True)
class _AtRandom:
    """Any number of an area code."""

    ddd: str
    brand_id: str


_Wish: TypeAlias = _OfPreview | _AtRandom


class _CannotBeHad(Exception):
    """The sentence says why not."""


async def get_number(runtime: Runtime, contract_id: UUID, tries: int = 0) -> None:
    """Take the number that is reserved already, or reserve one."""
    async with runtime.database.unit_of_work(actor=ACTOR) as work:
        contract = await _in_need(work, contract_id)
        if contract is None:
            return
        try:
            wish = await _wish_of(work, contract)
        except _CannotBeHad as error:
            await _give_up(work, contract, str(error))
            return
    if wish is not None:
        await _fulfil(runtime.within(contract.bounds), contract_id, wish, tries)


async def _in_need(work: UnitOfWork, contract_id: UUID) -> Contract | None:
    """The contract, locked, if it still needs a number."""
    contract = await get_contract(work, contract_id, lock=True)
    work.cause = contract.behalf
    if not contract.active:
        return None
    if await lock_numbers(work, [contract_id]):
        # Whoever brought it may have died before saying so.
        work.enqueue(TEND_JOB, contract_id=contract_id)
        return None
    return contract


async def _wish_of(work: UnitOfWork, contract: Contract) -> _Wish | None:
    """What is to be reserved; ``None``: a number was taken that was reserved already."""
    match contract.backend_record.get("wanted_number"):
        case {"msisdn": str(msisdn)}:
            await _take(work, contract, msisdn)
            return None
        case {"preview_id": str(preview_id), "index": int(index)}:
            return await _choose(work, contract, _OfPreview(UUID(preview_id), index))
        case _:
            return await _terms_of(work, contract)


async def _take(work: UnitOfWork, contract: Contract, msisdn: str) -> None:
    row = await find_number(work, msisdn, lock=True)
    masked = mask_phone(msisdn)
    if row is None or not contract.bounds.may_see(row["carrier"]):
        raise _CannotBeHad(f"There is no number {masked}.")
    if row["contract_id"] is not None:
        raise _CannotBeHad(f"{masked} belongs to another contract.")
    if row["status"] != NumberStatus.RESERVED:
        raise _CannotBeHad(f"{masked} is {row['status']}; a contract takes a reserved number.")
    await bind_claim(work, row["id"], contract.id)
    work.enqueue(TEND_JOB, contract_id=contract.id)


async def _choose(work: UnitOfWork, contract: Contract, wish: _OfPreview) -> _OfPreview | None:
    rows = await work.fetch(
        """
        SELECT n.msisdn, p.carrier, p.reserved_msisdn = n.msisdn AND t.status = 'RESERVED' AS is_reserved
        FROM preview AS p JOIN preview_number AS n ON n.preview_id = p.id
        LEFT JOIN phone_number AS t ON t.msisdn = n.msisdn AND t.pre_reservation_id = p.id
        WHERE p.id = $1 AND n.idx = $2
        """,
        wish.preview_id,
        wish.index,
    )
    if rows and rows[0]["is_reserved"] and contract.bounds.may_see(rows[0]["carrier"]):
        await _take(work, contract, rows[0]["msisdn"])
        return None
    return wish


async def _terms_of(work: UnitOfWork, contract: Contract) -> _AtRandom:
    """The contract's own word, else that of its package's terms."""
    package = await work.session.get(Package, contract.package_id) if contract.package_id else None
    terms: dict[str, Any] = {
        **(package.terms if package else {}),
        **contract.backend_record.get("wanted_terms", {}),
    }
    ddd, brand_id = terms.get("ddd"), terms.get("brand_id")
    if not isinstance(ddd, str) or not isinstance(brand_id, str):
        raise _CannotBeHad('Neither contract nor package says "ddd" and "brand_id" of its number.')
    return _AtRandom(ddd, brand_id)


async def _fulfil(runtime: Runtime, contract_id: UUID, wish: _Wish, tries: int) -> None:
    """Reserve; then have the contract looked at, now or in a while."""
    try:
        await _reserve(runtime, contract_id, wish)
    except ContractNeedsNoNumber:
        return  # Cancelled meanwhile, or somebody else has brought one.
    except TramitaError as error:
        async with runtime.database.unit_of_work(actor=ACTOR) as work:
            if _may_be_had(error, wish, tries):
                tend_later(work, contract_id, tries, error.retry_after or _SOON)
            elif contract := await _in_need(work, contract_id):
                # Not one that was cancelled, or found its number, while the provider was asked.
                await _give_up(work, contract, _sentence(error))
        return
    async with runtime.database.unit_of_work(actor=ACTOR) as work:
        work.enqueue(TEND_JOB, contract_id=contract_id)


def _may_be_had(error: TramitaError, wish: _Wish, tries: int) -> bool:
    """Whether to try again; where any number will do, the next one may be had."""
    if isinstance(error, _NOT_NOW):
        return True
    if not isinstance(wish, _AtRandom):
        return False
    return isinstance(error, _ANOTHER) or (isinstance(error, ProviderRejected) and tries < _TRIES)


async def _reserve(runtime: Runtime, contract_id: UUID, wish: _Wish) -> None:
    bounds = runtime.database.bounds
    match wish:
        case _AtRandom(ddd, brand_id):
            order = Order(ddd, brand_id, bounds, ACTOR, contract_id=contract_id)
            await reserve_at_random(runtime, order)
        case _OfPreview(preview_id, index):
            await reserve_from_preview(
                runtime,
                preview_id,
                index,
                caller=bounds,
                actor=ACTOR,
                contract_id=contract_id,
            )


def _sentence(error: TramitaError) -> str:
    if isinstance(error, InvalidError):
        return " ".join(one.message for one in error.errors)
    return str(error)


async def _give_up(work: UnitOfWork, contract: Contract, why: str) -> None:
    """It has no number, and will have none; what the contract is to become a person decides."""
    await set_activated(work, contract.id, False, why)
    await work.session.flush()
    await MOBILE_LINES.move(work, [contract.id], LineTrigger.FAIL)
    # The release before this one goes by the mark.
    failed = {"is_failed": True, "status": LineState.FAILED, "reason": why}
    await write_backend_records(work, {contract.id: failed})


JOBS: Final[list[Job[Runtime]]] = [Job(GET_JOB, get_number)]
