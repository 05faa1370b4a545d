"""The backend ``smt``: handles creation and cancellation, and describes its contracts."""

import logging

from tramita.backends.smt.model import get_model_repr
from tramita.contracts.backends import ContractBackend
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_cancel, on_contract_create

log = logging.getLogger(__name__)


def created(contract: Contract) -> None:
    """Turn the service on."""
    contract.activated = True
    log.info("SMT handles %s creation", contract.name)


def cancelled(contract: Contract) -> None:
    """Turn the service off."""
    contract.activated = False
    log.info("SMT handles %s cancel", contract.name)


backend = ContractBackend(
    key="smt",
    title="SMT",
    handlers={on_contract_create: created, on_contract_cancel: cancelled},
    describe=get_model_repr,
)
