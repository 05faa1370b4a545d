"""What Sigan's answer to a reservation means for the claim."""

from datetime import timedelta

import pytest

from tests.numbering.scripted import MSISDN, NOW, SETTINGS, OneTask, Scripted, make_task
from tramita.kit.identifiers import new_id
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.numbers.journey.reserve import (
    HOLD_IS_GONE,
    ClaimedNumber,
    Confirmed,
    Decision,
    InDoubt,
    Withdrawn,
    decide,
    find_lost_claim,
)
from tramita.numbering.ports import InventoryRefusal, Reservation

CLAIMED = ClaimedNumber(MSISDN, "PR-1", NOW + timedelta(minutes=16))
RESERVED = Reservation("RS-1", MSISDN)
SOON = timedelta(seconds=2)
AT_ONCE = timedelta(0)


class TestDecide:
    @pytest.mark.parametrize(
        ("outcome", "trigger", "decision", "retry_in"),
        [
            (Unknown("HTTP 500"), T.UNKNOWN, InDoubt(), SOON),
            (Pending("X-1", timedelta(minutes=1)), T.UNKNOWN, InDoubt(), SOON),
            (NotSent("HTTP 429", timedelta(minutes=9)), T.GIVE_UP, Withdrawn(), AT_ONCE),
        ],
    )
    def test_withdraws_only_what_certainly_was_not_done(
        self, outcome: Outcome[Reservation], trigger: T, decision: Decision, retry_in: timedelta
    ) -> None:
        """Never sent again: whoever waited has been told. Unknown is asked about (R16, R21)."""
        result = decide(make_task(CLAIMED), outcome, SETTINGS)

        assert (trigger, decision, retry_in) == (result.trigger, result.decision, result.retry_in)
        assert result.reason

    @pytest.mark.parametrize(
        "code", [one for one in InventoryRefusal if one is not InventoryRefusal.HOLD_CONSUMED]
    )
    def test_knows_which_refusal_ends_the_preview(self, code: InventoryRefusal) -> None:
        """The hold is gone; or only this number is not to be had (R17, R18)."""
        result = decide(make_task(CLAIMED), Refused(code, "no"), SETTINGS)

        is_over = code in {"hold_expired", "hold_not_found"}
        assert (T.REFUSED, Withdrawn(is_hold_gone=is_over)) == (result.trigger, result.decision)
        assert is_over == (code in HOLD_IS_GONE)
        assert f"{code.value}: no" == result.reason

    def test_asks_when_its_own_hold_is_used_up(self) -> None:
        """The request may have come twice, and what used the hold up be its first coming."""
        consumed = Refused(InventoryRefusal.HOLD_CONSUMED, "no")

        result = decide(make_task(CLAIMED), consumed, SETTINGS)

        assert (T.UNKNOWN, InDoubt(), SOON) == (result.trigger, result.decision, result.retry_in)

    def test_keeps_the_number_for_a_day(self) -> None:
        """From when the claim was taken, under Sigan's own id."""
        result = decide(make_task(CLAIMED), Done(RESERVED), SETTINGS)

        assert Confirmed(RESERVED, NOW + timedelta(days=1)) == result.decision
        assert (T.DONE, "RS-1") == (result.trigger, result.reference)


class TestFindLostClaim:
    async def test_asks_and_never_sends(self) -> None:
        """It was sent by somebody who has gone (R13)."""
        found = OneTask(make_task(CLAIMED), Scripted([]))

        await find_lost_claim(found.runtime, new_id())

        [result] = found.handed_in
        assert (T.UNKNOWN, InDoubt(), SOON) == (result.trigger, result.decision, result.retry_in)
        assert [] == found.inventory.asked

    async def test_leaves_what_is_in_other_hands(self) -> None:
        """Or finished."""
        nothing: OneTask[ClaimedNumber] = OneTask(None, Scripted([]))

        await find_lost_claim(nothing.runtime, new_id())

        assert [] == nothing.handed_in
