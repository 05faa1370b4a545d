"""Errors are sentences."""

from tramita.kit.errors import ConflictError, FieldError, InvalidError, TramitaError


class NumberTakenABCTwice(ConflictError):
    """Number {number} is taken."""


class Undocumented(TramitaError):
    pass


Undocumented.__doc__ = None


class TestTramitaError:
    def test_says_its_docstring_with_the_facts_filled_in(self) -> None:
        """The docstring is the message; the facts stay at hand."""
        error = NumberTakenABCTwice(number=7)

        assert ("Number 7 is taken.", {"number": 7}) == (str(error), error.facts)

    def test_has_a_code_made_of_its_name(self) -> None:
        """Machines branch on it, so it does not change with the sentence."""
        assert "number_taken_abc_twice" == NumberTakenABCTwice(number=7).code

    def test_without_a_docstring_says_nothing(self) -> None:
        """With Python's -OO there are no docstrings; errors are raised all the same."""
        assert "" == str(Undocumented())


class TestInvalidError:
    def test_carries_every_field_error(self) -> None:
        """All at once, never only the first."""
        errors = [FieldError("a", "x", "no"), FieldError("b[0]", "y", "no")]

        error = InvalidError(errors)

        assert (errors, "invalid_request") == (error.errors, error.code)
        assert "The request breaks 2 rule(s)." == str(error)
