"""The simulators of every installed provider and contract backend, loaded by name."""

from pkgutil import resolve_name

from tramita.contracts.backends import installed_backends
from tramita.kit.errors import ConfigurationError
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


class SimulatorNotFound(ConfigurationError):
    """The simulator of {title} is not at "{place}": {why}."""


def make_simulators(settings: Settings) -> list[Simulator]:
    """The outside world: keys under the data directory, webhooks to this machine's web process."""
    own = [backend.provider for backend in installed_backends().values() if backend.provider]
    providers = [*load_plugins("tramita.providers", Provider).loaded.values(), *own]
    world = SimulatorSettings(
        keys_directory=settings.data_dir / "keys",
        webhooks_to=f"http://127.0.0.1:{settings.port}",
    )
    return [
        load_simulator(one.title, one.simulator, world)
        for one in providers
        if one.simulator is not None
    ]


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
