"""How long the vendor takes, drawn from a seeded generator."""

from __future__ import annotations

import math
from random import Random

import msgspec

# Standard normal quantiles: the heavy tail is a log-normal bent through p50, p95, p99.
_Z95, _Z99 = 1.6449, 2.3263


class Fixed(msgspec.Struct, frozen=True, tag_field="kind", tag="fixed", forbid_unknown_fields=True):
    """Every answer takes the same time."""

    milliseconds: float

    def draw(self, random: Random) -> float:
        """Seconds to wait."""
        return self.milliseconds / 1000


class Uniform(
    msgspec.Struct, frozen=True, tag_field="kind", tag="uniform", forbid_unknown_fields=True
):
    """Anything between ``low`` and ``high`` milliseconds."""

    low: float
    high: float

    def draw(self, random: Random) -> float:
        """Seconds to wait."""
        return random.uniform(self.low, self.high) / 1000


class HeavyTail(
    msgspec.Struct, frozen=True, tag_field="kind", tag="heavy_tail", forbid_unknown_fields=True
):
    """Half the answers within ``p50`` milliseconds, some far beyond ``p99``."""

    p50: float
    p95: float
    p99: float

    def draw(self, random: Random) -> float:
        """Seconds to wait: log-linear in the normal quantile between the given points."""
        z = random.gauss(0, 1)
        low, mid, high = (math.log(max(value, 0.001)) for value in (self.p50, self.p95, self.p99))
        if z <= _Z95:
            exponent = low + (mid - low) * z / _Z95
        else:
            exponent = mid + (high - mid) * (z - _Z95) / (_Z99 - _Z95)
        return math.exp(exponent) / 1000


Latency = Fixed | Uniform | HeavyTail
INSTANT = Fixed(milliseconds=0)
