"""Domain errors are sentences: the docstring is the message, attributes carry ids.

They do not know HTTP. ``tramita.web.problems`` maps the families below to
status codes; a program that uses the kit without the web may catch them as they are.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from tramita.kit.languages.filled import Filled


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field; ``path`` is like ``contracts[2].origin.ispb``."""

    path: str
    code: str
    message: str


# An acronym is one word: ``SIMInUse`` is ``sim_in_use``.
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class TramitaError(Exception):
    """Something went wrong.

    ``retry_after``: when asking again may help.
    """

    retry_after: timedelta | None = None

    def __init__(self, **facts: object) -> None:
        """Fill the class's own docstring with ``facts`` and keep them as attributes."""
        self.facts = facts
        self.sentence = Filled.of(type(self).__doc__ or "", **facts)
        """What it says, for whoever puts it into another language."""
        super().__init__(str(self.sentence))

    @property
    def code(self) -> str:
        """A stable machine-readable name, derived from the class name."""
        return _BETWEEN_WORDS.sub("_", type(self).__name__).lower()


class MalformedError(TramitaError):
    """The request could not be read."""


class NotFoundError(TramitaError):
    """There is no such thing."""


class ConflictError(TramitaError):
    """The present state forbids this."""


class GoneError(TramitaError):
    """It existed and has expired."""


class TooManyError(TramitaError):
    """More is asked for at once than one caller, or all of them, may."""


class UnauthorizedError(TramitaError):
    """Nobody is known by these credentials, or no longer."""


class ForbiddenError(TramitaError):
    """The credentials do not allow this."""


class TooLargeError(TramitaError):
    """What was sent is larger than it may be."""


class UnsupportedError(TramitaError):
    """What was sent is of a kind that is not taken."""


class DependencyFailedError(TramitaError):
    """Something that this needs could not be had, and asking again will not help."""


class ConfigurationError(TramitaError):
    """The installation is not set up for this."""


class ProviderRefusedError(TramitaError):
    """The provider refuses, and there is no better word for it."""


class ProviderUnavailableError(TramitaError):
    """The provider cannot be reached; certainly nothing happened there."""


class OutcomeUnknownError(TramitaError):
    """Nobody knows yet what the provider did; it is being asked."""


class InvalidError(TramitaError):
    """The request breaks {count} rule(s)."""

    def __init__(self, errors: list[FieldError]) -> None:
        """Carry every field error found, never only the first."""
        self.errors = errors
        super().__init__(count=len(errors))

    @property
    def code(self) -> str:
        """The code of every invalid request."""
        return "invalid_request"
