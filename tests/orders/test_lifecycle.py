"""The lives of an order and of an enrollment: every arrow, and none besides."""

import pytest

from tramita.kit.lifecycle import TransitionNotAllowed
from tramita.orders.lifecycle import (
    ACTIVE,
    BINDING,
    ENROLLING,
    ENROLLMENT,
    INACTIVE,
    ORDER,
    EnrollmentState,
    OrderState,
    OrderTrigger,
)

# As it was designed: by trigger, from where to where.
ARROWS = {
    "assign": "draft>assigned",
    "need_signature_and_card": "assigned>to_sign_and_to_save_payment_method",
    "need_signature": "assigned>to_sign to_sign_and_to_save_payment_method>to_sign",
    "submit_for_signature": "to_sign>signing",
    "lose_signature_procedure": "signing>to_sign",
    "need_card": "assigned>to_save_payment_method signing>to_save_payment_method "
    "pending>to_save_payment_method to_sign_and_to_save_payment_method>to_save_payment_method",
    "await_payment": "assigned>pending signing>pending to_save_payment_method>pending "
    "to_sign_and_to_save_payment_method>pending",
    "take_first_payment": "pending>pending_payment no_payment>pending_payment",
    "miss_first_payment": "pending>no_payment",
    "miss_later_payment": "pending_payment>failed_payment",
    "catch_up_payment": "failed_payment>pending_payment",
    "complete": "assigned>completed signing>completed to_save_payment_method>completed "
    "to_sign_and_to_save_payment_method>completed pending>completed pending_payment>completed "
    "no_payment>completed failed_payment>completed",
    "cancel": " ".join(f"{state}>canceled" for state in sorted(ACTIVE)),
    "refund": "canceled>refunding",
    "end_refund": "refunding>refunded",
}
EXPECTED = {
    (source, trigger): target
    for trigger, arrows in ARROWS.items()
    for source, target in (one.split(">") for one in arrows.split())
}


class TestOrder:
    @pytest.mark.parametrize("state", OrderState)
    @pytest.mark.parametrize("trigger", OrderTrigger)
    def test_takes_exactly_the_arrows_of_the_design(
        self, state: OrderState, trigger: OrderTrigger
    ) -> None:
        """Each leads where the design says, and what is missing there is refused."""
        expected = EXPECTED.get((state.value, trigger.value))

        if expected is None:
            with pytest.raises(TransitionNotAllowed):
                ORDER.next(state, trigger)
        else:
            assert expected == ORDER.next(state, trigger).value

    def test_knows_its_sets(self) -> None:
        """Active or not, never both; who is in a course is bound by the contract."""
        assert set(OrderState) == ACTIVE | INACTIVE
        assert not ACTIVE & INACTIVE
        assert ENROLLING < BINDING < ACTIVE
        assert {OrderState.REFUNDED} == ORDER.final


class TestEnrollment:
    def test_is_closed_once_and_for_all(self) -> None:
        """Whoever orders again is enrolled anew."""
        assert {EnrollmentState.CLOSED} == ENROLLMENT.final
        assert 1 == len([*ENROLLMENT.arrows()])
