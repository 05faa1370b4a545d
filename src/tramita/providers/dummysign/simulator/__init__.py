"""The dummy signing service on loopback, with its page."""

from tramita.providers.dummysign.simulator.vendor import DummySign
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """The dummy on loopback."""
    return DummySign(settings).simulator()
