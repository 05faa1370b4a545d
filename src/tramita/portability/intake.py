"""Checks of a new envelope that need no provider: pure, every error at once."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from tramita.contracts.rules import is_brazilian_phone, is_cpf
from tramita.kit.errors import FieldError
from tramita.portability.model import PORTABILITY_PRODUCT, Client
from tramita.portability.ports import OriginContract, Terms
from tramita.portability.sold import Sold

STATES = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()
)

# What is first due later than that is a slip, and no sum of ours is meant for such a year.
LATEST_FIRST_DUE: Final = timedelta(days=5 * 366)


def check_envelope(
    client: Client, sold: Sequence[Sold], *, today: date, providers: Collection[str]
) -> list[FieldError]:
    """What is wrong with an envelope, field by field; empty when nothing is.

    ``providers`` are those that a portability may go to.
    """
    errors = list(_client_errors(client, today))
    for index, one in enumerate(sold):
        errors += _sold_errors(one, f"contracts[{index}]", today)
        errors += _provider_errors(one, f"contracts[{index}].provider", providers)
    numbers = Counter(one.number for one in sold)
    errors += [
        FieldError(f"contracts[{index}].contract_number", "repeated", "Used twice in this envelope")
        for index, one in enumerate(sold)
        if numbers[one.number] > 1
    ]
    return errors


def _client_errors(client: Client, today: date) -> Iterator[FieldError]:
    borrower = client.borrower
    if not is_cpf(borrower.cpf):
        yield FieldError("customer.cpf", "invalid_cpf", "The check digits of this CPF are wrong")
    if not is_brazilian_phone(borrower.phone.area_code, borrower.phone.number):
        sentence = "There is no such number in Brazil, mobile (9 digits, from 9) or fixed (8)"
        yield FieldError("customer.phone", "invalid_phone", sentence)
    if not date(1900, 1, 1) <= borrower.birth_date < today:
        yield FieldError("customer.birth_date", "implausible_date", "Not a plausible date of birth")
    if not borrower.birth_date < borrower.identification.issued_at <= today:
        yield FieldError(
            "customer.identification.issued_at",
            "implausible_date",
            "The document was not issued between birth and today",
        )
    for path, state in (
        ("customer.address.state", borrower.address.state),
        ("customer.benefit.state", client.benefit.state),
    ):
        if state not in STATES:
            yield FieldError(path, "unknown_state", f"{state} is not a Brazilian state")


def _sold_errors(one: Sold, path: str, today: date) -> Iterator[FieldError]:
    if one.product != PORTABILITY_PRODUCT:
        for name, value in (
            ("origin", one.origin),
            ("proposal", one.terms),
            ("refinancing", one.refinancing),
            ("provider", one.provider),
        ):
            if value is not None:
                yield FieldError(
                    f"{path}.{name}", "not_expected", f"Only for {PORTABILITY_PRODUCT}"
                )
        return
    if one.origin is None:
        yield FieldError(f"{path}.origin", "missing", "A portability needs its origin contract")
    else:
        yield from _origin_errors(one.origin, f"{path}.origin")
    if one.terms is None:
        yield FieldError(f"{path}.proposal", "missing", "A portability needs proposed terms")
    else:
        yield from _terms_errors(one.terms, f"{path}.proposal", today)
    if one.refinancing is not None:
        yield from _terms_errors(one.refinancing, f"{path}.refinancing", today)


def _provider_errors(one: Sold, path: str, providers: Collection[str]) -> Iterator[FieldError]:
    if one.is_portability and one.provider is not None and one.provider not in providers:
        installed = ", ".join(sorted(providers)) or "none"
        yield FieldError(path, "unknown_provider", f"Not installed here; installed: {installed}")


def _origin_errors(origin: OriginContract, path: str) -> Iterator[FieldError]:
    for name, amount in (
        ("last_due_balance", origin.last_due_balance),
        ("installment_amount", origin.installment_amount),
        ("monthly_interest_rate", origin.monthly_interest_rate),
    ):
        if amount <= 0:
            yield FieldError(f"{path}.{name}", "not_positive", "Must be greater than zero")


def _terms_errors(terms: Terms, path: str, today: date) -> Iterator[FieldError]:
    if terms.monthly_interest_rate <= 0:
        yield FieldError(f"{path}.monthly_interest_rate", "not_positive", "Must be above zero")
    if terms.installment_amount <= 0:
        yield FieldError(f"{path}.installment_amount", "not_positive", "Must be above zero")
    if terms.first_due_date <= today:
        yield FieldError(f"{path}.first_due_date", "in_the_past", "Must be after today")
    elif terms.first_due_date > (latest := today + LATEST_FIRST_DUE):
        yield FieldError(
            f"{path}.first_due_date", "too_far_ahead", f"Must not be after {latest.isoformat()}"
        )
