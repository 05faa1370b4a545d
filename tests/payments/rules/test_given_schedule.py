"""A schedule from outside has dates and money in it, or is refused by the item."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tramita.kit.errors import InvalidError
from tramita.kit.money import Money
from tramita.payments.rules.given_schedule import read_schedule, write_schedule
from tramita.payments.rules.schedule import Due

GOOD = {"due_date": "2024-01-17", "amount": "30.00"}


def errors_of(given: object) -> list[str]:
    with pytest.raises(InvalidError) as refused:
        read_schedule(given, "EUR")
    return [f"{one.path} {one.code}" for one in refused.value.errors]


class TestAGivenSchedule:
    def test_is_read_as_dates_and_money(self) -> None:
        """And written as it was."""
        read = read_schedule([GOOD], "EUR")

        assert [Due(date(2024, 1, 17), Money(Decimal("30.00"), "EUR"))] == read
        assert [{**GOOD, "currency": "EUR"}] == write_schedule(read)

    def test_may_be_empty(self) -> None:
        """What is free has one, too."""
        assert [] == read_schedule([], "EUR")

    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            ({**GOOD, "due_date": "17/01/2024"}, "payment_schedule[1].due_date invalid"),
            ({**GOOD, "due_date": "2024-W03-3"}, "payment_schedule[1].due_date invalid"),
            ({**GOOD, "due_date": None}, "payment_schedule[1].due_date invalid"),
            ({**GOOD, "amount": "x"}, "payment_schedule[1].amount invalid"),
            ({**GOOD, "amount": "€30.00"}, "payment_schedule[1].amount invalid"),
            ({**GOOD, "amount": 30}, "payment_schedule[1].amount invalid"),
            ({**GOOD, "currency": "BRL"}, "payment_schedule[1].currency invalid"),
            ({"amount": "30.00"}, "payment_schedule[1].due_date missing"),
            ({"due_date": "2024-01-17"}, "payment_schedule[1].amount missing"),
            (None, "payment_schedule[1] wrong_type"),
        ],
    )
    def test_is_refused_by_the_number_of_the_item(self, item: Any, expected: str) -> None:
        """So that whoever wrote it finds what is wrong."""
        assert [expected] == errors_of([GOOD, item, GOOD])

    def test_is_refused_with_everything_that_is_wrong(self) -> None:
        """Not with the first error alone."""
        wrong = {"due_date": "soon", "amount": "much"}

        assert [
            "payment_schedule[0].due_date invalid",
            "payment_schedule[0].amount invalid",
            "payment_schedule[2].due_date missing",
        ] == errors_of([wrong, GOOD, {"amount": "30.00"}])

    def test_that_is_no_list_is_refused(self) -> None:
        """Null is no schedule."""
        assert ["payment_schedule wrong_type"] == errors_of(None)
