"""The simulator put together: world, inventory, desk, routes and operator."""

from tramita.providers.sigan.simulator.acts import BUTTONS, Operator
from tramita.providers.sigan.simulator.conditions import Conditions
from tramita.providers.sigan.simulator.desk import Desk
from tramita.providers.sigan.simulator.fault_codes import KINDS
from tramita.providers.sigan.simulator.inventory import Inventory
from tramita.providers.sigan.simulator.routes import OPERATIONS, Reception, vendor_routes
from tramita.providers.sigan.simulator.scenarios import SCENARIOS
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator
from tramita.simulation.world import World

KEY = "sigan"
# The one bearer token this vendor knows, unless the settings name another.
DEMO_TOKEN = "sigan-demonstration"


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """Sigan on loopback. SIMULATED, not Vivo's API: all of it is assumed."""
    world = World(seed=settings.seed, vendor_kinds=KINDS)
    conditions = Conditions()
    desk = Desk(Inventory(world, conditions))
    reception = Reception(world, desk, settings.credentials.get(KEY, DEMO_TOKEN))
    operator = Operator(desk)

    def reset() -> None:
        desk.inventory.forget()
        desk.forget()
        conditions.forget()
        reception.forget()

    return Simulator(
        key=KEY,
        title="Sigan (simulated, not Vivo’s API)",
        world=world,
        handlers=vendor_routes(reception),
        operations=OPERATIONS,
        reset=reset,
        act=operator.act,
        conditions=operator.shown,
        buttons=BUTTONS,
        scenarios=SCENARIOS,
    )
