"""A mail server that keeps what it is given, and shows it on a page."""

from tramita.simulation.mailbox.vendor import Mailbox
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """The mail server on loopback."""
    return Mailbox(settings).simulator()
