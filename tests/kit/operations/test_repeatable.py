"""How an act settles that comes back to its own job."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tramita.kit.attempt import Attempt
from tramita.kit.operations.kind import Task
from tramita.kit.operations.lifecycle import OperationTrigger as T
from tramita.kit.operations.repeatable import settled
from tramita.kit.operations.taken import Taken
from tramita.kit.outcome import Done, NotSent, Outcome, Pending, Refused, Unknown

SOON = timedelta(seconds=3)


def task(*, is_lost: bool = False, was_unknown: bool = False) -> Task[None]:
    """A second attempt; whether the first may have been done."""
    now = datetime.now(UTC)
    taken = Taken(uuid4(), "key", "acme", uuid4(), 2, 2, is_lost, now, was_unknown=was_unknown)
    return Task(taken, None, Attempt(taken.id, "key", 2))


class TestSettled:
    @pytest.mark.parametrize(
        ("outcome", "certain", "doubtful"),
        [
            (Done("x"), T.DONE, T.DONE),
            (Refused("no", "No."), T.PARK, T.PARK),
            (NotSent("no line", SOON), T.NOT_SENT, T.UNKNOWN),
            (Unknown("silence"), T.UNKNOWN, T.UNKNOWN),
            (Pending("P-1", SOON), T.UNKNOWN, T.UNKNOWN),
        ],
    )
    def test_says_not_sent_only_of_what_cannot_have_happened(
        self, outcome: Outcome[str], certain: T, doubtful: T
    ) -> None:
        """Once an attempt may have been done, one that was not leaves it unknown."""
        tasks = [task(), task(is_lost=True), task(was_unknown=True)]

        triggers = [settled(one, outcome, refused=T.PARK).trigger for one in tasks]

        assert [certain, doubtful, doubtful] == triggers

    def test_comes_back_after_a_growing_pause(self) -> None:
        """An outage must not become a storm."""
        assert 2 * SOON == settled(task(), NotSent("no line", SOON), refused=T.PARK).retry_in
