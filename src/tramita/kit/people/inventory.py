"""The inventory: what every table holds of people, and what erasing does to it.

Each area declares its own tables in its manifest, column by column; a test holds them against
the database, so that no column comes in undecided. Both erasing and exporting read this and
nothing else. A person is found from *roots* (a customer, an envelope); from these follow
groups of ids, which SQL of the inventory names as ``:customers``, ``:contracts``, ``:all``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from pydantic_settings import BaseSettings

from tramita.kit.encryption.keys import DOCUMENT, Keyring

ERASED = "(erased)"
"""What stands where a text must stand."""


IS_SAID = "our own sentence, or a provider's masked one, by which operators search"
"""Why what is told of how something ended is not encrypted."""
OF_NO_CLIENT = "names no client"
"""Why what names a system, one of our own people or something that is sold is not encrypted."""

NAMES_A_FILE = "a file's name, which says nothing of its content"
"""Why what names a file is not encrypted."""


@dataclass(frozen=True, slots=True)
class Hash:
    """A column by which people are found: a keyed hash of what a ``table`` has in a ``column``.

    ``value`` is that in SQL, ``read`` takes from it, decrypted, what is hashed, if anything.
    """

    table: str
    column: str
    value: str
    read: Callable[[Any], str | None] = lambda text: text or None
    kind: str = DOCUMENT


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table. Every column is in exactly one of ``erased``, ``kept`` and ``plain``.

    ``rows`` is the condition in SQL by which a person's rows are found; empty: none are found
    that way. ``own`` says which of these they are told: the others are somebody else's words, and go
    with theirs. ``key`` orders and names them. ``erased`` is what a personal column becomes, in
    SQL; ``by_law`` is what it becomes instead while a law obliges us to keep the row's thing
    (``is_kept``). ``kept`` says why a personal column stays; ``plain`` says nothing of anybody.
    ``encrypted`` are those that no statement has to read, and ``encrypted_json`` those of them that
    are ``jsonb``; ``hashes`` are what they are found by. ``in_clear`` says why a personal column is
    neither. ``reduced`` is what of such a structure the
    law wants kept. ``files`` name files. ``at_once`` rows are encrypted in one transaction.
    What ``is_last`` is erased when everything else was: by it the rest is found.
    """

    name: str
    rows: str = ""
    own: str = "true"
    key: str = "id"
    erased: Mapping[str, str] = field(default_factory=dict)
    by_law: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    plain: str = ""
    encrypted: str = ""
    encrypted_json: str = ""
    hashes: Mapping[str, Hash] = field(default_factory=dict)
    in_clear: Mapping[str, str] = field(default_factory=dict)
    reduced: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    is_kept: str = "id = ANY(:kept)"
    files: str = ""
    at_once: int = 500
    is_last: bool = False

    @property
    def hidden(self) -> tuple[str, ...]:
        """The columns that are encrypted."""
        return (*self.encrypted.split(), *self.encrypted_json.split())

    def decrypted(self, keys: Keyring, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as it is without encryption; some of its columns or all."""
        read = dict(row.items())
        for column in self.encrypted.split():
            value, place = read.get(column), f"{self.name}.{column}"
            if isinstance(value, bytes):
                read[column] = keys.decrypt_bytes(value, place)
            elif isinstance(value, str):
                read[column] = keys.decrypt(value, place)
        for column in self.encrypted_json.split():
            if column in read:
                read[column] = keys.decrypt_decoded(read[column], f"{self.name}.{column}")
        return read


@dataclass(frozen=True, slots=True)
class Finder:
    """A statement that adds to a group of ids, from the groups before it."""

    group: str
    statement: str


@dataclass(frozen=True, slots=True)
class Root:
    """What a person is found by: rows of ``table``, which bear ``erased_at``.

    ``statement`` selects their ids by tenant (``$1``), the asker's limits (``$2``, ``$3``), the
    document's kind (``$4``) and its number's hash (``$5``), and perhaps one of the ids (``$6``).
    """

    group: str
    table: str
    statement: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a law obliges us to keep for some years after the year in which it ended.

    ``years`` is the setting that says for how many. ``rows`` selects ``(id, since)`` of the things
    it is about; none of them where it is for 0 years.
    """

    law: str
    settings: type[BaseSettings]
    years: str
    rows: str


@dataclass(frozen=True, slots=True)
class Document:
    """What identifies a person; ``number`` without punctuation."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Values:
    """Texts that name a person: ``statement`` selects one column of ``table`` or several.

    ``read`` takes them from each value, decrypted.
    """

    table: str
    statement: str
    read: Callable[[Any], Iterable[str | None]] = lambda text: [text]


@dataclass(frozen=True, kw_only=True)
class People:
    """An area's part in it.

    ``open`` select sentences (``what``) about what is under way, because of which a person
    cannot be erased. ``owners`` add to the group ``kept`` whose things are kept by law.
    ``keys`` select texts (``key``) by which a message names a thing of theirs, ``values`` are
    those by which it names the person. ``identify`` selects ``(id, tenant, kind, hash)`` of a root
    by an id (``$1``) within limits (``$2``, ``$3``); ``read_document`` tells what a text can be.
    """

    tables: Sequence[Table] = ()
    roots: Sequence[Root] = ()
    groups: Sequence[Finder] = ()
    open: Sequence[str] = ()
    obligations: Sequence[Obligation] = ()
    owners: Sequence[str] = ()
    keys: Sequence[str] = ()
    values: Sequence[Values] = ()
    identify: Sequence[str] = ()
    read_document: Callable[[str], Document | None] | None = None

    def table(self, name: str) -> Table:
        """The table of this name."""
        return next(one for one in self.tables if one.name == name)


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
