"""When a letter is sent again."""

from datetime import timedelta

import pytest

from tramita.kit.outbox.letters import wait_after
from tramita.kit.webhooks.retries import SCHEDULE

MINUTE = timedelta(minutes=1)


class TestWaitAfter:
    def test_follows_the_schedule_to_its_end(self) -> None:
        """Nine waits make ten attempts; after the tenth there is none."""
        waits = [
            wait_after(tries, SCHEDULE, retry_after=None, chance=0)
            for tries in range(1, len(SCHEDULE) + 2)
        ]

        assert [*SCHEDULE, None] == waits

    @pytest.mark.parametrize(("chance", "seconds"), [(-1, 54), (0, 60), (1, 66)])
    def test_varies_by_a_tenth(self, chance: float, seconds: int) -> None:
        """So that what failed together does not come back together."""
        wait = wait_after(1, [MINUTE], retry_after=None, chance=chance)

        assert timedelta(seconds=seconds) == wait

    @pytest.mark.parametrize(
        ("asked", "wait"),
        [
            (timedelta(0), MINUTE),
            (timedelta(seconds=30), MINUTE),
            (timedelta(minutes=7), timedelta(minutes=7)),
            (timedelta(days=7), timedelta(days=1)),
        ],
    )
    def test_grants_a_longer_wait_within_bounds(self, asked: timedelta, wait: timedelta) -> None:
        """A receiver may ask for more time, up to a day, never for less."""
        assert wait == wait_after(1, [MINUTE], retry_after=asked, chance=0)
