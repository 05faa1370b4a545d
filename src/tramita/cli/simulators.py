"""``tramita simulators``: the outside world, in a process of its own."""

import errno

from tramita.cli.tuning import announce, settle_memory
from tramita.kit.errors import ConfigurationError
from tramita.kit.logs import set_up_logs
from tramita.kit.settings import Settings
from tramita.simulation.server import serve_simulators
from tramita.simulation.settings import refuse_in_production
from tramita.web.simulators import make_simulators


class SimulatorsPortUnusable(ConfigurationError):
    """The simulators cannot listen on port {port} (TRAMITA_SIMULATORS_PORT): {why}."""


def run_simulators() -> None:
    settings = Settings()
    set_up_logs(settings.log_level)
    refuse_in_production(settings.mode)
    simulators = make_simulators(settings)
    announce(f"Simulators: http://127.0.0.1:{settings.simulators_port}/")
    settle_memory()
    try:
        serve_simulators(simulators, port=settings.simulators_port)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise SimulatorsPortUnusable(port=settings.simulators_port, why=error.strerror) from error
