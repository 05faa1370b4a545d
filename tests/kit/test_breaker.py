"""The circuit breaker: stop calling a provider that is plainly down."""

from datetime import timedelta

import pytest

from tramita.kit.breaker import Breaker

SECOND = timedelta(seconds=1)


@pytest.fixture
def breaker() -> Breaker:
    """Opens after two failures, for five seconds."""
    return Breaker(threshold=2, pause=5 * SECOND)


class TestBreaker:
    def test_is_closed_at_first(self, breaker: Breaker) -> None:
        """Nobody is held back without a reason."""
        assert (False, None) == (breaker.is_open, breaker.blocked_for(0.0))

    def test_opens_after_failures_in_a_row(self, breaker: Breaker) -> None:
        """It says how long to wait."""
        breaker.failed(10.0)
        assert breaker.blocked_for(10.0) is None

        breaker.failed(11.0)

        assert (True, 4 * SECOND) == (breaker.is_open, breaker.blocked_for(12.0))

    def test_counts_failures_only_in_a_row(self, breaker: Breaker) -> None:
        """A success in between starts the count anew."""
        breaker.failed(0.0)
        breaker.succeeded()
        breaker.failed(1.0)

        assert not breaker.is_open

    def test_lets_one_probe_through_per_pause(self, breaker: Breaker) -> None:
        """The others wait for what it finds."""
        breaker.failed(0.0)
        breaker.failed(0.0)

        let_through = [breaker.blocked_for(at) is None for at in (4.9, 5.0, 5.0, 9.9, 10.0)]

        assert [False, True, False, False, True] == let_through

    def test_stays_open_when_the_probe_fails(self, breaker: Breaker) -> None:
        """A failed probe waits for the next pause like everybody."""
        breaker.failed(0.0)
        breaker.failed(0.0)
        breaker.blocked_for(5.0)

        breaker.failed(6.0)

        assert 4 * SECOND == breaker.blocked_for(6.0)

    def test_closes_when_the_probe_succeeds(self, breaker: Breaker) -> None:
        """One good answer is enough."""
        breaker.failed(0.0)
        breaker.failed(0.0)
        breaker.blocked_for(5.0)

        breaker.succeeded()

        assert (False, None) == (breaker.is_open, breaker.blocked_for(5.0))
