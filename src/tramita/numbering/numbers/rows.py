"""The rows of phone numbers: claimed, confirmed, given back, always along the life cycle."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.database.rows import lock_rows, update_rows
from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.masking_shapes import mask_phone
from tramita.kit.operations import doubts, ledger, standing
from tramita.kit.operations.lifecycle import OperationState
from tramita.kit.transitions import Stateful
from tramita.numbering.acts import RELEASE_NUMBER
from tramita.numbering.errors import (
    ContractNeedsNoNumber,
    NumberInventoryDivergence,
    ReleaseInProgress,
)
from tramita.numbering.lifecycle import NUMBER, NumberStatus, NumberTrigger, ProviderRelease
from tramita.numbering.provider import PROVIDER

NUMBERS: Final = Stateful(NUMBER, "phone_number", "status")
# Looks after a mobile contract and its number; whatever moves such a number enqueues it.
TEND_JOB: Final = "numbering.tend_contract"
# For so long a number stays reserved whose SIM was taken off.
_WITHOUT_SIM: Final = timedelta(hours=1)

# A release that has not begun is dropped when its number is reserved anew; one under way is
# waited for, because what it gives back would be the new holder's number.
_UNDER_WAY: Final = frozenset({OperationState.SENT, OperationState.UNKNOWN, OperationState.PENDING})


async def claim_number(
    work: UnitOfWork, msisdn: str, *, pre_reservation_id: UUID, carrier: str | None
) -> tuple[UUID, int]:
    """Make a number ``RESERVING``, which nobody else then may; answers its id and epoch.

    Raises ``NumberInventoryDivergence`` when it is in some use here, ``ReleaseInProgress``
    while it is on its way back to the provider.
    """
    made = await work.fetch(
        """
        INSERT INTO phone_number (id, msisdn, origin, status, epoch, carrier, pre_reservation_id,
                                  provider_release, created_at, updated_at)
        VALUES ($1, $2, 'VIVO', $3, 1, $4, $5, 'NOT_NEEDED', tramita_now(), tramita_now())
        ON CONFLICT (msisdn) DO NOTHING RETURNING id, epoch
        """,
        new_id(),
        msisdn,
        NumberStatus.RESERVING.value,
        carrier,
        pre_reservation_id,
    )
    if made:
        return made[0]["id"], made[0]["epoch"]
    known = await work.fetch("SELECT id FROM phone_number WHERE msisdn = $1", msisdn)
    if not known:
        raise await divergence(work, msisdn)  # It was withdrawn, and is forgotten, this moment.
    id_ = known[0]["id"]
    await _drop_release(work, id_)
    if id_ not in await NUMBERS.move(work, [id_], NumberTrigger.RESERVE):
        raise await divergence(work, msisdn)
    await _check_no_release_since(work, id_)
    return await _take_over(work, id_, pre_reservation_id)


async def _drop_release(work: UnitOfWork, number_id: UUID) -> None:
    releases = await standing.live(work, [number_id], [RELEASE_NUMBER], lock=True)
    if any(one.state in _UNDER_WAY for one in releases):
        raise ReleaseInProgress
    if releases:
        why = "The number was reserved anew before it was given back."
        await doubts.withdraw(work, [one.id for one in releases], cause=why)


async def _check_no_release_since(work: UnitOfWork, number_id: UUID) -> None:
    """It may have been released after ``_drop_release`` looked; from the move on it cannot be.

    Read without a lock: whoever settles a release holds it and waits for the number.
    """
    if await standing.live(work, [number_id], [RELEASE_NUMBER]):
        raise ReleaseInProgress


async def _take_over(
    work: UnitOfWork, number_id: UUID, pre_reservation_id: UUID
) -> tuple[UUID, int]:
    """Begin a new epoch; whose it was last it stays until the provider has confirmed."""
    [row] = await work.fetch(
        """
        UPDATE phone_number SET
            prior_status = 'RETURNED', epoch = epoch + 1, pre_reservation_id = $2
        WHERE id = $1 RETURNING id, epoch
        """,
        number_id,
        pre_reservation_id,
    )
    return row["id"], row["epoch"]


async def divergence(work: UnitOfWork, msisdn: str) -> NumberInventoryDivergence:
    """The error for a number that the provider offered and that is in some use here."""
    rows = await work.fetch("SELECT status FROM phone_number WHERE msisdn = $1", msisdn)
    status = rows[0]["status"] if rows else "unknown"
    return NumberInventoryDivergence(number=mask_phone(msisdn), status=status)


async def bind_claim(work: UnitOfWork, number_id: UUID, contract_id: UUID) -> None:
    """Make a claimed number the contract's; raises ``ContractNeedsNoNumber``.

    Together with the claim itself: whoever dies after that leaves a number that the contract
    knows, and nobody brings the contract a second one.
    """
    active = await work.fetch(
        "SELECT FROM contracts WHERE id = $1 AND active FOR NO KEY UPDATE", contract_id
    )
    # Only now: a statement that waits for a lock does not see what came meanwhile elsewhere.
    if not active or await lock_numbers(work, [contract_id]):
        raise ContractNeedsNoNumber
    await update_rows(work, "phone_number", {number_id: {"contract_id": contract_id}})


async def confirm_numbers(
    work: UnitOfWork, confirmed: Sequence[tuple[UUID, str, datetime]]
) -> None:
    """The provider has reserved them: id, its own reservation id, and until when to wait."""
    moved = await NUMBERS.move(work, [id_ for id_, _, _ in confirmed], NumberTrigger.CONFIRM)
    taken = [one for one in confirmed if one[0] in moved]
    if not taken:
        return
    await work.fetch(
        """
        UPDATE phone_number AS t SET
            reservation_id = c.reservation_id, reserved_until = c.until, prior_status = NULL,
            carrier = w.carrier, assigned_sim_id = NULL,
            provider_release = 'NOT_NEEDED'
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS c(id, reservation_id, until),
             pre_reservation AS w
        WHERE t.id = c.id AND w.id = t.pre_reservation_id
        """,
        *(list(column) for column in zip(*taken, strict=True)),
    )


async def withdraw_numbers(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Nothing was reserved: back to what they were; what was not known before is forgotten."""
    await NUMBERS.move(work, ids, NumberTrigger.WITHDRAW)
    await work.fetch(
        "DELETE FROM phone_number WHERE id = ANY($1::uuid[]) AND prior_status IS NULL", list(ids)
    )
    await work.fetch(
        "UPDATE phone_number SET prior_status = NULL, contract_id = NULL "
        "WHERE id = ANY($1::uuid[])",
        list(ids),
    )


