"""``numbering.ask_reservation``: find out whether a number was reserved.

The provider is asked what it did with our request, by the request's id:

- it reserved the number: the claim is confirmed;
- it remembers and refused: the claim is withdrawn;
- it never saw it, or does not answer such questions: that is believed only when the hold
  has ended, because until then what was sent may still be on its way. Then it is asked for the number itself, and at last the
  same request is sent once more under the same id: there is nothing left that it could
  take, so it answers either what it answered then, or that the hold is gone;
- it cannot be asked: again later, and after a long outage a person decides.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID

from tramita.kit.jobs import Job
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger
from tramita.kit.operations.pause import pause_after
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.numbers.journey.reserve import (
    CLAIM,
    HOLD_IS_GONE,
    Asking,
    ClaimResult,
    ClaimTask,
    GivenUp,
    confirm,
    withdraw,
)
from tramita.numbering.ports import FoundRequest, NumberInventory, Reservation, ReservationStatus
from tramita.numbering.settings import NumberingSettings

JOB: Final = "numbering.ask_reservation"


@dataclass(frozen=True)
class _Inquiry:
    """One question about one claim; ``past_hold`` is how long ago its hold ended."""

    task: ClaimTask
    doubt: Doubt
    gateway: NumberInventory
    settings: NumberingSettings

    @property
    def past_hold(self) -> timedelta:
        return self.task.operation.taken_at - self.task.request.hold_until

    @property
    def is_hold_over(self) -> bool:
        return self.past_hold > timedelta(seconds=self.settings.hold_grace)


async def ask_reservation(runtime: Runtime, operation_id: UUID) -> None:
    """Ask once what became of a claim, and record what was learnt."""
    desk = runtime.desk(CLAIM)
    task = await desk.take_to_ask(operation_id)
    if task is None or task.operation.doubt is None:
        return  # Known meanwhile, or somebody else is asking.
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    settings = runtime.configured(NumberingSettings)
    await desk.hand_in(await _ask(_Inquiry(task, task.operation.doubt, gateway, settings)))


async def _ask(one: _Inquiry) -> ClaimResult:
    task = one.task
    outcome = await one.gateway.find_request(task.operation.key, task.attempt)
    match outcome:
        case Done(None):
            if not one.is_hold_over:
                return _ask_again(one, "The provider has not seen the request so far.")
            return await _ask_for_number(one)
        case Done(FoundRequest(reservation_id=str(reservation_id))):
            reservation = Reservation(reservation_id, task.request.msisdn)
            return confirm(task, reservation, one.settings)
        case Done(FoundRequest(is_refused=True)):
            return withdraw(task, "The provider refused the request.")
        case Done():
            return _ask_again(one, "The provider does not say what it did with the request.")
        case Refused(code, reason):
            if not one.is_hold_over:
                why = f"The provider does not answer the question ({code}: {reason})."
                return _ask_again(one, why)
            return await _ask_for_number(one)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _ask_again(one, f"The provider could not be asked: {reason}")
        case _:
            assert_never(outcome)


async def _ask_for_number(one: _Inquiry) -> ClaimResult:
    """By the number itself. A reservation of it that is open can only be ours."""
    msisdn = one.task.request.msisdn
    outcome = await one.gateway.find_reservation(msisdn, one.task.attempt)
    match outcome:
        case Done(found) if found is not None and found.status is ReservationStatus.RESERVED:
            return confirm(one.task, Reservation(found.reservation_id, msisdn), one.settings)
        case Done() | Refused():
            return await _send_once_more(one)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _ask_again(one, f"The provider could not be asked: {reason}")
        case _:
            assert_never(outcome)


async def _send_once_more(one: _Inquiry) -> ClaimResult:
    """The same request under the same id, when nothing is left that it could take."""
    claimed = one.task.request
    outcome = await one.gateway.reserve(claimed.external_id, claimed.msisdn, one.task.attempt)
    match outcome:
        case Done(reservation):
            return confirm(one.task, reservation, one.settings)
        case Refused(code, reason) if code in HOLD_IS_GONE:
            return withdraw(one.task, f"{code}: {reason}", is_hold_gone=True)
        case Refused(code, reason):
            return _ask_again(one, f"The provider says {code}: {reason}")
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _ask_again(one, f"The provider could not be asked: {reason}")
        case _:
            assert_never(outcome)


def _ask_again(one: _Inquiry, why: str) -> ClaimResult:
    """Later; or, when it lasts too long after the end of the hold, a person is asked."""
    if one.past_hold > timedelta(seconds=one.settings.outage_wait):
        return Result(one.task, GivenUp(), OperationTrigger.PARK, reason=why)
    first = timedelta(seconds=one.settings.ask_after)
    pause = pause_after(one.doubt.asked, first)
    return Result(one.task, Asking(), OperationTrigger.UNKNOWN, reason=why, retry_in=pause)


JOBS: Final[list[Job[Runtime]]] = [Job(JOB, ask_reservation)]
