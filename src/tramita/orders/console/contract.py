"""What the console shows of an order's contract, as of any other; the rest is on the order's page."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from tramita.contracts.model import CUSTOMER_EMAIL, CUSTOMER_NAME
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.showing import Link, PartWords, Person, Shown
from tramita.kit.languages.filled import told
from tramita.kit.languages.words import to_translate
from tramita.kit.money import Money
from tramita.orders.console.telling import places_of, route_of
from tramita.orders.console.words import (
    LANES,
    MOVES,
    ORDER_STAMPS,
    OUTLOOK,
    STAMPS_OF,
    explain_refusal,
)
from tramita.orders.operator.story import stand_of_order

PARTS: Final[Mapping[str, PartWords]] = {
    table: PartWords(name, STAMPS_OF[table], MOVES[table], explain=explain_refusal)
    for table, name in LANES.items()
}


async def show_order(work: UnitOfWork, contract_id: UUID) -> Shown | None:
    """How an order stands; none where there is none of this id."""
    standing = await stand_of_order(work, contract_id)
    if standing is None:
        return None
    row, signature = standing.row, standing.signature
    rows = await work.fetch("SELECT name, email FROM customers WHERE id = $1", row.owner_id)
    decrypt = work.keys.decrypt
    movements = standing.account.movements if standing.account else []
    paid = sum((one.amount for one in movements if one.kind == "payment"), Decimal(0))
    return Shown(
        stamp=ORDER_STAMPS[row.state],
        route=route_of(standing),
        waits=OUTLOOK[row.state],
        until=signature.expires_at if signature and not signature.organization else None,
        facts=[
            (to_translate("Course"), row.course),
            *([(to_translate("Organization"), row.organization)] if row.organization else ()),
        ],
        money=[
            (to_translate("Price"), told(row.money)),
            *([(to_translate("Paid"), told(Money(paid, row.currency)))] if paid else ()),
        ],
        people=[
            Person(
                role=to_translate("Learner"),
                name=decrypt(one["name"], CUSTOMER_NAME),
                email=decrypt(one["email"], CUSTOMER_EMAIL) if one["email"] else "",
            )
            for one in rows
            if row.erased_at is None
        ],
        page=Link(to_translate("The order"), "order", row.id),
        places=places_of(standing),
    )
