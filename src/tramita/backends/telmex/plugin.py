"""The backend ``telmex``: handles creation and cancellation, gives no representation."""

import logging

from tramita.contracts.backends import ContractBackend
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_cancel, on_contract_create

log = logging.getLogger(__name__)


def created(contract: Contract) -> None:
    """Take note of a contract of ours."""
    log.info("TELMEX handles %s creation", contract.name)


def cancelled(contract: Contract) -> None:
    """Take note that it ended."""
    log.info("TELMEX handles %s cancel", contract.name)


backend = ContractBackend(
    key="telmex",
    title="Telmex",
    handlers={on_contract_create: created, on_contract_cancel: cancelled},
)
