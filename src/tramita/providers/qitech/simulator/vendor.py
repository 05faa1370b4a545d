"""The simulator put together: keys, world, desk, routes and people."""

from functools import partial

from joserfc.jwk import ECKey

from tramita.providers.qitech.simulator.acts import BUTTONS, act, shown
from tramita.providers.qitech.simulator.bending import KINDS
from tramita.providers.qitech.simulator.conditions import Conditions
from tramita.providers.qitech.simulator.desk import Desk
from tramita.providers.qitech.simulator.office import Office
from tramita.providers.qitech.simulator.routes import OPERATIONS, Reception, vendor_routes
from tramita.providers.qitech.simulator.scenarios import SCENARIOS
from tramita.providers.qitech.simulator.seal import Seal
from tramita.providers.qitech.simulator.webhooks import BUTTONS as WEBHOOK_BUTTONS
from tramita.providers.qitech.simulator.webhooks import Webhooks, with_announcements
from tramita.providers.qitech.simulator.webhooks_seal import WebhookSeal
from tramita.simulation.keys import ensure_key_pair
from tramita.simulation.settings import SimulatorSettings
from tramita.simulation.simulator import Simulator
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
    conditions = Conditions()
    webhooks = Webhooks(world, WebhookSeal(seal, conditions), conditions)
    world.post_office.subscribe_by_default(settings.webhook_url(KEY))
    office = Office(world, webhooks, conditions)

    def reset() -> None:
        office.forget()
        office.conditions.forget()

    return Simulator(
        key=KEY,
        title="QI Tech",
        world=world,
        handlers=vendor_routes(Reception(world, seal, Desk(office))),
        operations=OPERATIONS,
        reset=reset,
        act=with_announcements(partial(act, office), webhooks),
        conditions=partial(shown, office),
        buttons=(*BUTTONS, *WEBHOOK_BUTTONS),
        scenarios=SCENARIOS,
    )
