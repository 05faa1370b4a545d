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
from typing import Final, TypeAlias, assert_never

from tramita.kit.operations.asking import NoWord, Question, Said, There
from tramita.kit.operations.taken import Doubt
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.kit.runtime import Runtime
from tramita.numbering.numbers.journey.reserve import (
    CLAIM,
    HOLD_IS_GONE,
    ClaimedNumber,
    ClaimTask,
    Decision,
    GivenUp,
    InDoubt,
    confirm,
    withdraw,
)
from tramita.numbering.ports import FoundRequest, NumberInventory, Reservation, ReservationStatus
from tramita.numbering.settings import NumberingSettings, first_pause

_Said: TypeAlias = Said[ClaimedNumber, Decision]


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


async def find_reservation(runtime: Runtime, task: ClaimTask, doubt: Doubt) -> _Said:
    """Ask by our request, by the number, and at last with the request itself."""
    gateway = runtime.gateway(NumberInventory, task.operation.provider)
    return await _ask(_Inquiry(task, doubt, gateway, runtime.configured(NumberingSettings)))


async def _ask(one: _Inquiry) -> _Said:
    task = one.task
    outcome = await one.gateway.find_request(task.operation.key, task.attempt)
    match outcome:
        case Done(None):
            if not one.is_hold_over:
                return _no_word(one, "The provider has not seen the request so far.")
            return await _ask_for_number(one)
        case Done(FoundRequest(reservation_id=str(reservation_id))):
            reservation = Reservation(reservation_id, task.request.msisdn)
            return There(confirm(task, reservation, one.settings))
        case Done(FoundRequest(is_refused=True)):
            return There(withdraw(task, "The provider refused the request."))
        case Done():
            return _no_word(one, "The provider does not say what it did with the request.")
        case Refused(code, reason):
            if not one.is_hold_over:
                why = f"The provider does not answer the question ({code}: {reason})."
                return _no_word(one, why)
            return await _ask_for_number(one)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _no_word(one, f"The provider could not be asked: {reason}")
        case _:
            assert_never(outcome)


async def _ask_for_number(one: _Inquiry) -> _Said:
    """By the number itself. A reservation of it that is open can only be ours."""
    msisdn = one.task.request.msisdn
    outcome = await one.gateway.find_reservation(msisdn, one.task.attempt)
    match outcome:
        case Done(found) if found is not None and found.status is ReservationStatus.RESERVED:
            return There(confirm(one.task, Reservation(found.reservation_id, msisdn), one.settings))
        case Done() | Refused() if one.doubt.is_elsewhere:
            return _no_word(one, "Whoever has it in hand may be sending it.")
        case Done() | Refused():
            return await _send_once_more(one)
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _no_word(one, f"The provider could not be asked: {reason}")
        case _:
            assert_never(outcome)


async def _send_once_more(one: _Inquiry) -> _Said:
    """The same request under the same id, when nothing is left that it could take."""
    claimed = one.task.request
    outcome = await one.gateway.reserve(claimed.external_id, claimed.msisdn, one.task.attempt)
    match outcome:
        case Done(reservation):
            return There(confirm(one.task, reservation, one.settings))
        case Refused(code, reason) if code in HOLD_IS_GONE:
            return There(withdraw(one.task, f"{code}: {reason}", is_hold_gone=True))
        case Refused(code, reason):
            return _no_word(one, f"The provider says {code}: {reason}")
        case NotSent(reason) | Unknown(reason) | Pending(reason):
            return _no_word(one, f"The provider could not be asked: {reason}")
        case _:
            assert_never(outcome)


def _no_word(one: _Inquiry, why: str) -> _Said:
    """Asked again; when it lasts too long after the end of the hold, a person is asked."""
    left = timedelta(seconds=one.settings.outage_wait) - one.past_hold
    return NoWord(why=why, left=left, waiting=InDoubt(), then=GivenUp())


QUESTION: Final = Question(CLAIM, find_reservation, first_pause)
