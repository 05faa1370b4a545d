"""Lex Persona on loopback, with the page on which people sign. It shares nothing with its client.

What is not in the field notes is marked as assumed where it stands.
"""

from tramita.providers.lexpersona.simulator.vendor import LexPersona
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Lex Persona on loopback."""
    return LexPersona(settings).simulator()
