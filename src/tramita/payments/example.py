"""An invoice of nobody's, to see how one looks."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from tramita.payments.invoices import InvoiceKind
from tramita.payments.layout import Invoice
from tramita.payments.sellers import Sale, Seller

_MAIN: Final = Invoice(
    id=UUID(int=1),
    kind=InvoiceKind.MAIN,
    reference="univ-2026-000012",
    total=Decimal("300.00"),
    currency="EUR",
    issued_at=datetime(2026, 2, 1, 9, tzinfo=UTC),
    contract_id=UUID("01980000-0000-7000-8000-000000000001"),
    file=None,
    parent_reference=None,
    parent_issued_at=None,
    paid_at=None,
    last_numbers="",
    seller=Seller(
        "University Campus SAS",
        legal_form="SAS au capital de 10 000 €",
        address="12 rue des Écoles",
        postcode="75005",
        city="Paris",
        country="FR",
        registration_number="SIRET 000 000 000 00017",
        register="RCS Paris",
        vat_number="FR00000000000",
    ),
    sale=Sale(
        "Botany for beginners",
        ("botany: Botany", "herbarium: Making a herbarium"),
        date(2026, 3, 1),
        date(2026, 9, 1),
        Decimal(20),
    ),
    address={
        "first_name": "Zoé",
        "last_name": "Learner",
        "address": "5 Rosenstraße",
        "postcode": "10117",
        "city": "Berlin",
        "country": "DE",
    },
    contract_name="botany Botany for beginners",
    credited=Decimal(0),
)
_BELOW: Final = msgspec.structs.replace(
    _MAIN,
    issued_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    parent_reference=_MAIN.reference,
    parent_issued_at=_MAIN.issued_at,
    paid_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    last_numbers="0014",
)


def example_of(kind: InvoiceKind) -> Invoice:
    """An invoice, or a receipt or a credit note below it."""
    if kind is InvoiceKind.MAIN:
        return _MAIN
    is_receipt = kind is InvoiceKind.PAYMENT
    number, total = ("13", Decimal(90)) if is_receipt else ("14", Decimal(-90))
    return msgspec.structs.replace(
        _BELOW, kind=kind, reference=f"univ-2026-0000{number}", total=total
    )
