"""What 1C's people say of an application."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tests.transfers.house import ONEC, House
from tramita.transfers.model import Application, Offer
from tramita.transfers.ports import Conditions
from tramita.transfers.taking import take_conditions

SAID: Final = Conditions(
    message_no=7,
    revision=1,
    operator="О. Сергеева",
    rate=Decimal("12.85"),
    commission_percent=Decimal("1.5"),
    commission_fixed=None,
    payer_amount=Decimal("163034.38"),
    payer_currency="RUB",
    payout_amount=Decimal("12500.00"),
    payout_currency="CNY",
    account={"account": "40702810900000005555"},
    valid_until=datetime(2027, 1, 1, tzinfo=UTC),
    text="Оплата в течение дня",
)


async def price(house: House, application: Application, **more: Any) -> Offer:
    """1C sends conditions for what stands in it."""
    said = replace(SAID, **{"revision": application.revision, **more})
    async with house.acting(ONEC) as work:
        return await take_conditions(work, application.id, said)
