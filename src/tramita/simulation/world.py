"""Everything about a simulated vendor that is not its API."""

from collections.abc import Mapping
from random import Random

from tramita.simulation.clock import VirtualClock
from tramita.simulation.deliveries import PostOffice
from tramita.simulation.faults import FaultBook
from tramita.simulation.journal import Journal
from tramita.simulation.kinds import Conduct
from tramita.simulation.latency import INSTANT, Latency
from tramita.simulation.ledger import Ledger, LedgerRow


class World:
    """Ledger, faults, journal, clock, latency, post office and seeded random of one vendor."""

    def __init__(self, *, seed: int, vendor_kinds: Mapping[str, Conduct]) -> None:
        self.ledger = Ledger()
        self.faults = FaultBook(vendor_kinds)
        self.journal = Journal()
        self.clock = VirtualClock()
        self.latency: Latency = INSTANT
        self.seed = seed
        self.random = Random(seed)
        self.post_office = PostOffice(self.clock, self.faults, self.random)

    def record(
        self, effect: str, *, subject: str, request_id: str, data: Mapping[str, object]
    ) -> LedgerRow:
        """Write an effect into the ledger at the present moment of this world."""
        return self.ledger.record(
            effect, subject=subject, request_id=request_id, at=self.clock.now(), data=data
        )

    def reset(self, *, seed: int) -> None:
        """Start anew: no rows, no faults, no post, real time, no latency."""
        self.ledger.clear()
        self.faults.clear()
        self.journal.clear()
        self.clock.reset()
        self.post_office.clear()
        self.latency = INSTANT
        self.seed = seed
        self.random.seed(seed)
