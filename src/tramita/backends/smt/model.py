"""What SMT's plugin shows of a contract."""

from typing import Any

from tramita.contracts.model import Contract


def get_model_repr(contract: Contract) -> dict[str, Any]:
    """The representation: who we are, which contract, and what SMT said of it so far."""
    return {"name": contract.backend, "contract": contract.name} | contract.backend_record
