"""Allowances and open sockets: counted per key, and forgotten in time."""

from dataclasses import dataclass

import pytest

from tramita.kit.http.limits import MOST_CLIENTS, Allowance, OpenSockets


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class TestAnAllowance:
    def test_is_a_burst_and_a_rate(self) -> None:
        """So many at once; then each comes back in its time."""
        clock = Clock()
        allowance = Allowance(per_second=0.5, burst=3, clock=clock)

        for _ in range(3):
            assert allowance.wait("a") == 0
            allowance.take("a")

        assert 2 == allowance.wait("a")
        clock.now += 2
        assert 0 == allowance.wait("a")

    def test_is_each_ones_own(self) -> None:
        """Nobody waits because of somebody else."""
        allowance = Allowance(per_second=1, burst=1)
        allowance.take("a")

        assert 0 == allowance.wait("b")

    def test_is_not_used_up_further_than_whole(self) -> None:
        """A flood does not lengthen the wait beyond one."""
        clock = Clock()
        allowance = Allowance(per_second=1, burst=2, clock=clock)
        for _ in range(1000):
            allowance.take("a")

        assert 1 == allowance.wait("a")

    def test_of_nought_is_none(self) -> None:
        """0 is any number, and keeps nothing."""
        allowance = Allowance(per_second=0, burst=0)
        allowance.take("a")

        assert 0 == allowance.wait("a")
        assert not allowance._taken

    def test_remembers_a_bounded_number(self) -> None:
        """A thousand networks of one attacker cost no memory for ever."""
        allowance = Allowance(per_second=1, burst=1, clock=Clock())
        for number in range(MOST_CLIENTS + 10):
            allowance.take(number)

        assert MOST_CLIENTS == len(allowance._taken)
        assert 0 == allowance.wait(0)
        assert allowance.wait(MOST_CLIENTS + 9) > 0


class TestOpenSockets:
    def test_are_counted_under_every_key(self) -> None:
        """The one that is full decides, and the others keep their room."""
        sockets = OpenSockets()
        with sockets.counted(token=("t", 1), address=("a", 5)) as first:
            with sockets.counted(token=("t", 1), address=("b", 1)) as second:
                assert (True, False) == (first, second)
            with sockets.counted(token=("u", 1), address=("b", 1)) as third:
                assert third

        assert not sockets._open

    @pytest.mark.parametrize("most", [0])
    def test_of_nought_is_any_number(self, most: int) -> None:
        """0 switches it off."""
        sockets = OpenSockets()
        with sockets.counted(token=("t", most)), sockets.counted(token=("t", most)) as again:
            assert again
