"""What subscribers are told of payments. An event is its contract's."""

from collections.abc import Sequence
from typing import Final

from tramita.kit.webhooks.types import EventType
from tramita.payments.lifecycle import InstallmentState

_SAYS: Final = (
    "`data` has the instalment's `id`, `contract_id`, `due_date`, `amount`, `currency` and `state`."
)

BY_STATE: Final = {
    InstallmentState.PAID: EventType(
        "installment.paid", f"Sent when an instalment is paid, however; {_SAYS}"
    ),
    InstallmentState.REFUSED: EventType(
        "installment.refused",
        f"Sent when a bank refuses to pay an instalment; {_SAYS} `reason` says why.",
    ),
    InstallmentState.REFUNDED: EventType(
        "installment.refunded", f"Sent when an instalment's money was given back; {_SAYS}"
    ),
    InstallmentState.CANCELED: EventType(
        "installment.canceled", f"Sent when an instalment is not wanted any more; {_SAYS}"
    ),
}
CARD_EXPIRING: Final = EventType(
    "credit_card.expiring",
    "Sent when a card will be over before it has paid everything that it is to pay; `data` has the "
    "card's `id`, `brand`, `last_numbers`, `expiration_month` and `expiration_year`, the "
    "`contract_id`, and as `due_date` the day of the first instalment that it cannot pay.",
)
EVENT_TYPES: Final[Sequence[EventType]] = (*BY_STATE.values(), CARD_EXPIRING)
