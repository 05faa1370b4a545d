"""The search of what was paid: by the provider's reference, and by an invoice's."""

from typing import Final

from tramita.contracts.finding import find_by, known_by
from tramita.kit.database.work import UnitOfWork
from tramita.kit.finding import Finder, Hit, Needle

PAYMENT: Final = "Contract with this payment"
INVOICE: Final = "Contract with this invoice"
_FOUND: Final = " UNION ALL ".join(
    [
        known_by(PAYMENT, "payment_transactions", "contract_id", ["reference"], 2),
        known_by(INVOICE, "invoices", "contract_id", ["reference"], 2),
    ]
)


async def find_payments(work: UnitOfWork, needle: Needle, limit: int) -> list[Hit]:
    """Contracts of a payment or invoice that is called like this."""
    return await find_by(work, _FOUND, limit, needle.spellings)


FINDER: Final = Finder((PAYMENT, INVOICE), find_payments)
