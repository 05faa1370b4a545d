"""A contract backend that begins something for a contract and never ends it."""

from tramita.contracts.backends import ContractBackend
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_create


def created(contract: Contract) -> None:
    """Turn the service on."""
    contract.activated = True


backend = ContractBackend("halfway", "Halfway", handlers={on_contract_create: created})
