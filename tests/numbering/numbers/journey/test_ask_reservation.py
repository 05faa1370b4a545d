"""What is believed of a claim whose outcome nobody knows."""

from datetime import timedelta
from typing import Any

import pytest

from tests.numbering.scripted import MSISDN, NOW, OneTask, Scripted, make_task
from tramita.kit.identifiers import new_id
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.numbers.journey.ask_reservation import QUESTION
from tramita.numbering.numbers.journey.reserve import (
    ClaimedNumber,
    Confirmed,
    GivenUp,
    InDoubt,
    Withdrawn,
)
from tramita.numbering.ports import (
    FoundRequest,
    FoundReservation,
    InventoryRefusal,
    Reservation,
    ReservationStatus,
)

HELD, GRACE, OVER, LONG_OVER = (timedelta(minutes=m) for m in (10, -1, -2, -90))
REQUEST = ("find_request", "the key")
NUMBER = ("find_reservation", MSISDN)
AGAIN = ("reserve", "PR-1", MSISDN, "the key")
NEVER_SEEN = Done(None)
IS_SILENT = Refused("not_found", "There is no such resource.")
AWAY: list[Outcome[Any]] = [
    NotSent("no connection", timedelta(seconds=2)),
    Unknown("HTTP 500"),
    Pending("X-1", timedelta(seconds=2)),
]
CONFIRMED = Confirmed(Reservation("RS-1", MSISDN), NOW + timedelta(days=1))


def found(status: ReservationStatus) -> Outcome[Any]:
    """The number's last reservation."""
    return Done(FoundReservation("RS-1", MSISDN, status))


async def ask(
    left: timedelta, *answers: Outcome[Any], asked: int = 1, said: str | None = None
) -> tuple[Result[ClaimedNumber, Any], list[tuple[object, ...]]]:
    """Ask once, so long before the hold ends; answers what was learnt, and from what."""
    claimed = ClaimedNumber(MSISDN, "PR-1", NOW + left)
    one = OneTask(make_task(claimed, asked=asked, said=said), Scripted(answers))
    await QUESTION.ask(one.runtime, new_id())
    assert len(answers) == len(one.inventory.asked)
    [result] = one.handed_in
    return result, one.inventory.asked


class TestAskReservation:
    @pytest.mark.parametrize("left", [HELD, OVER, LONG_OVER])
    async def test_believes_what_is_said_of_the_request(self, left: timedelta) -> None:
        """Reserved, or refused; whenever it is said."""
        done, _ = await ask(left, Done(FoundRequest("PR-1", "RS-1")))
        refused, _ = await ask(left, Done(FoundRequest(is_refused=True)))

        assert (T.DONE, CONFIRMED, "RS-1") == (done.trigger, done.decision, done.reference)
        assert (T.REFUSED, Withdrawn()) == (refused.trigger, refused.decision)

    @pytest.mark.parametrize("left", [HELD, timedelta(0), GRACE])
    @pytest.mark.parametrize("answer", [NEVER_SEEN, IS_SILENT])
    async def test_believes_no_silence_while_the_hold_lasts(
        self, left: timedelta, answer: Outcome[Any]
    ) -> None:
        """What was sent may still be on its way (R22)."""
        result, asked = await ask(left, answer)

        assert (T.UNKNOWN, InDoubt(), [REQUEST]) == (result.trigger, result.decision, asked)

    @pytest.mark.parametrize("first", [NEVER_SEEN, IS_SILENT])
    async def test_asks_for_the_number_when_the_hold_has_ended(self, first: Outcome[Any]) -> None:
        """An open reservation of it can only be ours."""
        result, asked = await ask(OVER, first, found(ReservationStatus.RESERVED))

        assert (CONFIRMED, [REQUEST, NUMBER]) == (result.decision, asked)

    @pytest.mark.parametrize(
        "second",
        [
            Done(None),
            found(ReservationStatus.RELEASED),
            found(ReservationStatus.ACTIVE),
            IS_SILENT,
        ],
    )
    async def test_sends_the_same_request_once_more_at_last(self, second: Outcome[Any]) -> None:
        """Under the same id: there is nothing left that it could take."""
        gone = Refused(InventoryRefusal.HOLD_EXPIRED, "ended")
        withdrawn, asked = await ask(OVER, NEVER_SEEN, second, gone)
        confirmed, _ = await ask(OVER, NEVER_SEEN, second, Done(Reservation("RS-1", MSISDN)))

        assert (Withdrawn(is_hold_gone=True), CONFIRMED) == (
            withdrawn.decision,
            confirmed.decision,
        )
        assert [REQUEST, NUMBER, AGAIN] == asked

    async def test_sends_nothing_beside_somebody_who_may_live(self) -> None:
        """The claim is in other hands: it is asked about, and whoever has it sends."""
        claimed = make_task(ClaimedNumber(MSISDN, "PR-1", NOW + OVER))
        one = OneTask(None, Scripted([NEVER_SEEN, Done(None)]), beside=claimed)

        await QUESTION.ask(one.runtime, new_id())

        assert ([REQUEST, NUMBER], []) == (one.inventory.asked, one.handed_in)

    @pytest.mark.parametrize("away", AWAY)
    async def test_asks_again_while_the_provider_is_away(self, away: Outcome[Any]) -> None:
        """Whichever question it was; and with ever longer pauses (R38)."""
        silent = [
            await ask(OVER, away),
            await ask(OVER, NEVER_SEEN, away),
            await ask(OVER, NEVER_SEEN, Done(None), away),
            await ask(HELD, away, asked=4),
        ]

        assert [(T.UNKNOWN, InDoubt())] * 4 == [(one.trigger, one.decision) for one, _ in silent]
        for least, (one, _) in zip([2, 2, 2, 16], silent, strict=True):
            assert least <= one.retry_in.total_seconds() <= 1.5 * least

    async def test_asks_again_what_is_said_neither_way(self) -> None:
        """No verdict is read into what is none."""
        neither, _ = await ask(HELD, Done(FoundRequest()))
        taken = Refused(InventoryRefusal.NUMBER_TAKEN, "taken")
        contrary, _ = await ask(OVER, NEVER_SEEN, Done(None), taken)

        assert [T.UNKNOWN, T.UNKNOWN] == [neither.trigger, contrary.trigger]

    @pytest.mark.parametrize(
        "answers", [(AWAY[0],), (NEVER_SEEN, AWAY[1]), (Done(FoundRequest()),)]
    )
    async def test_asks_a_person_in_the_end(self, answers: tuple[Outcome[Any], ...]) -> None:
        """When nobody could find out for long after the hold (R38), and not at an odd word."""
        first, _ = await ask(LONG_OVER, *answers)
        result, _ = await ask(LONG_OVER, *answers, asked=2, said=first.reason)

        assert T.UNKNOWN is first.trigger
        assert (T.PARK, GivenUp()) == (result.trigger, result.decision)
        assert result.reason

    async def test_leaves_what_is_known_meanwhile(self) -> None:
        """Or in other hands."""
        known: OneTask[ClaimedNumber] = OneTask(None, Scripted([]))

        await QUESTION.ask(known.runtime, new_id())

        assert ([], []) == (known.handed_in, known.inventory.asked)
