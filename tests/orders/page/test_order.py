"""What the learners' pages say of an order: every state, in both languages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tramita.kit.languages.words import Words, words_in
from tramita.orders.lifecycle import INACTIVE, OrderState
from tramita.orders.model import ProductType
from tramita.orders.page.asking import Wanted
from tramita.orders.page.ending import show_end
from tramita.orders.page.order import OrderView, show_bills, show_order
from tramita.orders.views import (
    CreditCard,
    DefinitionOfContract,
    Installment,
    Named,
    OrderAnswer,
    OrderContract,
    Product,
    Shown,
)
from tramita.payments.invoices import InvoiceKind, InvoiceView
from tramita.payments.lifecycle import InstallmentState
from tramita.signatures.lifecycle import SigningState
from tramita.signatures.queries import SignatureStanding

ID = UUID("01a20284-9c25-7762-939b-ad71bf9fe9f9")
NOW = datetime(2030, 3, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
ENGLISH, FRENCH = words_in("en-GB", "Europe/Paris"), words_in("fr-FR", "Europe/Paris")


def shown(
    state: OrderState,
    *installments: tuple[int, InstallmentState],
    signature: SigningState | None = None,
    **order: Any,
) -> Shown:
    """An order; ``installments`` are due so many days from today."""
    definition = DefinitionOfContract(ID, "Agreement", "", "en", 1)
    answer = OrderAnswer(
        id=ID,
        state=state,
        created_on=NOW,
        owner="ana",
        product_id=ID,
        course=Named(ID, "botany", "Botany"),
        organization=Named(ID, "university", "University"),
        enrollment=None,
        contract=OrderContract(ID, definition),
        total=100.0,
        total_currency="EUR",
        has_waived_withdrawal_right=False,
        target_courses=[],
        target_enrollments=[],
        payment_schedule=[
            Installment(ID, TODAY + timedelta(days=days), 50.0, "EUR", one)
            for days, one in installments
        ],
    )
    for name, value in order.items():
        setattr(answer, name, value)
    product = Product(ID, "Botany for all", ProductType.CREDENTIAL)
    return Shown(answer, product, _signature(signature) if signature else None)


def _signature(state: SigningState) -> SignatureStanding:
    return SignatureStanding(ID, ID, state, False, False, NOW, None, None, NOW, NOW, "", False)


def view(one: Shown, words: Words = ENGLISH) -> OrderView:
    """As its page has it."""
    return show_order(one, NOW, words)


PAID, PENDING = InstallmentState.PAID, InstallmentState.PENDING
REFUSED, REFUNDED = InstallmentState.REFUSED, InstallmentState.REFUNDED


class TestEveryState:
    @pytest.mark.parametrize("state", OrderState)
    def test_has_words_in_every_language(self, state: OrderState) -> None:
        """A stamp, and a sentence about what is asked: no two languages say it alike."""
        english, french = (view(shown(state), words) for words in (ENGLISH, FRENCH))

        assert english.stamp[0] != french.stamp[0]
        assert english.asked.sentence != french.asked.sentence
        assert (english.stamp[1], english.asked.wanted) == (french.stamp[1], french.asked.wanted)

    @pytest.mark.parametrize("state", OrderState)
    def test_is_ended_where_it_can_be(self, state: OrderState) -> None:
        """Neither what is over nor what is completed."""
        assert view(shown(state)).can_cancel == (state not in INACTIVE | {OrderState.COMPLETED})


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        ("one", "sentence", "wanted", "waits"),
        [
            (
                shown(OrderState.SIGNING, signature=SigningState.SUBMITTING),
                "Your contract is on its way to the signing service. This page shows when you can "
                "sign it.",
                (),
                True,
            ),
            (
                shown(OrderState.SIGNING, signature=SigningState.SIGNING),
                "Your contract is ready. You can sign it until 10 March 2030.",
                (Wanted.SIGN,),
                True,
            ),
            (
                shown(OrderState.TO_SIGN, signature=SigningState.EXPIRED),
                "The time to sign has run out. Sign a new copy to go on, or cancel the order.",
                (Wanted.SIGN,),
                False,
            ),
            (
                shown(OrderState.PENDING, (0, PENDING)),
                "Your bank is being asked for €50.00. Your course opens as soon as it is paid.",
                (),
                True,
            ),
            (
                shown(OrderState.PENDING, (16, PENDING), (40, PENDING)),
                "All is ready. €50.00 will be debited on 26 March 2030; your course opens then.",
                (),
                False,
            ),
            (
                shown(OrderState.FAILED_PAYMENT, (-5, PAID), (-1, REFUSED)),
                "Your bank refused €50.00. Your course stays open; please pay it soon.",
                (Wanted.PAY, Wanted.CHOOSE_CARD),
                True,
            ),
            (
                shown(OrderState.CANCELED, (-5, PAID), (5, InstallmentState.CANCELED)),
                "This order is canceled. Nothing more is debited; €50.00 was paid.",
                (),
                False,
            ),
            (
                shown(OrderState.REFUNDED, (-5, REFUNDED), (-1, REFUNDED)),
                "€100.00 was given back to you.",
                (),
                False,
            ),
        ],
    )
    def test_follows_from_circumstances(
        self, one: Shown, sentence: str, wanted: tuple[Wanted, ...], waits: bool
    ) -> None:
        """With amounts and days."""
        asked = view(one).asked

        assert (sentence, wanted, waits) == (asked.sentence, asked.wanted, asked.waits)


class TestACard:
    @pytest.mark.parametrize(
        ("month", "year", "is_expired"), [(2, 2030, True), (3, 2030, False), (12, 2031, False)]
    )
    def test_is_good_until_its_month_is_over(self, month: int, year: int, is_expired: bool) -> None:
        """The month in two digits."""
        card = view(
            shown(
                OrderState.PENDING_PAYMENT, credit_card=CreditCard(ID, "VISA", month, year, "0014")
            )
        ).card

        assert card is not None
        assert ("Visa •••• 0014", f"{month:02}/{year}", is_expired) == (
            card.name,
            card.until,
            card.is_expired,
        )

    def test_is_missed_where_something_is_to_be_paid(self) -> None:
        """And nowhere else."""
        missed = {one for one in OrderState if view(shown(one)).needs_card}

        assert missed == {
            OrderState.PENDING,
            OrderState.PENDING_PAYMENT,
            OrderState.NO_PAYMENT,
            OrderState.FAILED_PAYMENT,
        }


class TestTheEnd:
    def test_is_a_withdrawal_while_nothing_was_due(self) -> None:
        """As long as the first day has not come, and the right was not given up."""
        still = shown(OrderState.PENDING, (1, PENDING))
        waived = shown(OrderState.PENDING, (1, PENDING), has_waived_withdrawal_right=True)
        late = shown(OrderState.PENDING, (0, PENDING))

        assert [True, False, False] == [
            show_end(one, view(one), ENGLISH).is_withdrawal for one in (still, waived, late)
        ]

    def test_tells_what_becomes_of_money(self) -> None:
        """What is not debited, and who decides about what was paid."""
        one = shown(OrderState.PENDING_PAYMENT, (-1, PAID), (5, PENDING))

        told = show_end(one, view(one), ENGLISH).what

        assert "€50.00 that is still to be paid is not debited." in told
        assert "You have paid €50.00. Whether it is given back is decided by University." in told


class TestABill:
    def test_may_give_something_back(self) -> None:
        """A credit note is below nothing."""
        found = [
            InvoiceView("U-1", InvoiceKind.MAIN, 90.0, "EUR", NOW, None),
            InvoiceView("U-2", InvoiceKind.CREDIT_NOTE, -90.0, "EUR", NOW, "U-1"),
        ]

        told = [(one.what, one.total) for one in show_bills(found, ENGLISH)]

        assert [("Invoice", "€90.00"), ("Credit note", "-€90.00")] == told


class TestTheSchedule:
    def test_has_a_chip_for_each_instalment(self) -> None:
        """What is due today waits; what comes later does not."""
        states = [(-9, PAID), (-8, REFUNDED), (-7, REFUSED), (0, PENDING), (9, PENDING)]

        lines = view(shown(OrderState.PENDING_PAYMENT, *states)).schedule

        assert ["Paid", "Given back", "Refused", "Due", "To come"] == [
            one.stamp and one.stamp[0] for one in lines
        ]
        assert date(2030, 3, 1).isoformat() == lines[0].iso
