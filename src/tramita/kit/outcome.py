"""The five answers an outside system can give.

A gateway never raises for what a vendor may do: it answers one of these, and
``match`` with ``assert_never`` makes the type checker insist on all five.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The provider confirmed; ``value`` is its answer in our words."""

    value: T


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted, the answer comes later, by webhook or when asked again.

    ``within`` is how long the provider says that it may take, if it says so.
    """

    reference: str
    ask_again_in: timedelta
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A business no. Never retried."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It is certain that nothing happened at the provider; sending again is safe."""

    reason: str
    retry_in: timedelta


@dataclass(frozen=True, slots=True)
class Unknown:
    """The provider may or may not have acted; ask it before anything else."""

    reason: str


Outcome: TypeAlias = Done[T] | Pending | Refused | NotSent | Unknown
