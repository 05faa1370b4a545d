"""A contract backend that subscribes a handler and then fails to load."""

from tramita.contracts.decorators import backend_handler
from tramita.contracts.model import Contract
from tramita.contracts.signals import on_contract_create


@backend_handler("broken")
def created(contract: Contract) -> None:
    """Never runs, because the plugin it belongs to is not there."""
    raise ValueError(contract.name)


on_contract_create.connect(created)
raise RuntimeError("the license has run out")
