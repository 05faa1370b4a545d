"""What is held for a caller who has gone."""

from datetime import timedelta
from typing import Any

import pytest

from tests.numbering.scripted import NOW, OneTask, Scripted, make_task
from tramita.kit.identifiers import new_id
from tramita.kit.operations.kind import Result
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown
from tramita.numbering.ports import FoundHold, FoundRequest, HoldStatus, WantedNumbers
from tramita.numbering.previews.journey.ask_hold import QUESTION
from tramita.numbering.previews.journey.pre_reserve import InDoubt, NotHeld, Unusable, Wish

HELD, GRACE, OVER = (timedelta(minutes=m) for m in (10, -1, -2))
REFUSED = Done(FoundRequest(is_refused=True))
SILENT: list[Outcome[Any]] = [
    Done(None),
    Done(FoundRequest()),
    Refused("not_found", "no"),
    NotSent("no connection", timedelta(seconds=2)),
    Unknown("HTTP 500"),
    Pending("X-1", timedelta(seconds=2)),
]


async def ask(
    left: timedelta, *answers: Outcome[Any], previous: str | None = None, asked: int = 1
) -> Result[Wish, Any]:
    """Ask once, so long before whatever is held ends; answers what was learnt."""
    wanted = WantedNumbers("11", "vivo", 3, timedelta(minutes=16), previous)
    wish = Wish(new_id(), "preview", wanted, NOW + left)
    one = OneTask(make_task(wish, asked=asked), Scripted(answers))
    await QUESTION.ask(one.runtime, new_id())
    assert [("find_request", "the key"), ("find_hold", previous)][: len(answers)] == (
        one.inventory.asked
    )
    [result] = one.handed_in
    return result


class TestAskHold:
    @pytest.mark.parametrize("left", [HELD, OVER])
    async def test_gives_back_what_is_held(self, left: timedelta) -> None:
        """Nobody waits for it any more (R1, R3)."""
        result = await ask(left, Done(FoundRequest(external_id="PR-1")))

        assert (T.WITHDRAW, Unusable("PR-1"), "PR-1") == (
            result.trigger,
            result.decision,
            result.reference,
        )

    @pytest.mark.parametrize(
        ("status", "is_gone"),
        [
            (HoldStatus.HELD, False),
            (HoldStatus.EXPIRED, True),
            (HoldStatus.RELEASED, True),
            (HoldStatus.CONSUMED, True),
            (None, True),
        ],
    )
    async def test_asks_for_what_was_to_be_replaced(
        self, status: HoldStatus | None, is_gone: bool
    ) -> None:
        """Refused, the old hold may have been given up or not (R7)."""
        found = None if status is None else FoundHold("PR-0", status, ())

        result = await ask(HELD, REFUSED, Done(found), previous="PR-0")

        assert (T.REFUSED, NotHeld(is_previous_gone=is_gone)) == (result.trigger, result.decision)

    async def test_is_done_when_nothing_was_to_be_replaced(self) -> None:
        """Refused, and that is all."""
        result = await ask(HELD, REFUSED)

        assert (T.REFUSED, NotHeld()) == (result.trigger, result.decision)

    @pytest.mark.parametrize("silent", SILENT)
    async def test_asks_again_as_long_as_anything_can_be_held(self, silent: Outcome[Any]) -> None:
        """Nothing is read into a silence; with ever longer pauses."""
        results = [
            await ask(HELD, silent),
            await ask(GRACE + timedelta(minutes=1), silent, asked=4),
        ]

        assert [(T.UNKNOWN, InDoubt())] * 2 == [(one.trigger, one.decision) for one in results]
        for least, one in zip([2, 16], results, strict=True):
            assert least <= one.retry_in.total_seconds() <= 1.5 * least

    @pytest.mark.parametrize("silent", SILENT)
    async def test_ends_with_the_hold(self, silent: Outcome[Any]) -> None:
        """Whatever was held has lapsed by itself, the old hold too: nobody is asked."""
        results = [
            await ask(OVER, silent),
            await ask(OVER, REFUSED, SILENT[-2], previous="PR-0"),
        ]

        assert [(T.WITHDRAW, NotHeld(is_previous_gone=True))] * 2 == [
            (one.trigger, one.decision) for one in results
        ]
