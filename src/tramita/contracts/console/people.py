"""Whom a contract is about: masked, and in full for whoever says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from tramita.contracts.model import Contract, Customer
from tramita.kit.database.work import UnitOfWork
from tramita.kit.http.showing import Person
from tramita.kit.languages.words import to_translate
from tramita.kit.masking_shapes import last_of, mask_email, mask_name, mask_phone

NAME: Final = to_translate("Name")
DOCUMENT: Final = to_translate("Document")
EMAIL: Final = to_translate("E-mail")
PHONE: Final = to_translate("Phone")
# So much of a document tells a caller's from another's and identifies nobody.
_LAST: Final = 2


@dataclass(frozen=True, slots=True)
class Masked:
    """A person as every page shows them; ``number`` is which of the contract's they are."""

    number: int
    role: str
    values: Sequence[tuple[str, str]]
    is_shown: bool = False

    @classmethod
    def of(cls, number: int, person: Person, *, shown: bool = False) -> Self:
        """Masked, or in full."""
        given = (
            (NAME, person.name, mask_name),
            (DOCUMENT, person.document, _mask_document),
            (EMAIL, person.email, mask_email),
            (PHONE, person.phone, mask_phone),
        )
        values = [(label, text if shown else mask(text)) for label, text, mask in given if text]
        return cls(number, person.role, values, shown)


def _mask_document(number: str) -> str:
    return last_of(number, _LAST)


async def people_of(
    work: UnitOfWork, contract: Contract, told: Sequence[Person]
) -> Sequence[Person]:
    """Those that its area tells of; without any, the customer it was made with."""
    known = [one for one in told if one.is_known]
    if known or contract.customer_id is None:
        return known
    customer = await work.session.get(Customer, contract.customer_id)
    if customer is None or customer.erased_at is not None:
        return []
    person = Person(
        role=to_translate("Customer"),
        name=customer.name,
        document=customer.document or "",
        email=customer.email or "",
        phone=customer.phone or "",
    )
    return [person] if person.is_known else []
