"""The simulator put together: keys, world, desk, routes and people."""

from collections.abc import Mapping

from joserfc.jwk import ECKey

from tramita.providers.qitech.simulator.bending import KINDS
from tramita.providers.qitech.simulator.desk import DUPLICATES, Conditions, Desk
from tramita.providers.qitech.simulator.routes import OPERATIONS, Reception, vendor_routes
from tramita.providers.qitech.simulator.scenarios import SCENARIOS
from tramita.providers.qitech.simulator.seal import Seal
from tramita.simulation.keys import ensure_key_pair
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import ActButton, Simulator, UnknownAct
from tramita.simulation.world import World

KEY = "qitech"
# The one API client this vendor knows, unless the settings name another.
DEMO_API_KEY = "a1c0e7d2-0000-4000-8000-000000000001"


def make_simulator(settings: SimulatorSettings) -> Simulator:
    """QI Tech on loopback; its keys are made under ``<keys_directory>/qitech``."""
    world = World(seed=settings.seed, vendor_kinds=KINDS)
    keys = settings.keys_directory / KEY
    seal = Seal(
        api_key=settings.credentials.get(KEY, DEMO_API_KEY),
        client=ECKey.import_key(ensure_key_pair(keys, "client").public_pem),
        provider=ECKey.import_key(ensure_key_pair(keys, "provider").private_pem),
        stranger=ECKey.generate_key("P-521", auto_kid=False),
        clock=world.clock,
    )
    desk = Desk(world)

    def reset() -> None:
        desk.book.clear()
        desk.conditions = Conditions()

    def show() -> Mapping[str, object]:
        return {
            "proposals": len(desk.book),
            "duplicates": desk.conditions.duplicates,
            "query_by_contract_number": desk.conditions.query_by_contract_number,
        }

    def act(order: Mapping[str, object]) -> Mapping[str, object]:
        set_conditions(desk.conditions, order)
        return show()

    return Simulator(
        key=KEY,
        title="QI Tech",
        world=world,
        handlers=vendor_routes(Reception(world, seal, desk)),
        operations=OPERATIONS,
        reset=reset,
        act=act,
        conditions=show,
        buttons=_BUTTONS,
        scenarios=SCENARIOS,
    )


def set_conditions(conditions: Conditions, order: Mapping[str, object]) -> None:
    """Do what ``{"actor": "operator", "action": "set", …}`` says, all of it or nothing."""
    if (order.get("actor"), order.get("action")) != ("operator", "set"):
        raise UnknownAct("only the operator acts here, and only sets conditions")
    wanted = {name: value for name, value in order.items() if name not in ("actor", "action")}
    duplicates = wanted.pop("duplicates", conditions.duplicates)
    is_on = wanted.pop("query_by_contract_number", conditions.query_by_contract_number)
    if wanted or duplicates not in DUPLICATES or not isinstance(is_on, bool):
        raise UnknownAct(f"conditions are duplicates {DUPLICATES}, query_by_contract_number")
    conditions.duplicates = str(duplicates)
    conditions.query_by_contract_number = is_on


def _set(name: str, value: object) -> dict[str, object]:
    return {"actor": "operator", "action": "set", name: value}


_BUTTONS = (
    *(
        ActButton(f"Duplicates: {mode.removeprefix('dup_')}", _set("duplicates", mode))
        for mode in DUPLICATES
    ),
    ActButton("Search on", _set("query_by_contract_number", True)),
    ActButton("Search off", _set("query_by_contract_number", False)),
)
