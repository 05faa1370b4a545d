"""How the console says what numbers are."""

from tramita.numbering import check
from tramita.numbering.console.words import MOVES, PROMISES, REASONS
from tramita.numbering.lifecycle import NumberTrigger
from tramita.numbering.operator import actions


class TestTheCatalogues:
    def test_have_every_reason_why_something_cannot_be_done(self) -> None:
        """As the actions say it; one that is new is named here first."""
        said = {
            one for name, one in vars(actions).items() if name.startswith("_") and name.isupper()
        }

        assert {one for one in said if isinstance(one, str)} == set(REASONS)

    def test_have_whatever_moves_a_number(self) -> None:
        """None is told by its code."""
        assert set(NumberTrigger) == set(MOVES)

    def test_have_every_promise_of_the_check(self) -> None:
        """As the check says it itself."""
        said = {promise for _, promise, *_ in check._STATEMENTS}

        assert said < set(PROMISES)
        assert len(said) + 1 == len(PROMISES)
