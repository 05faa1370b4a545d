"""A schedule as it is written outside, and what is wrong with one by the number of the item."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from tramita.kit.errors import FieldError, InvalidError
from tramita.kit.money import Money, NotAnAmount
from tramita.payments.rules.schedule import Due

PATH = "payment_schedule"


def write_schedule(schedule: Sequence[Due]) -> list[dict[str, str]]:
    """``[{"due_date": "2024-02-02", "amount": "30.00", "currency": "EUR"}, …]``."""
    return [
        {
            "due_date": one.due_date.isoformat(),
            "amount": str(one.amount.amount),
            "currency": one.amount.currency,
        }
        for one in schedule
    ]


def read_schedule(given: object, currency: str) -> list[Due]:
    """Dates as dates and amounts as money; raises ``InvalidError`` naming every wrong item.

    Items without a ``currency`` are in the one given; of another currency none may be.
    """
    if not isinstance(given, list):
        raise InvalidError([FieldError(PATH, "wrong_type", "A schedule is a list")])
    errors: list[FieldError] = []
    read: list[Due] = []
    for index, item in enumerate(given):
        wrong = list(_errors_in(item, currency, f"{PATH}[{index}]"))
        errors += wrong
        if not wrong:
            amount = Money.parse(item["amount"], currency)
            read.append(Due(date.fromisoformat(item["due_date"]), amount))
    if errors:
        raise InvalidError(errors)
    return read


def _errors_in(item: Any, currency: str, path: str) -> Iterator[FieldError]:
    if not isinstance(item, dict):
        yield FieldError(path, "wrong_type", "An instalment is an object")
        return
    for name in ("due_date", "amount"):
        if name not in item:
            yield FieldError(f"{path}.{name}", "missing", "This field is required")
    if "due_date" in item and not _is_date(item["due_date"]):
        why = "A date is written year, month, day, such as 2024-01-17"
        yield FieldError(f"{path}.due_date", "invalid", why)
    if item.get("currency", currency) != currency:
        yield FieldError(f"{path}.currency", "invalid", f"All is paid in {currency}")
    if "amount" in item:
        try:
            Money.parse(item["amount"], currency)
        except NotAnAmount as error:
            yield FieldError(f"{path}.amount", "invalid", str(error).capitalize())


def _is_date(text: object) -> bool:
    # Ten characters: Python's own reader takes week dates and basic forms as well.
    if not isinstance(text, str) or len(text) != 10:
        return False
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
