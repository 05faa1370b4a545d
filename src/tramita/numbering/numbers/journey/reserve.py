"""``numbering.reserve_number``: have the provider reserve a number that is claimed here.

The caller waits for the answer. The claim (the number is ``RESERVING``, the preview names
it) is committed before the call, so nobody else reserves the number or another one of the
preview meanwhile, and a crash leaves the claim to be settled by asking
(``ask_reservation``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias, assert_never
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.jobs import Job
from tramita.kit.operations.kind import AtOnce, OperationKind, Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.lost import ask_about_lost, ask_in
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.lifecycle import NumberTrigger
from tramita.numbering.numbers.at_once import CONFIRM
from tramita.numbering.numbers.rows import (
    NUMBERS,
    confirm_numbers,
    go_on_giving_back,
    tell_contracts,
    withdraw_numbers,
)
from tramita.numbering.ports import InventoryRefusal, NumberInventory, Reservation
from tramita.numbering.previews.rows import consume_previews, free_previews
from tramita.numbering.settings import NumberingSettings

JOB: Final = "numbering.reserve_number"
# The hold is gone at the provider, and with it the preview.
HOLD_IS_GONE: Final = frozenset({InventoryRefusal.HOLD_EXPIRED, InventoryRefusal.HOLD_NOT_FOUND})


@dataclass(frozen=True, slots=True)
class ClaimedNumber:
    """A number to be reserved out of a hold, which has ended by ``hold_until``."""

    msisdn: str
    external_id: str
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Reserved, and to be assigned until ``until``."""

    reservation: Reservation
    until: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Certainly not reserved. ``is_hold_gone``: the others of the preview are gone too."""

    is_hold_gone: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody knows; the provider is asked."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Nobody could find out; a person is asked."""


Decision: TypeAlias = Confirmed | Withdrawn | InDoubt | GivenUp
ClaimTask: TypeAlias = Task[ClaimedNumber]
ClaimResult: TypeAlias = Result[ClaimedNumber, Decision]


async def load_claims(work: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, ClaimedNumber]:
    """Claimed numbers by id."""
    rows = await work.fetch(
        """
        SELECT t.id, t.msisdn, w.external_id, w.hold_until
        FROM phone_number AS t JOIN pre_reservation AS w ON w.id = t.pre_reservation_id
        WHERE t.id = ANY($1::uuid[])
        """,
        list(ids),
    )
    return {
        row["id"]: ClaimedNumber(row["msisdn"], row["external_id"], row["hold_until"])
        for row in rows
    }


async def record_claims(work: UnitOfWork, results: Sequence[ClaimResult]) -> None:
    """Settle claims: numbers first, in order of id, previews last.

    Whoever waits for an answer goes on by itself; what was asked about later wakes its contract.
    """
    confirmed: list[tuple[UUID, str, datetime]] = []
    withdrawn: dict[UUID, bool] = {}
    given_up: list[UUID] = []
    for one in results:
        number = one.task.operation.subject_id
        match one.decision:
            case Confirmed(reservation, until):
                confirmed.append((number, reservation.reservation_id, until))
            case Withdrawn(is_hold_gone):
                withdrawn[number] = is_hold_gone
            case GivenUp():
                given_up.append(number)
            case InDoubt():
                pass
            case _:
                assert_never(one.decision)
    asked = [one.task.operation for one in results if one.task.operation.doubt is not None]
    settled = {*withdrawn, *(number for number, _, _ in confirmed)}
    # Before the numbers that come to nothing are nobody's again.
    await tell_contracts(work, [one.subject_id for one in asked if one.subject_id in settled])
    if confirmed:
        await confirm_numbers(work, confirmed)
        await consume_previews(work, [id_ for id_, _, _ in confirmed])
    if withdrawn:
        await _withdraw(work, withdrawn)
    if given_up:
        await NUMBERS.move(work, given_up, NumberTrigger.GIVE_UP)


async def refuse_claims(work: UnitOfWork, ids: Sequence[UUID], _words: str) -> None:
    """A person says that nothing was reserved."""
    await _withdraw(work, dict.fromkeys(ids, False))


async def _withdraw(work: UnitOfWork, numbers: Mapping[UUID, bool]) -> None:
    """Nothing was reserved; true: and the hold is gone."""
    await withdraw_numbers(work, list(numbers))
    await go_on_giving_back(work, list(numbers))
    await free_previews(work, numbers)


def _confirmation(result: ClaimResult) -> Mapping[str, object] | None:
    """What ``CONFIRM`` needs to know, of a result that it can record."""
    decision = result.decision
    return {"until": decision.until} if isinstance(decision, Confirmed) else None


CLAIM: Final[OperationKind[ClaimedNumber, Decision]] = OperationKind(
    name=JOB,
    port=NumberInventory,
    job=JOB,
    ask_job="numbering.ask_reservation",
    load=load_claims,
    record=record_claims,
    refuse=refuse_claims,
    at_once=AtOnce(CONFIRM, _confirmation),
    ask_calls=3,  # by request, by number, and the same request once more
)


def decide(
    task: ClaimTask, outcome: Outcome[Reservation], settings: NumberingSettings
) -> ClaimResult:
    """What the provider's answer means for the claim.

    Out of reach: nothing was done, and nobody will wait for a later try, so it ends there.
    """
    match outcome:
        case Done(reservation):
            return confirm(task, reservation, settings)
        case Refused(InventoryRefusal.HOLD_CONSUMED, reason):
            # Nobody else knows the hold: what used it up may be this very request, come twice.
            return ask_later(task, f"the hold is used up: {reason}", settings)
        case Refused(code, reason):
            return withdraw(task, f"{code}: {reason}", is_hold_gone=code in HOLD_IS_GONE)
        case NotSent(reason):
            return Result(task, Withdrawn(), OperationTrigger.GIVE_UP, reason=reason)
        case Unknown(reason):
            return ask_later(task, reason, settings)
        case Pending(reference):
            return ask_later(task, f"accepted as {reference}", settings)
        case _:
            assert_never(outcome)


def confirm(task: ClaimTask, reservation: Reservation, settings: NumberingSettings) -> ClaimResult:
    """It is reserved."""
    until = task.operation.taken_at + timedelta(minutes=settings.reserved_minutes)
    return Result(
        task,
        Confirmed(reservation, until),
        OperationTrigger.DONE,
        reference=reservation.reservation_id,
    )


def withdraw(task: ClaimTask, why: str, *, is_hold_gone: bool = False) -> ClaimResult:
    """It is certainly not reserved."""
    return Result(task, Withdrawn(is_hold_gone), OperationTrigger.REFUSED, reason=why)


def ask_later(task: ClaimTask, why: str, settings: NumberingSettings) -> ClaimResult:
    """The provider is asked in a moment."""
    return ask_in(task, InDoubt(), why, timedelta(seconds=settings.ask_after))


async def find_lost_claim(runtime: Runtime, operation_id: UUID) -> None:
    """Whoever reserved the number has gone without recording an answer: ask for it."""
    pause = timedelta(seconds=runtime.configured(NumberingSettings).ask_after)
    await ask_about_lost(runtime.desk(CLAIM), operation_id, InDoubt(), pause=pause)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, find_lost_claim)]
