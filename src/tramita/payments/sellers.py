"""Who an organisation is on its invoices, and what it has sold.

A seller is kept by versions, so that an invoice goes on naming its seller as it was on its day.
What was sold is kept with the contract's account, as it was offered then.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from tramita.kit.database.work import UnitOfWork
from tramita.kit.identifiers import new_id
from tramita.kit.texts import OF_PEOPLE

LINE: Final = Meta(min_length=1, max_length=200, pattern=OF_PEOPLE)
Line = Annotated[str, LINE]
_LATEST: Final = """
    SELECT data FROM sellers WHERE tenant = $1 AND organization = $2 ORDER BY id DESC LIMIT 1
"""


class Seller(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the law wants an invoice to say of its seller.

    ``legal_form`` goes with the capital, ``register`` is where it is registered besides its
    ``registration_number``. ``vat_note`` is what has to be said of VAT, such as why there is none.
    """

    name: Line
    legal_form: Annotated[Line | None, Meta(examples=["SAS au capital de 10 000 €"])] = None
    address: Line | None = None
    postcode: Line | None = None
    city: Line | None = None
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", examples=["FR"])] | None = None
    registration_number: Annotated[Line | None, Meta(examples=["SIRET 123 456 789 00012"])] = None
    register: Annotated[Line | None, Meta(examples=["RCS Paris"])] = None
    vat_number: (
        Annotated[str, Meta(pattern=r"^[A-Z]{2}[A-Z0-9]{2,13}$(?!\n)", examples=["FR32123456789"])]
        | None
    ) = None
    vat_note: Annotated[Line | None, Meta(examples=["TVA non applicable, art. 293 B du CGI"])] = (
        None
    )


class Sale(Struct, frozen=True, omit_defaults=True):
    """What a contract's account is for; ``language`` is its payer's.

    ``details`` are what it consists of. ``vat_rate`` is the percentage that the price contains;
    none: no VAT is charged. ``time_zone`` is where its invoices have their day.
    """

    title: str = ""
    details: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    vat_rate: Decimal | None = None
    language: str = "en"
    time_zone: str = "Europe/Paris"


async def know_seller(work: UnitOfWork, tenant: str, organization: str, seller: Seller) -> None:
    """Have an organisation's invoices name it so from now on."""
    data = msgspec.json.encode(seller).decode()
    latest = await work.fetch(_LATEST, tenant, organization)
    if latest and latest[0]["data"] == msgspec.json.decode(data):
        return
    await work.fetch(
        "INSERT INTO sellers (id, tenant, organization, data, since) "
        "VALUES ($1, $2, $3, $4::jsonb, tramita_now())",
        new_id(),
        tenant,
        organization,
        data,
    )
