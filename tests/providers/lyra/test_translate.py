"""Lyra's words in ours."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tramita.kit.money import Money
from tramita.kit.outcome import Done, NotSent, Pending, Refused, Unknown
from tramita.payments.ports import CardRefusal, Charge, Payer, PaymentNews, PaymentStatus
from tramita.providers.lyra.translate import find_payment, read_notice, refuse
from tramita.providers.lyra.wire import WireErrorAnswer, WirePayment

CHARGE = Charge("o-1", "i-1", Money(Decimal("45.00"), "EUR"), Payer("p-1", "a@example.org"))


def movement(uuid: str, status: str, **more: Any) -> dict[str, Any]:
    """One movement, of the instalment unless it is said to be of another."""
    usual = {"installment_id": "i-1", "operation_key": f"k-{uuid}"}
    return {
        "uuid": uuid,
        "amount": 4500,
        "currency": "EUR",
        "status": status,
        "metadata": usual,
    } | more


def order(*movements: dict[str, Any]) -> WirePayment:
    """An order with these movements."""
    said = {"orderStatus": "UNPAID", "transactions": list(movements)}
    return msgspec.convert(said, WirePayment)


class TestWhatWasPaid:
    @pytest.mark.parametrize("metadata", [None, {}, {"installment_id": None}, {"other": 1}])
    def test_is_not_in_movements_of_others(self, metadata: Any) -> None:
        """``metadata`` may be null, empty, or somebody else's: that is nobody's payment of ours."""
        said = order(movement("t-1", "PAID", metadata=metadata))

        assert Done(None) == find_payment(said, CHARGE, "k-1")

    def test_is_found_under_whatever_key(self) -> None:
        """Among refusals, too: one payment is enough."""
        said = order(movement("t-2", "UNPAID"), movement("t-1", "PAID"))

        found = find_payment(said, CHARGE, "k-of-a-later-try")

        news = PaymentNews(PaymentStatus.PAID, "t-1", "i-1", CHARGE.amount)
        assert Done(news) == found

    def test_is_not_what_goes_back(self) -> None:
        """A credit bears the same names as the payment that it gives back."""
        said = order(movement("t-2", "PAID", operationType="CREDIT"))

        assert Done(None) == find_payment(said, CHARGE, "k-1")

    def test_is_waited_for_while_a_bank_decides(self) -> None:
        """Whoever debited then would debit twice."""
        found = find_payment(order(movement("t-1", "RUNNING")), CHARGE, "another key")

        assert isinstance(found, Pending)

    @pytest.mark.parametrize("key", ["k-t-1", "another key"])
    def test_was_refused_to_the_one_who_tried(self, key: str) -> None:
        """A refusal of an earlier try is no answer to this one."""
        found = find_payment(order(movement("t-1", "UNPAID", detailedErrorCode="51")), CHARGE, key)

        assert isinstance(found, Done)
        code = found.value and found.value.code
        assert code == (CardRefusal.INSUFFICIENT_FUNDS if key == "k-t-1" else None)


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("INT_009", Refused),
            ("PSP_030", Refused),
            ("INT_905", NotSent),
            ("INT_999", Unknown),
            ("PSP_999", Unknown),
            ("never heard", Unknown),
        ],
    )
    def test_are_refusals_only_where_nothing_was_done(self, code: str, kind: type) -> None:
        """Of one that we do not know, nobody knows what was done."""
        assert isinstance(refuse(WireErrorAnswer(code, "No.")), kind)


class TestNotices:
    def test_of_a_refund_tell_of_no_payment(self) -> None:
        """Our own doing, whose answer says as much."""
        said = read_notice(order(movement("t-1", "PAID", operationType="CREDIT")))

        assert (None, None) == (said.card, said.payment)  # type: ignore[union-attr]
