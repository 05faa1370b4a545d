"""The inventory: what every table holds of people, and what erasing does to it.

Each area declares its own tables in its manifest, column by column; a test holds them against
the database, so that no column comes in undecided. Both erasing and exporting read this and
nothing else. A person is found from *roots* (a customer, an envelope); from these follow
groups of ids, which SQL of the inventory names as ``:customers``, ``:contracts``, ``:all``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields

ERASED = "(erased)"
"""What stands where a text must stand."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table. Every column is in exactly one of ``erased``, ``kept`` and ``plain``.

    ``rows`` is the condition in SQL by which a person's rows are found; empty: none are found
    that way. ``key`` orders and names them. ``erased`` is what a personal column becomes, in
    SQL; ``by_law`` is what it becomes instead while a law obliges us to keep the row's thing
    (``id``). ``kept`` says why a personal column stays; ``plain`` says nothing of anybody.
    What ``is_last`` is erased when everything else was: by it the rest is found.
    """

    name: str
    rows: str = ""
    key: str = "id"
    erased: Mapping[str, str] = field(default_factory=dict)
    by_law: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    plain: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Finder:
    """A statement that adds to a group of ids, from the groups before it."""

    group: str
    statement: str


@dataclass(frozen=True, slots=True)
class Root:
    """What a person is found by: rows of ``table``, which bear ``erased_at``.

    ``statement`` selects their ids by tenant (``$1``), the asker's limits (``$2``, ``$3``), the
    document's kind (``$4``) and number (``$5``), and perhaps one of the ids itself (``$6``).
    """

    group: str
    table: str
    statement: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a law obliges us to keep for ``years`` after the year in which it ended.

    ``rows`` selects ``(id, since)`` of the things it is about. None where ``years`` is 0.
    """

    law: str
    years: Callable[[], int]
    rows: str


@dataclass(frozen=True, slots=True)
class Document:
    """What identifies a person; ``number`` without punctuation."""

    kind: str
    number: str


@dataclass(frozen=True, kw_only=True)
class People:
    """An area's part in it.

    ``open`` select sentences (``what``) about what is under way, because of which a person
    cannot be erased. ``owners`` add to the group ``kept`` whose things are kept by law.
    ``keys`` select texts (``key``) by which a message names a thing of theirs, ``values`` texts
    by which it names the person. ``identify`` selects ``(id, tenant, kind, number)`` of a root by
    an id (``$1``) within limits (``$2``, ``$3``); ``read_document`` tells what a text can be.
    """

    tables: Sequence[Table] = ()
    roots: Sequence[Root] = ()
    groups: Sequence[Finder] = ()
    open: Sequence[str] = ()
    obligations: Sequence[Obligation] = ()
    owners: Sequence[str] = ()
    keys: Sequence[str] = ()
    values: Sequence[str] = ()
    identify: Sequence[str] = ()
    read_document: Callable[[str], Document | None] | None = None


def together(parts: Sequence[People]) -> People:
    """The inventory of all areas, in their order: groups build on those before them."""

    def all_of(name: str) -> list[object]:
        return [one for part in parts for one in getattr(part, name)]

    lists = [one.name for one in fields(People) if one.name != "read_document"]
    reads = [part.read_document for part in parts if part.read_document is not None]
    return People(
        **{name: all_of(name) for name in lists},  # type: ignore[arg-type]  # each its own list
        read_document=reads[0] if reads else None,
    )
