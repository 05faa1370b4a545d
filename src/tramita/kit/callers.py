"""Whoever a request comes from, as far as everybody needs to know."""

from typing import Protocol, runtime_checkable

from tramita.kit.bounds import Bounds


@runtime_checkable
class Caller(Protocol):
    """A system or a person with credentials."""

    @property
    def bounds(self) -> Bounds:
        """Whose rows it may see and change."""
        ...

    @property
    def actor(self) -> str:
        """Who it is in the history of what it changes; of a person no name."""
        ...

    @property
    def key(self) -> str:
        """What tells it from every other caller, as long as it exists."""
        ...
