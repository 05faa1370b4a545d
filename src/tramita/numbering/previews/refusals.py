"""What callers are told of an inventory's answer that is no yes. Pure, and total."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import assert_never

from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.operations.paused import ProviderPaused
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.errors import (
    InCapitals,
    PreviewExpired,
    ProviderOutcomeUnknown,
    ProviderOutOfStock,
    ProviderRejected,
    ProviderUnavailable,
)
from tramita.numbering.ports import Hold, InventoryRefusal, Reservation

R = InventoryRefusal


@contextmanager
def told_when_paused() -> Iterator[None]:
    """Tell callers of a paused inventory as of one that is out of reach: nothing was reserved."""
    try:
        yield
    except ProviderPaused as paused:
        raise ProviderUnavailable("it is paused", paused.again_in) from None


def error_of(outcome: Outcome[Hold] | Outcome[Reservation]) -> InCapitals | InvalidError:
    """The error for an answer that is no yes."""
    match outcome:
        case Refused(code, reason):
            return _error_of_refusal(R(code), reason)
        case NotSent(reason, retry_in):
            return ProviderUnavailable(reason, retry_in)
        case Unknown(reason):
            return ProviderOutcomeUnknown(reason=reason)
        case Done() | Pending():
            # A hold or a reservation is there: whoever gets here was told so too late.
            return ProviderOutcomeUnknown(reason="it answers later")
        case _:
            assert_never(outcome)


def _error_of_refusal(code: InventoryRefusal, reason: str) -> InCapitals | InvalidError:
    match code:
        case R.INVALID_DDD:
            return InvalidError([FieldError("ddd", "refused", reason)])
        case R.INVALID_BRAND:
            return InvalidError([FieldError("brand_id", "refused", reason)])
        case R.INSUFFICIENT_STOCK:
            return ProviderOutOfStock(reason)
        case R.HOLD_EXPIRED | R.HOLD_NOT_FOUND:
            return PreviewExpired(why=reason)
        case R.HOLD_CONSUMED:
            return ProviderOutcomeUnknown(reason=reason)
        case (
            R.PREVIOUS_NOT_FOUND
            | R.PREVIOUS_CONSUMED
            | R.NUMBER_TAKEN
            | R.NUMBER_NOT_IN_HOLD
            | R.RESERVATION_NOT_FOUND
            | R.RESERVATION_ACTIVE
            | R.OTHER
        ):
            return ProviderRejected(reason=f"{code}: {reason}")
        case _:
            assert_never(code)
