"""How the console says what orders and payments are."""

import pytest

from tramita.orders.console.words import REFUSALS, VIEWS, explain_refusal
from tramita.orders.lifecycle import OrderState
from tramita.payments.ports import CardRefusal


class TestARefusal:
    @pytest.mark.parametrize("code", CardRefusal)
    def test_is_told_in_our_words_and_then_in_the_providers(self, code: CardRefusal) -> None:
        """Each code that there is."""
        told = explain_refusal(f"{code}: [05] Do not honor")

        assert told is not None
        assert REFUSALS[code] == told[:1].lower() + told[1:].partition(":")[0]
        assert told.endswith(": [05] Do not honor.")

    @pytest.mark.parametrize(
        ("refusal", "told"),
        [
            (None, None),
            ("", None),
            ("insufficient_funds: ", "Not enough money on the account."),
            ("canceled by its learner", "Canceled by its learner."),
        ],
    )
    def test_without_a_code_of_ours_is_told_as_it_is(
        self, refusal: str | None, told: str | None
    ) -> None:
        """What people write as a reason stays theirs."""
        assert told == explain_refusal(refusal)


class TestTheViews:
    def test_have_every_state_in_which_an_order_rests_once(self) -> None:
        """So that no order is in no tab, and their counts add up."""
        listed = [state for one in VIEWS for state in one.states]

        assert sorted(set(OrderState) - {OrderState.DRAFT, OrderState.ASSIGNED}) == sorted(listed)
