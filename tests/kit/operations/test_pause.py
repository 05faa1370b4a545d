"""How long to wait before the next attempt."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tramita.kit.operations.pause import LONGEST_PAUSE, pause_after

ATTEMPTS = st.integers(min_value=1, max_value=10_000)
PAUSES = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=1))


@given(ATTEMPTS, PAUSES)
def test_is_never_shorter_than_was_asked_for_and_ends(attempt: int, retry_in: timedelta) -> None:
    """Whatever the provider has said, and however often it was tried."""
    longest = max(retry_in, LONGEST_PAUSE) * 1.5
    assert retry_in <= pause_after(attempt, retry_in) <= longest


@given(st.integers(min_value=1, max_value=4))
def test_grows_with_each_attempt(attempt: int) -> None:
    """Also where chance has the first return late and the next one early."""
    second = timedelta(seconds=1)
    assert pause_after(attempt, second) <= pause_after(attempt + 1, second)


def test_does_not_bring_everybody_back_at_once() -> None:
    """A thousand that a provider which is down has turned away at the same moment."""
    five = timedelta(seconds=5)
    returns = [pause_after(1, five) // timedelta(milliseconds=250) for _ in range(1_000)]
    busiest = max(returns.count(moment) for moment in set(returns))
    # 2.5 seconds are ten quarters of one: a hundred in each, give or take.
    assert busiest < 200
