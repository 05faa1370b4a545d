"""What Sigan's answer to a pre-reservation means for whoever waits for it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.numbering.scripted import NOW, SETTINGS, OneTask, Scripted, make_task
from tramita.kit.identifiers import new_id
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.ports import Hold, InventoryRefusal, WantedNumbers
from tramita.numbering.previews.journey.pre_reserve import (
    PREVIOUS_IS_GONE,
    InDoubt,
    NotHeld,
    Unusable,
    Usable,
    Wish,
    WishTask,
    decide,
    find_lost_wish,
)

SOON = timedelta(seconds=2)


def wish(quantity: int = 3, previous: str | None = None) -> WishTask:
    """Numbers that somebody waits for."""
    wanted = WantedNumbers("11", "vivo", quantity, timedelta(minutes=16), previous)
    return make_task(Wish(new_id(), "preview", wanted, NOW + wanted.hold))


def hold(count: int, *faults: str) -> Hold:
    """A hold of so many numbers that are of use."""
    msisdns = tuple(f"551198765432{n}" for n in range(count))
    return Hold("PR-1", msisdns, None, faults)


class TestDecide:
    @pytest.mark.parametrize(
        ("quantity", "count", "least", "is_usable"),
        [
            (3, 3, 3, True),
            (3, 2, 3, False),
            (3, 0, 3, False),
            (3, 2, 2, True),
            (3, 1, 2, False),
            (1, 1, 3, True),
            (1, 0, 3, False),
            (1, 0, 1, False),
        ],
    )
    def test_takes_as_many_numbers_as_there_must_be(
        self, quantity: int, count: int, least: int, is_usable: bool
    ) -> None:
        """Three unless fewer are allowed, one of one; what is not taken is given back (G14)."""
        settings = SETTINGS.model_copy(update={"least_numbers": least})
        said = hold(count, "Number 1 is a fixed line.")

        result = decide(wish(quantity), Done(said), settings)

        expected = (T.DONE, Usable(said)) if is_usable else (T.WITHDRAW, Unusable("PR-1"))
        assert expected == (result.trigger, result.decision)
        assert "PR-1" == result.reference
        assert is_usable or "a fixed line" in str(result.reason)

    @pytest.mark.parametrize("code", list(InventoryRefusal))
    def test_knows_which_refusal_is_about_the_previous_hold(self, code: InventoryRefusal) -> None:
        """Then that one is over; otherwise it lives on (R7, R34)."""
        result = decide(wish(previous="PR-0"), Refused(code, "no"), SETTINGS)

        is_gone = code in {"previous_not_found", "previous_consumed"}
        assert (T.REFUSED, NotHeld(is_previous_gone=is_gone)) == (result.trigger, result.decision)
        assert is_gone == (code in PREVIOUS_IS_GONE)

    @pytest.mark.parametrize(
        ("outcome", "trigger", "decision"),
        [
            (NotSent("no connection", SOON), T.GIVE_UP, NotHeld()),
            (Unknown("HTTP 500"), T.UNKNOWN, InDoubt()),
            (Pending("X-1", timedelta(minutes=1)), T.UNKNOWN, InDoubt()),
        ],
    )
    def test_asks_only_about_what_may_have_been_done(
        self, outcome: Outcome[Hold], trigger: T, decision: Any
    ) -> None:
        """Nobody will wait for a later try, so what was never sent ends there."""
        result = decide(wish(), outcome, SETTINGS)

        assert (trigger, decision) == (result.trigger, result.decision)
        assert (SOON if trigger is T.UNKNOWN else timedelta(0)) == result.retry_in


class TestFindLostWish:
    async def test_asks_and_never_sends(self) -> None:
        """Whoever wanted the numbers has gone (R1)."""
        found = OneTask(wish(), Scripted([]))

        await find_lost_wish(found.runtime, new_id())

        [result] = found.handed_in
        assert (T.UNKNOWN, InDoubt(), []) == (
            result.trigger,
            result.decision,
            found.inventory.asked,
        )
