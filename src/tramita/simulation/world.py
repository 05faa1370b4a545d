"""Everything about a simulated vendor that is not its API."""

from collections.abc import Mapping
from random import Random

from tramita.simulation.clock import VirtualClock
from tramita.simulation.deliveries import PostOffice
from tramita.simulation.faults import FaultBook
from tramita.simulation.journal import Journal
from tramita.simulation.kinds import Arguments, Conduct
from tramita.simulation.latency import INSTANT, Latency
from tramita.simulation.ledger import Ledger, LedgerRow


class Traffic:
    """How many calls this vendor is busy with: from their arrival until their answer has gone.

    A call whose client has given up counts until then too; the vendor does not notice.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self.peak = 0

    def enter(self) -> None:
        """A call has arrived."""
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)

    def leave(self) -> None:
        """Its answer has gone, or has failed to."""
        self.under_way -= 1

    def forget(self) -> None:
        """Start a new record."""
        self.peak = self.under_way


class World:
    """Ledger, faults, journal, clock, latency, post office and seeded random of one vendor."""

    def __init__(
        self,
        *,
        seed: int,
        vendor_kinds: Mapping[str, Conduct],
        vendor_arguments: Arguments | None = None,
    ) -> None:
        self.ledger = Ledger()
        self.faults = FaultBook(vendor_kinds, vendor_arguments)
        self.journal = Journal()
        self.traffic = Traffic()
        self.clock = VirtualClock()
        self.latency: Latency = INSTANT
        # Which day is being played, if anybody chose one.
        self.scenario: str | None = None
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
        self.faults.start_anew()
        self.journal.clear()
        self.traffic.forget()
        self.clock.reset()
        self.post_office.clear()
        self.latency = INSTANT
        self.scenario = None
        self.seed = seed
        self.random.seed(seed)
