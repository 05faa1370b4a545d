"""What is done outside, by name: whoever wants an act need not know who does it."""

from typing import Final

from tramita.kit.operations.kind import ActName
from tramita.payments.ports import PaymentBackend

DEBIT: Final = ActName("payments.debit_installment", PaymentBackend, "payments.ask_debit")
REFUND: Final = ActName("payments.refund_payment", PaymentBackend, "payments.ask_refund")
DELETE_CARD: Final = ActName("payments.delete_card", PaymentBackend)
