"""The backend ``smt``: handles creation and cancellation, and describes its contracts.

With the address of an SMT it asks that. Without one a demo says at once that the service
runs, as in the seed; in production nothing would run, so contracts are refused.
"""

import logging
from typing import Final

from tramita.backends.smt.gateway import SMTGateway, make_gateway
from tramita.backends.smt.journey import JOBS
from tramita.backends.smt.model import ServiceStatus, get_model_repr
from tramita.backends.smt.records import begin_step
from tramita.backends.smt.settings import SMTSettings
from tramita.backends.smt.webhook import make_receiver
from tramita.contracts.backends import ContractBackend
from tramita.contracts.decorators import Handler
from tramita.contracts.errors import BackendRefused
from tramita.contracts.model import Contract
from tramita.contracts.signals import ContractSignal, on_contract_cancel, on_contract_create
from tramita.kit.database.work import UnitOfWork
from tramita.kit.provider import Provider
from tramita.kit.settings import Settings

log = logging.getLogger(__name__)


def created(contract: Contract) -> None:
    """Without an SMT to ask: the service runs at once."""
    contract.activated = True
    log.info("SMT handles %s creation", contract.name)


def cancelled(contract: Contract) -> None:
    """Without an SMT to ask: the service ends at once."""
    contract.activated = False
    log.info("SMT handles %s cancel", contract.name)


def not_configured(_: Contract) -> None:
    """Without an SMT to ask, in production: nothing is begun, and nothing ended."""
    raise BackendRefused(NOT_CONFIGURED)


def created_over_http(contract: Contract, work: UnitOfWork) -> None:
    """Have the contract provisioned; it is activated when SMT says so."""
    contract.backend_record["status"] = ServiceStatus.REQUESTED.value
    begin_step(work, contract.id, "create")
    log.info("SMT handles %s creation", contract.name)


def cancelled_over_http(contract: Contract, work: UnitOfWork) -> None:
    """Have the service turned off; ``activated`` ends when SMT says so."""
    begin_step(work, contract.id, "remove")
    log.info("SMT handles %s cancel", contract.name)


NOT_CONFIGURED: Final = "SMT has no address: set TRAMITA_SMT_URL"
AT_ONCE: dict[ContractSignal, Handler] = {
    on_contract_create: created,
    on_contract_cancel: cancelled,
}
OVER_HTTP: dict[ContractSignal, Handler] = {
    on_contract_create: created_over_http,
    on_contract_cancel: cancelled_over_http,
}
NOWHERE: dict[ContractSignal, Handler] = {
    on_contract_create: not_configured,
    on_contract_cancel: not_configured,
}


def make_backend(settings: SMTSettings, platform: Settings | None = None) -> ContractBackend:
    """The plugin, with or without an SMT behind it."""
    is_missing = not settings.url and not (platform or Settings()).is_demo
    without = NOWHERE if is_missing else AT_ONCE
    return ContractBackend(
        key="smt",
        title="SMT",
        handlers=OVER_HTTP if settings.url else without,
        describe=get_model_repr,
        jobs=JOBS,
        acts=("smt",),
        provider=Provider(
            key="smt",
            title="SMT",
            settings=SMTSettings,
            ports={SMTGateway: make_gateway},
            receiver=make_receiver,
            simulator="tramita.backends.smt.simulator:make_simulator",
        ),
        unavailable=NOT_CONFIGURED if is_missing else None,
    )


backend = make_backend(SMTSettings())
