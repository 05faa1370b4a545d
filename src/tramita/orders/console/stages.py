"""The stages of an order, as they stand in the list of all contracts."""

from collections.abc import Mapping
from typing import Final

from tramita.contracts.backends import Stage
from tramita.orders.console.words import ORDER_STAMPS, OUTLOOK
from tramita.orders.lifecycle import OrderState as S

_SETTLED: Final = {S.COMPLETED, S.CANCELED, S.REFUNDED}

STAGES: Final[Mapping[str, Stage]] = {
    state: Stage(stamp, OUTLOOK[state], is_settled=state in _SETTLED)
    for state, stamp in ORDER_STAMPS.items()
}