async def unassign_numbers(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Take numbers off SIMs on which they never went live; they stay reserved for a while."""
    moved = await NUMBERS.move(work, ids, NumberTrigger.UNASSIGN)
    await work.fetch(
        """
        UPDATE phone_number SET assigned_sim_id = NULL,
            reserved_until = tramita_now() + $2::interval
        WHERE id = ANY($1::uuid[])
        """,
        list(moved),
        _WITHOUT_SIM,
    )


async def terminate_numbers(
    work: UnitOfWork, ids: Sequence[UUID], *, rest: timedelta, cause: str | None = None
) -> set[UUID]:
    """The lines of numbers have ended; they rest, and are then given back. Answers which."""
    moved = await NUMBERS.move(work, ids, NumberTrigger.TERMINATE, cause=cause)
    await work.fetch(
        "UPDATE phone_number SET quarantine_until = tramita_now() + $2::interval "
        "WHERE id = ANY($1::uuid[])",
        list(moved),
        rest,
    )
    return set(moved)


async def find_number(
    work: UnitOfWork, msisdn: str, *, lock: bool = False
) -> asyncpg.Record | None:
    """The row of a number, if it is known."""
    query = "SELECT *, tramita_now() AS now FROM phone_number WHERE msisdn = $1"
    rows = await work.fetch(f"{query} FOR NO KEY UPDATE" if lock else query, msisdn)
    return rows[0] if rows else None


async def lock_numbers(work: UnitOfWork, contract_ids: Sequence[UUID]) -> list[asyncpg.Record]:
    """The numbers of locked contracts, locked, in order of id."""
    rows = await work.fetch(
        "SELECT *, tramita_now() AS now FROM phone_number WHERE contract_id = ANY($1::uuid[]) "
        "ORDER BY id FOR NO KEY UPDATE",
        list(contract_ids),
    )
    return list(rows)


async def facts_about(
    work: UnitOfWork, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Numbers as people may read them, of those that are numbers."""
    rows = await work.fetch(
        "SELECT id, msisdn FROM phone_number WHERE id = ANY($1::uuid[])", list(subjects)
    )
    return {row["id"]: [("Number", mask_phone(row["msisdn"]))] for row in rows}


async def give_back(
    work: UnitOfWork, ids: Sequence[UUID], trigger: NumberTrigger
) -> dict[UUID, int]:
    """Return numbers that take ``trigger``, and have the provider take them back.

    Answers which, with their epoch; a number that has gone on meanwhile is left alone.
    """
    await _take_off_sims(work, ids, trigger)
    moved = await NUMBERS.move(work, ids, trigger)
    if not moved:
        return {}
    await tell_contracts(work, list(moved))
    epochs = await _return_rows(work, list(moved))
    keys = {id_: f"release:{id_}:{epoch}" for id_, epoch in epochs.items()}
    begun = await ledger.prepare(work, RELEASE_NUMBER, keys, provider=PROVIDER)
    if len(begun) < len(keys):
        await _leave_to_earlier(work, {id_: keys[id_] for id_ in keys.keys() - begun.keys()})
    return epochs


async def _leave_to_earlier(work: UnitOfWork, keys: Mapping[UUID, str]) -> None:
    """A number that was blocked while it was on its way back may be so still, by its first release.

    That is held until these are returned: whoever recorded it before would pass over a number that
    is not yet. One that has just ended was of the time before, and another begins.
    """
    held = await standing.live(work, list(keys), [RELEASE_NUMBER], lock=True)
    ended = keys.keys() - {one.subject_id for one in held}
    if ended:
        await ledger.prepare(
            work, RELEASE_NUMBER, {id_: keys[id_] for id_ in ended}, provider=PROVIDER
        )


async def _take_off_sims(work: UnitOfWork, ids: Sequence[UUID], trigger: NumberTrigger) -> None:
    """Free the SIMs of numbers that are about to take ``trigger``: a returned one has none."""
    if len(ids) > 1:
        await lock_rows(work, "phone_number", ids)
    await work.fetch(
        """
        UPDATE phone_number SET assigned_sim_id = NULL
        WHERE id = ANY($1::uuid[]) AND status = ANY($2::text[]) AND assigned_sim_id IS NOT NULL
        """,
        list(ids),
        [state.value for state in NUMBER.targets(trigger)],
    )


async def _return_rows(work: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, int]:
    """What returning a number means for its row; answers epochs by id, in order of id."""
    rows = await work.fetch(
        """
        UPDATE phone_number SET
            contract_id = NULL, reserved_until = NULL, quarantine_until = NULL,
            provider_release = $2
        WHERE id = ANY($1::uuid[]) RETURNING id, epoch
        """,
        list(ids),
        ProviderRelease.PENDING.value,
    )
    return {row["id"]: row["epoch"] for row in sorted(rows, key=itemgetter("id"))}


async def tell_contracts(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Have the contracts looked after whose numbers these are."""
    rows = await work.fetch(
        "SELECT contract_id FROM phone_number "
        "WHERE id = ANY($1::uuid[]) AND contract_id IS NOT NULL",
        list(ids),
    )
    for row in rows:
        work.enqueue(TEND_JOB, contract_id=row["contract_id"])


async def go_on_giving_back(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    """Have returned numbers taken back whose release was dropped for a reservation in vain."""
    rows = await work.fetch(
        """
        UPDATE phone_number SET provider_release = $2
        WHERE id = ANY($1::uuid[]) AND status = 'RETURNED' AND provider_release = ANY($3::text[])
        RETURNING id, epoch
        """,
        list(ids),
        ProviderRelease.PENDING.value,
        [ProviderRelease.PENDING.value, ProviderRelease.FAILED.value],
    )
    keys = {row["id"]: f"release:{row['id']}:{row['epoch']}" for row in rows}
    await ledger.prepare(work, RELEASE_NUMBER, keys, provider=PROVIDER)


async def note_release(work: UnitOfWork, noted: Mapping[UUID, ProviderRelease]) -> None:
    """Whether the provider has taken numbers back that are still returned.

    Others are passed over and not waited for: whoever has one to be returned waits for its operation.
    """
    rows = await work.fetch(
        "SELECT id FROM phone_number WHERE id = ANY($1::uuid[]) AND status = 'RETURNED' "
        "ORDER BY id FOR NO KEY UPDATE",
        list(noted),
    )
    said = {row["id"]: {"provider_release": noted[row["id"]]} for row in rows}
    await update_rows(work, "phone_number", said, are_locked=True)
