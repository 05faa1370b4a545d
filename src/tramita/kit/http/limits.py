"""How much one client may ask for: allowances per network, and sockets held open at a time.

In the memory of one process, and not much of it: whoever has not been seen for long is
forgotten first. A client is its network, since whoever has one IPv6 address has all of a /64.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from litestar.datastructures import State
from litestar.types import Scope

from tramita.kit.accounts.attempts import network_of
from tramita.kit.http.settings import WebSettings

MOST_CLIENTS: Final = 10_000


@dataclass
class Allowance:
    """``burst`` at once and ``per_second`` in the long run, for each key; 0: any number."""

    per_second: float
    burst: float
    clock: Callable[[], float] = monotonic
    # What a key has taken and not got back yet, and when that was.
    _taken: OrderedDict[Hashable, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, key: Hashable) -> float:
        """Seconds until ``key`` may take one more."""
        if not self.per_second:
            return 0.0
        return max(0.0, (self._taken_by(key) + 1 - self.burst) / self.per_second)

    def take(self, key: Hashable) -> None:
        """Note that ``key`` has taken one."""
        if not self.per_second:
            return
        self._taken[key] = (min(self._taken_by(key) + 1, self.burst), self.clock())
        self._taken.move_to_end(key)
        if len(self._taken) > MOST_CLIENTS:
            self._taken.popitem(last=False)

    def _taken_by(self, key: Hashable) -> float:
        taken, at = self._taken.get(key, (0.0, 0.0))
        return max(0.0, taken - (self.clock() - at) * self.per_second)


@dataclass
class OpenSockets:
    """Sockets that are open now, by whatever they are counted by."""

    _open: Counter[Hashable] = field(default_factory=Counter)

    @contextmanager
    def counted(self, **most: tuple[Hashable, int]) -> Iterator[bool]:
        """Count one more under each key while the block runs, unless a key has its ``most``.

        Answers whether it was counted; 0 is any number.
        """
        keys = [(name, key) for name, (key, _) in most.items()]
        is_full = any(
            limit and self._open[name, key] >= limit for name, (key, limit) in most.items()
        )
        if is_full:
            yield False
            return
        self._open.update(keys)
        try:
            yield True
        finally:
            self._open.subtract(keys)
            for key in keys:
                if not self._open[key]:
                    del self._open[key]


@dataclass
class Limits:
    """What one process lets the clients of public routes do."""

    settings: WebSettings
    requests: Allowance
    misses: Allowance
    sockets: OpenSockets = field(default_factory=OpenSockets)
    has_warned: bool = False

    @classmethod
    def of(cls, settings: WebSettings) -> "Limits":
        """The limits that these settings ask for."""
        per_second, per_minute = settings.requests_per_second, settings.misses_per_minute
        return cls(
            settings,
            Allowance(per_second, burst=10 * per_second),
            Allowance(per_minute / 60, burst=2 * per_minute),
        )

    def wait(self, client: str) -> float:
        """Seconds until ``client`` may ask again."""
        return max(self.requests.wait(client), self.misses.wait(client))


def limits_of(state: State) -> Limits:
    """The limits of this process."""
    settings = state.runtime.configured(WebSettings)
    limits: Limits | None = state.get("limits")
    if limits is None or limits.settings is not settings:
        limits = state.limits = Limits.of(settings)
    return limits


def client_of(scope: Scope) -> str:
    """The network that a connection comes from."""
    client = scope.get("client")
    return network_of(client[0] if client else "")
