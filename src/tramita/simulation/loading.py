"""A simulator by the name that its vendor's manifest gives."""

from pkgutil import resolve_name

from tramita.kit.errors import ConfigurationError
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


class SimulatorNotFound(ConfigurationError):
    """The simulator of {title} is not at "{place}": {why}."""


def load_simulator(title: str, place: str, world: SimulatorSettings) -> Simulator:
    """Make what ``place`` names (``module:name``); raises ``SimulatorNotFound``."""
    try:
        make = resolve_name(place)
    except (ImportError, AttributeError, ValueError) as error:
        raise SimulatorNotFound(title=title, place=place, why=error) from error
    made = make(world) if callable(make) else make
    if not isinstance(made, Simulator):
        why = f"that makes a {type(made).__name__}, no Simulator"
        raise SimulatorNotFound(title=title, place=place, why=why)
    return made
