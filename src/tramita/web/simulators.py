"""The simulators of every installed provider and contract backend, loaded by name."""

from collections.abc import Collection
from typing import Final

from tramita.contracts.backends import installed_backends
from tramita.kit.plugins import load_plugins
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings
from tramita.simulation.loading import load_simulator
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator

# E-mails go to any mail server, so no provider's manifest names this one.
MAILBOX: Final = ("mailbox", "Mailbox", "tramita.simulation.mailbox:make_simulator")


def make_simulators(settings: Settings, keys: Collection[str] | None = None) -> list[Simulator]:
    """The outside world, or those vendors of it that have one of these ``keys``.

    Key pairs lie under the data directory, webhooks go to this machine's web process.
    """
    own = [backend.provider for backend in installed_backends().values() if backend.provider]
    providers = [*load_plugins("tramita.providers", Provider).loaded.values(), *own]
    world = SimulatorSettings(
        keys_directory=settings.data_dir / "keys",
        webhooks_to=f"http://127.0.0.1:{settings.port}",
    )
    named = [(one.key, one.title, one.simulator) for one in providers]
    return [
        load_simulator(title, place, world)
        for key, title, place in (*named, MAILBOX)
        if place is not None and (keys is None or key in keys)
    ]
