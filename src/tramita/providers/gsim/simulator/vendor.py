"""The simulator put together. SIMULATED, not Vivo's API."""

from functools import partial

from tramita.providers.gsim.simulator.acts import BUTTONS, act, shown
from tramita.providers.gsim.simulator.bending import KINDS
from tramita.providers.gsim.simulator.callbacks import Callbacks
from tramita.providers.gsim.simulator.catalog import Catalog
from tramita.providers.gsim.simulator.conditions import Conditions
from tramita.providers.gsim.simulator.desk import Desk
from tramita.providers.gsim.simulator.lines import Lines
from tramita.providers.gsim.simulator.memory import Memory
from tramita.providers.gsim.simulator.routes import OPERATIONS, Reception, vendor_routes
from tramita.providers.gsim.simulator.scenarios import SCENARIOS
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator
from tramita.simulation.world import World

KEY = "gsim"
# The one client this vendor knows, unless the settings name another under ``gsim``.
DEMO_TOKEN = "gsim-demonstration"
# What callbacks are signed with, unless the settings name another under this key.
CALLBACKS_KEY = "gsim-callbacks"
DEMO_CALLBACK_SECRET = "gsim-callbacks-demonstration"


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """GSIM on loopback."""
    world = World(seed=settings.seed, vendor_kinds=KINDS)
    world.post_office.subscribe_by_default(settings.webhook_url(KEY))
    secret = settings.credentials.get(CALLBACKS_KEY, DEMO_CALLBACK_SECRET)
    conditions = Conditions()
    lines = Lines(world, Callbacks(world, secret), conditions)
    desk = Desk(world, Catalog(world.clock), lines, Memory(world.clock), conditions)

    def reset() -> None:
        desk.forget()
        conditions.forget()

    return Simulator(
        key=KEY,
        title="GSIM (simulated, not Vivo's API)",
        world=world,
        handlers=vendor_routes(Reception(desk, token=settings.credentials.get(KEY, DEMO_TOKEN))),
        operations=OPERATIONS,
        reset=reset,
        act=partial(act, desk),
        conditions=partial(shown, desk),
        buttons=BUTTONS,
        scenarios=SCENARIOS,
    )
