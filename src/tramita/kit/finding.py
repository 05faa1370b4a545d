"""What people look for by whatever they have at hand, and what there is of it.

Whoever searches types one thing: a number, a name at some system, an id, a document, a phone, an
e-mail, somebody's name; in whichever writing is usual. A ``Needle`` is what that can be, each as it is
kept. Areas find their own things by it, each in one statement along indexes.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from tramita.kit.database.work import UnitOfWork
from tramita.kit.encryption.keys import DOCUMENT, EMAIL, NAME, PHONE
from tramita.kit.people.inventory import Document, People

LONGEST: Final = 200
MOST: Final = 20
"""How many hits an area tells of at most."""
# A beginning of fewer letters would be that of thousands of things.
_SHORTEST_BEGINNING: Final = 3
_BLANKS: Final = re.compile(r"\s+")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\+?[\d\s().-]{8,24}")
# As ids are written without their hyphens, or with what some systems put before them.
_ID: Final = re.compile(r"(?:[a-z]{2,12}_)?([0-9a-f]{32})")
BRAZIL: Final = "55"
_RUSSIA: Final = "7"
# Word processors make these of a hyphen.
_HYPHENS: Final = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-")
_WORD: Final = re.compile(r"[^\W_]+")


def normalize_phone(phone: str) -> str:
    """As it is hashed: the digits of the international form."""
    return re.sub(r"\D", "", phone)


def normalize_name(name: str) -> str | None:
    """As it is hashed: its words in small letters, without accents and signs, if it has any."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return " ".join(_WORD.findall(plain)) or None


@dataclass(frozen=True, slots=True, repr=False)
class Needle:
    """What was typed, and what it can be: several things at once, or none of them.

    ``phones`` are international, digits alone: one that was typed without its country is Brazilian.
    It has no words of its own for a log.
    """

    text: str
    id: UUID | None = None
    email: str | None = None
    phones: Sequence[str] = ()
    document: Document | None = None

    @classmethod
    def of(cls, typed: str, people: People) -> Self | None:
        """From what somebody typed; none where that is nothing."""
        text = _tidied(typed)
        if not text:
            return None
        email = text.lower()
        return cls(
            text,
            _read_id(text),
            email if _EMAIL.fullmatch(email) else None,
            _read_phones(text),
            people.read_document(text) if people.read_document else None,
        )

    @property
    def spellings(self) -> list[str]:
        """As systems may have written it: as it was typed, in small letters and capitals, as an id."""
        bare = self.text.replace(" ", "")
        ids = (str(self.id), self.id.hex) if self.id else ()
        return list(dict.fromkeys((self.text, bare, bare.lower(), bare.upper(), *ids)))

    @property
    def beginning(self) -> str | None:
        """How names may begin; none where that would be too many."""
        return self.text if len(self.text) >= _SHORTEST_BEGINNING else None

    def hashes(self, work: UnitOfWork, kind: str) -> list[bytes]:
        """By what people with this document, e-mail, phone or name are found; none: it can be no such."""
        values = {
            DOCUMENT: [self.document.number if self.document else None],
            EMAIL: [self.email],
            PHONE: self.phones,
            NAME: [normalize_name(self.text)],
        }
        return [work.keys.hash(kind, one) for one in values[kind] if one]


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: of which ``kind``, for people, and by which ``page`` it is shown.

    ``title`` and ``about`` name no client: they stand on a page with much else. ``kind`` is to be
    translated, and so are the words of ``about``. What is ``spare`` is told only where nothing else is
    found: what it is about is mostly found by the same.
    """

    kind: str
    title: str
    page: str
    id: UUID | str
    about: Sequence[str] = ()
    is_spare: bool = False


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds an area's things by a needle, so many at most, in one statement: of these ``kinds``."""

    kinds: Sequence[str]
    find: Callable[[UnitOfWork, Needle, int], Awaitable[list[Hit]]]


def _tidied(typed: str) -> str:
    """On one line, with plain hyphens, and without signs that nobody sees, which are copied along."""
    text = _BLANKS.sub(" ", typed.translate(_HYPHENS))
    seen = "".join(one for one in text if not unicodedata.category(one).startswith("C"))
    return seen.strip()[:LONGEST]


def _read_id(text: str) -> UUID | None:
    found = _ID.fullmatch(re.sub(r"[-{}\s]", "", text.lower()))
    return UUID(found[1]) if found else None


def _read_phones(text: str) -> Sequence[str]:
    if _PHONE.fullmatch(text) is None:
        return ()
    digits = normalize_phone(text)
    if text.startswith("+"):
        return (digits,)
    if digits.startswith("00"):
        return (digits[2:],)
    # Within Brazil a zero comes before the area code.
    within = digits.removeprefix("0")
    if len(within) in {10, 11}:
        # And within Russia an eight.
        russian = [_RUSSIA + digits[1:]] if len(digits) == 11 and digits[0] == "8" else []
        return (BRAZIL + within, within, *russian)
    return (digits,)
