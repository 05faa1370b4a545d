"""What areas tell the console of their contracts: how they are called, and how one stands.

Texts are marked by ``to_translate`` and put into the reader's language where they are shown.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from tramita.kit.database.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Stamp:
    """A state as a person reads it; ``look`` is a class of ``tokens.css``."""

    word: str
    look: str


@dataclass(frozen=True, slots=True)
class PartWords:
    """How things of one table are called: what they are, their states, what moves them.

    ``values`` are the words of codes that entries about them mention; ``explain`` puts why one moved
    into words, where that is kept as a code.
    """

    name: str
    states: Mapping[str, Stamp] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    explain: Callable[[str | None], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on a contract's way; ``look`` is a class of the route's style, empty: not there yet."""

    name: str
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody that a contract is about, in full; a page shows it masked until somebody asks."""

    role: str
    name: str = ""
    document: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything is left of them."""
        return bool(self.name or self.document or self.email or self.phone)


@dataclass(frozen=True, slots=True)
class Link:
    """Another page that tells of it: that of a thing of this kind."""

    name: str
    kind: str
    thing: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How one contract stands, as its area knows it.

    ``waits`` says what it waits for, and ``until`` when that ends by itself. ``facts`` and
    ``money`` are in the order in which they are read; labels are translated, values are not.
    ``page`` is where more can be done about it than with any contract. ``places`` says which one of
    its kind a part is, as the second instalment.
    """

    stamp: Stamp
    route: Sequence[Step] = ()
    waits: str = ""
    until: datetime | None = None
    facts: Sequence[tuple[str, str]] = ()
    money: Sequence[tuple[str, str]] = ()
    people: Sequence[Person] = ()
    links: Sequence[Link] = ()
    page: Link | None = None
    places: Mapping[UUID, int] = field(default_factory=dict)


# Tells of a contract by its id; none where there is nothing of it.
Show: TypeAlias = Callable[[UnitOfWork, UUID], Awaitable[Shown | None]]


def route_of(names: Sequence[str], *, reached: int, is_over: bool, is_bad: bool) -> list[Step]:
    """A route of which ``reached`` steps are done, and the next one is where it stands.

    ``is_over``: it goes no further, and ``is_bad`` because it failed there.
    """
    here = "bad" if is_bad else "" if is_over else "now"
    return [
        Step(name, "done" if place < reached else here if place == reached else "")
        for place, name in enumerate(names)
    ]
