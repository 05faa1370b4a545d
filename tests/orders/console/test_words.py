"""How the console says what orders and payments are."""

import pytest

from tramita.console.words import name_of_kind
from tramita.kit.languages.words import words_in
from tramita.orders.console.words import (
    MAILS,
    ORDER_ACTIONS,
    REASONS,
    REFUSALS,
    VIEWS,
    explain_refusal,
)
from tramita.orders.lifecycle import OrderState
from tramita.orders.mails.kinds import MAILS as KINDS
from tramita.orders.operator import actions
from tramita.payments.ports import CardRefusal


class TestARefusal:
    @pytest.mark.parametrize("code", CardRefusal)
    def test_is_told_in_our_words_and_then_in_the_providers(self, code: CardRefusal) -> None:
        """Each code that there is."""
        told = explain_refusal(f"{code}: [05] Do not honor")

        assert f"{REFUSALS[code]}: [05] Do not honor" == told
        assert words_in("ru").translated(told) != told

    @pytest.mark.parametrize(
        ("refusal", "told"),
        [
            (None, None),
            ("", None),
            ("insufficient_funds: ", "not enough money on the account"),
            ("canceled by its learner", "canceled by its learner"),
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


class TestTheCatalogues:
    def test_have_every_reason_why_something_cannot_be_done(self) -> None:
        """As the actions say it; one that is new is named here first."""
        said = {
            one for name, one in vars(actions).items() if name.startswith("_") and name.isupper()
        }

        assert {one for one in said if isinstance(one, str)} == set(REASONS)

    def test_have_every_kind_of_e_mail(self) -> None:
        """As the list of those that did not arrive calls it."""
        assert {name_of_kind(one.key) for one in KINDS} <= set(MAILS)


class TestWhoeverEndsAnOrder:
    @pytest.mark.parametrize("action", [actions.OrderAction.CANCEL, actions.OrderAction.WITHDRAW])
    def test_is_told_that_the_partner_reads_why(self, action: actions.OrderAction) -> None:
        """The order's contract ends with it, and the partner's timeline says for which reason."""
        assert "Your reason is read by the partner" in ORDER_ACTIONS[action].effect
