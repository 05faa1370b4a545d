"""Sigan keeps what every inventory of numbers promises."""

from datetime import timedelta
from pathlib import Path

from tramita.kit.outcome import Done, NotSent
from tramita.numbering.ports import WantedNumbers
from tramita.providers.sigan.plugin import provider
from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.providers.sigan.simulator.stock import Stock
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.world import World
from tramita.testing.numbers import NumberInventorySuite

# The number that is offered before all others, which each of the calls is about.
FIRST = next(
    iter(
        Stock(World(seed=SimulatorSettings(Path()).seed, vendor_kinds={}), Conditions())
        .shelf("11")
        .free
    )
)


class TestSigan(NumberInventorySuite):
    """Whose token may expire, and whose answers may have members that nobody knows."""

    provider = provider
    troubles = {"token_expired": NotSent, "unknown_field": Done}
    wanted = WantedNumbers("11", "a brand", 1, timedelta(minutes=16))
    # However it is written: the digits after the ninth one stand together.
    private = (FIRST[5:],)
