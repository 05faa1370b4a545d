"""What follows from the circumstances of an order."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramita.orders.lifecycle import ACTIVE, ORDER, OrderState
from tramita.orders.rules import MOVES, Circumstances, is_withdrawable

S = OrderState
INSTALLMENTS = st.lists(
    st.sampled_from(["pending", "paid", "refused", "error", "canceled", "refunded"]), max_size=4
).map(tuple)


@st.composite
def circumstances(draw: st.DrawFn) -> Circumstances:
    """Whatever may be so at once; a free order has nothing to pay with, or to pay."""
    is_free = draw(st.booleans())
    return Circumstances(
        is_free=is_free,
        has_contract=draw(st.booleans()),
        is_submitted=draw(st.booleans()),
        is_signed=draw(st.booleans()),
        has_card=not is_free and draw(st.booleans()),
        is_one_sitting=draw(st.booleans()),
        installments=() if is_free else draw(INSTALLMENTS),
    )


def ended(state: OrderState, found: Circumstances) -> OrderState:
    for trigger in MOVES.walk(state, found):
        state = ORDER.next(state, trigger)
    return state


class TestMoves:
    @pytest.mark.parametrize(
        ("so", "expected"),
        [
            ({}, S.TO_SIGN),
            ({"has_contract": False}, S.TO_SAVE_PAYMENT_METHOD),
            ({"has_contract": False, "has_card": True}, S.PENDING),
            ({"has_contract": False, "is_free": True}, S.COMPLETED),
            ({"is_free": True}, S.TO_SIGN),
            ({"is_one_sitting": True}, S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD),
            ({"is_one_sitting": True, "has_card": True}, S.TO_SIGN),
            ({"is_one_sitting": True, "is_free": True}, S.TO_SIGN),
            ({"has_card": True}, S.TO_SIGN),
        ],
    )
    def test_begin_an_order_with_what_is_missing(
        self, so: dict[str, Any], expected: OrderState
    ) -> None:
        """Signature, card, both, or neither."""
        assert expected is ended(S.DRAFT, Circumstances(**so))

    @pytest.mark.parametrize(
        ("so", "expected"),
        [
            ({"is_submitted": True}, S.SIGNING),
            ({"is_submitted": True, "is_signed": True}, S.TO_SAVE_PAYMENT_METHOD),
            ({"is_signed": True, "has_card": True}, S.PENDING),
            ({"is_signed": True, "is_free": True}, S.COMPLETED),
        ],
    )
    def test_let_one_change_be_worth_several_steps(
        self, so: dict[str, Any], expected: OrderState
    ) -> None:
        """A signature that is told before its submission is no trouble."""
        assert expected is ended(S.TO_SIGN, Circumstances(**so))

    def test_give_a_refused_contract_back(self) -> None:
        """The learner may have it submitted again."""
        assert S.TO_SIGN is ended(S.SIGNING, Circumstances())

    @pytest.mark.parametrize(
        ("so", "expected"),
        [
            ({"has_card": True}, S.TO_SIGN),
            ({"has_card": True, "is_submitted": True}, S.SIGNING),
            ({"is_signed": True}, S.TO_SAVE_PAYMENT_METHOD),
            ({"is_submitted": True}, S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD),
            ({"is_signed": True, "has_card": True}, S.PENDING),
        ],
    )
    def test_leave_one_sitting_for_what_is_still_missing(
        self, so: dict[str, Any], expected: OrderState
    ) -> None:
        """In whichever order the two are done."""
        found = Circumstances(is_one_sitting=True, **so)

        assert expected is ended(S.TO_SIGN_AND_TO_SAVE_PAYMENT_METHOD, found)

    @pytest.mark.parametrize(
        ("state", "installments", "expected"),
        [
            (S.PENDING, ("pending", "pending"), S.PENDING),
            (S.PENDING, ("error", "pending"), S.PENDING),
            (S.PENDING, ("paid", "pending"), S.PENDING_PAYMENT),
            (S.PENDING, ("paid",), S.COMPLETED),
            (S.PENDING, ("refused", "pending"), S.NO_PAYMENT),
            (S.PENDING, ("paid", "refused"), S.FAILED_PAYMENT),
            (S.NO_PAYMENT, ("paid", "pending"), S.PENDING_PAYMENT),
            (S.NO_PAYMENT, ("paid", "refused"), S.FAILED_PAYMENT),
            (S.NO_PAYMENT, ("paid", "paid"), S.COMPLETED),
            (S.PENDING_PAYMENT, ("paid", "refused", "pending"), S.FAILED_PAYMENT),
            (S.FAILED_PAYMENT, ("paid", "paid", "pending"), S.PENDING_PAYMENT),
            (S.FAILED_PAYMENT, ("paid", "paid", "refused"), S.FAILED_PAYMENT),
            (S.FAILED_PAYMENT, ("paid", "paid"), S.COMPLETED),
            (S.REFUNDING, ("refunded", "canceled"), S.REFUNDED),
            (S.REFUNDING, ("refunded", "paid"), S.REFUNDING),
            (S.CANCELED, ("refunded", "canceled"), S.CANCELED),
        ],
    )
    def test_follow_the_instalments(
        self, state: OrderState, installments: tuple[str, ...], expected: OrderState
    ) -> None:
        """The first decides, a later one fails, and what is caught up leads back."""
        found = Circumstances(is_signed=True, has_card=True, installments=installments)

        assert expected is ended(state, found)

    @given(state=st.sampled_from(OrderState), found=circumstances())
    def test_come_to_rest_in_one_place(self, state: OrderState, found: Circumstances) -> None:
        """From anywhere, whatever is so: no circle, nothing left to do, and no two ways to go."""
        rested = ended(state, found)

        assert [] == MOVES.fits(rested, found)
        walked = [state]
        for trigger in MOVES.walk(state, found):
            assert [trigger] == MOVES.fits(walked[-1], found)
            walked.append(ORDER.next(walked[-1], trigger))

    @given(state=st.sampled_from(sorted(ACTIVE)), found=circumstances())
    def test_complete_what_is_paid_and_signed_and_nothing_else(
        self, state: OrderState, found: Circumstances
    ) -> None:
        """Whatever steps were missed on the way there."""
        is_due = (found.is_free or found.is_paid) and not found.is_unsigned

        if state is not S.COMPLETED:
            assert is_due == (ended(state, found) is S.COMPLETED)

    @given(found=circumstances())
    def test_neither_cancel_nor_refund(self, found: Circumstances) -> None:
        """Those are wishes."""
        assert S.CANCELED is ended(S.CANCELED, found)
        assert ended(S.COMPLETED, found) is S.COMPLETED


class TestWithdrawing:
    @pytest.mark.parametrize(
        ("state", "days", "expected"),
        [
            (S.PENDING, (1, 30), True),
            (S.PENDING, (), True),  # Signed this moment: its dues are about to be written.
            (S.PENDING, (0, 30), False),
            (S.PENDING_PAYMENT, (-1, 30), False),
            (S.COMPLETED, (), False),  # It is free.
            (S.TO_SIGN, (), False),
            (S.CANCELED, (1,), False),
        ],
    )
    def test_is_possible_until_something_is_due(
        self, state: OrderState, days: tuple[int, ...], expected: bool
    ) -> None:
        """Of what binds its learner, and never where the right to it was waived."""
        today = date(2026, 3, 31)
        dues = [today + timedelta(days=one) for one in days]

        assert expected is is_withdrawable(state, dues, today, is_waived=False)
        assert not is_withdrawable(state, dues, today, is_waived=True)
