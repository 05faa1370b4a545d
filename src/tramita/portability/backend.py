"""The contract backend ``qitech``: what a portability shows of itself to the core."""

from typing import Any

from tramita.contracts.backends import ContractBackend
from tramita.contracts.model import Contract
from tramita.portability.provider import PROVIDER


def describe(contract: Contract) -> dict[str, Any]:
    """The proposal's key, number, status, rate and instalment, once there is one."""
    return {"name": PROVIDER, "contract": contract.name, **(contract.backend_record or {})}


backend = ContractBackend(key=PROVIDER, title="QI Tech portability", handlers={}, describe=describe)
