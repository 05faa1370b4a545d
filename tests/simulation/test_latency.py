from random import Random

import msgspec

from tramita.simulation.latency import Fixed, HeavyTail, Latency, Uniform


def quantiles(latency: Latency, count: int = 20_000) -> tuple[float, float, float]:
    """p50, p95 and p99 of many draws, in milliseconds."""
    random = Random(3)
    draws = sorted(latency.draw(random) * 1000 for _ in range(count))
    return draws[count // 2], draws[count * 95 // 100], draws[count * 99 // 100]


class TestLatency:
    def test_is_read_by_its_kind(self) -> None:
        """The three shapes of the control plane are told apart by ``kind``."""
        read = msgspec.json.decode(b'{"kind": "uniform", "low": 5, "high": 9}', type=Latency)

        assert Uniform(low=5, high=9) == read

    def test_is_always_the_same_when_fixed(self) -> None:
        """A fixed latency is what it says, in seconds."""
        assert 1.0 == Fixed(milliseconds=1000).draw(Random(1))

    def test_stays_between_low_and_high(self) -> None:
        """A uniform latency never leaves its bounds."""
        random = Random(1)

        assert all(0.1 <= Uniform(100, 200).draw(random) <= 0.2 for _ in range(1000))

    def test_has_the_tail_that_was_ordered(self) -> None:
        """A heavy tail goes through the three given points."""
        p50, p95, p99 = quantiles(HeavyTail(p50=600, p95=2500, p99=8000))

        assert abs(p50 - 600) < 30
        assert abs(p95 - 2500) < 200
        assert abs(p99 - 8000) < 1200
