"""What an answer to a question means for an operation of which nobody knows the end."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.operations.asking import Nothing, NoWord, There, weigh
from tramita.kit.operations.kind import Result, Task
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.operations.taken import Doubt, Taken

PAUSE = timedelta(seconds=3)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OVER = timedelta(0)


def asked(
    times: int = 1,
    *,
    is_pending: bool = False,
    said: str = "Silence.",
    lasts: timedelta = timedelta(hours=1),
) -> tuple[Task[None], Doubt]:
    """An operation that is asked about for the so-many-eth time; ``said`` the time before."""
    doubt = Doubt(times, lasts, None, None, is_pending, said=said)
    taken = Taken(uuid4(), "key", "acme", uuid4(), 1, 1, False, datetime.now(UTC), doubt)
    return Task(taken, None, Attempt(taken.id, "key")), doubt


def nothing(left: timedelta) -> Nothing[str]:
    """The provider says so."""
    return Nothing(why="Nothing there.", left=left, waiting="asking", then="again")


def no_word(left: timedelta | None, *, is_there: bool = False) -> NoWord[str]:
    """Nobody can say."""
    return NoWord(why="Silence.", left=left, waiting="asking", then="given up", is_there=is_there)


class TestWeigh:
    def test_records_what_is_there(self) -> None:
        """Also what needs a decision of the area."""
        task, doubt = asked()
        result = Result(task, "found", T.DONE)

        assert result is weigh(task, doubt, There(result), PAUSE)

    @pytest.mark.parametrize(
        ("said", "trigger", "decision", "found_nothing"),
        [
            (nothing(MINUTE), T.UNKNOWN, "asking", True),
            (nothing(OVER), T.NOT_SENT, "again", True),
            (no_word(MINUTE), T.UNKNOWN, "asking", None),
            (no_word(None), T.UNKNOWN, "asking", None),
            (no_word(MINUTE, is_there=True), T.UNKNOWN, "asking", False),
            (no_word(OVER), T.PARK, "given up", None),
            (no_word(OVER, is_there=True), T.PARK, "given up", False),
        ],
    )
    def test_asks_again_until_the_time_is_over(
        self,
        said: Nothing[str] | NoWord[str],
        trigger: T,
        decision: str,
        found_nothing: bool | None,
    ) -> None:
        """Then "nothing there" is believed, and silence is left to a person."""
        task, doubt = asked(2)

        result = weigh(task, doubt, said, PAUSE)

        assert (trigger, decision, found_nothing) == (
            result.trigger,
            result.decision,
            result.found_nothing,
        )

    @pytest.mark.parametrize(
        ("said", "times", "left", "lasts", "trigger"),
        [
            ("Silence.", 2, OVER, HOUR, T.PARK),
            ("Silence.", 1, OVER, HOUR, T.UNKNOWN),
            ("HTTP 502", 2, OVER, HOUR, T.UNKNOWN),
            ("HTTP 502", 9, -HOUR / 2, HOUR, T.UNKNOWN),
            ("HTTP 502", 9, -11 * HOUR, 24 * HOUR, T.UNKNOWN),
            ("HTTP 502", 9, -12 * HOUR, 24 * HOUR, T.PARK),
            ("HTTP 502", 2, -12 * HOUR, 24 * HOUR, T.UNKNOWN),
        ],
        ids=["twice", "answer and question", "once", "soon", "half", "a day", "hardly asked"],
    )
    def test_leaves_nothing_to_a_person_because_of_one_odd_word(
        self, said: str, times: int, left: timedelta, lasts: timedelta, trigger: T
    ) -> None:
        """The time may have gone by without us; whoever says the same again means it."""
        task, doubt = asked(times, said=said, lasts=lasts)

        result = weigh(task, doubt, no_word(left), PAUSE)

        assert (trigger, trigger is T.UNKNOWN) == (result.trigger, result.retry_in > OVER)

    def test_lets_pauses_grow_and_comes_in_time(self) -> None:
        """Twice as long each time, up to a minute and half of one, and never beyond the end."""
        for times, pause in [(1, PAUSE), (2, 2 * PAUSE), (9, MINUTE)]:
            again_in = weigh(*asked(times), no_word(None), PAUSE).retry_in
            assert pause <= again_in <= 1.5 * pause

        end = timedelta(seconds=4)
        assert end == weigh(*asked(9), no_word(end), PAUSE).retry_in

    @pytest.mark.parametrize("said", [nothing(OVER), no_word(OVER)])
    def test_never_gives_up_what_was_accepted(self, said: Nothing[str] | NoWord[str]) -> None:
        """It cannot be lost, only late."""
        task, doubt = asked(is_pending=True)

        assert T.PENDING is weigh(task, doubt, said, PAUSE).trigger
