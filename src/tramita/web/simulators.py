"""The simulators of every installed provider and contract backend."""

from tramita.contracts.backends import installed_backends
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator


def make_simulators(settings: Settings) -> list[Simulator]:
    """The outside world: keys under the data directory, webhooks to this machine's web process."""
    own = [backend.provider for backend in installed_backends().values()]
    providers = [*load_plugins("tramita.providers", Provider).loaded.values(), *own]
    world = SimulatorSettings(
        keys_directory=settings.data_dir / "keys",
        webhooks_to=f"http://127.0.0.1:{settings.port}",
    )
    made = [one.simulator(world) for one in providers if one is not None and one.simulator]
    return [simulator for simulator in made if isinstance(simulator, Simulator)]
