"""What a caller is told of each answer that is no yes."""

from datetime import timedelta
from typing import Final

import pytest

from tramita.kit.errors import InvalidError, TramitaError
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.numbering.errors import (
    PreviewExpired,
    ProviderOutcomeUnknown,
    ProviderOutOfStock,
    ProviderRejected,
    ProviderUnavailable,
)
from tramita.numbering.ports import InventoryRefusal, Reservation
from tramita.numbering.previews.refusals import error_of

R = InventoryRefusal
# Every other refusal is passed on as such.
TOLD: Final[dict[str, type[TramitaError]]] = {
    R.INVALID_DDD: InvalidError,
    R.INVALID_BRAND: InvalidError,
    R.INSUFFICIENT_STOCK: ProviderOutOfStock,
    R.HOLD_EXPIRED: PreviewExpired,
    R.HOLD_NOT_FOUND: PreviewExpired,
    R.HOLD_CONSUMED: ProviderOutcomeUnknown,
}


class TestRefusal:
    @pytest.mark.parametrize("code", [*InventoryRefusal, "a word of its own"])
    def test_is_told_as_what_it_means_for_the_caller(self, code: str) -> None:
        """A no about the hold, the stock or what was asked for is told apart from any other."""
        assert TOLD.get(code, ProviderRejected) is type(error_of(Refused(code, "because")))


class TestNoAnswer:
    def test_is_out_of_reach_when_nothing_was_sent(self) -> None:
        """Nothing was reserved, and when to try again is said."""
        told = error_of(NotSent("no connection", timedelta(seconds=7)))

        assert (ProviderUnavailable, timedelta(seconds=7)) == (type(told), told.retry_after)

    @pytest.mark.parametrize(
        "outcome",
        [Unknown("timed out"), Pending("R1", timedelta(0)), Done(Reservation("R1", "55119"))],
    )
    def test_is_unknown_when_something_may_be_there(
        self, outcome: Unknown | Pending | Done[Reservation]
    ) -> None:
        """Whoever was told too late, or nothing yet, knows nothing for sure."""
        assert isinstance(error_of(outcome), ProviderOutcomeUnknown)
