"""An application's documents as its readers see them, and what may be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tramita.chats.queries import FileView
from tramita.kit.languages.words import Words, to_translate
from tramita.kit.outbox.lifecycle import DeliveryState
from tramita.transfers.documents import DocumentKind, DocumentView, JobView
from tramita.transfers.naming.documents import (
    DELIVERY_STAMPS,
    DOCUMENTS,
    JOB_STAMPS,
    Stamp,
)

# Telegram gives a picture no name.
_UNNAMED: Final = to_translate("Picture")
_UNITS: Final = ((1024 * 1024, "MB"), (1024, "kB"))
UNDER_WAY: Final = frozenset({DeliveryState.WAITING, DeliveryState.SENDING})
# What people bring themselves; the rest is made in 1C.
BROUGHT: Final = (
    DocumentKind.INVOICE,
    DocumentKind.CONTRACT,
    DocumentKind.SPECIFICATION,
    DocumentKind.PAYMENT_PROOF,
    DocumentKind.OTHER,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document; ``can_send``: it may be put into the chat by a button."""

    id: UUID
    title: str
    name: str
    about: str
    stamp: Stamp | None
    can_send: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file of the chat that may be taken as a document."""

    id: UUID
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Job:
    """A document that was asked for."""

    id: UUID
    title: str
    stamp: Stamp
    reason: str | None


def show_documents(found: Sequence[DocumentView], words: Words, *, can_send: bool) -> list[Paper]:
    """Each with what it is, the newest first."""
    return [
        Paper(
            one.id,
            title_of(one.kind, one.number, words),
            one.name,
            f"{words.date(one.date or one.created_at, 'medium')} · {_size(one.size)}",
            _stamp(one, words),
            can_send and one.delivery not in UNDER_WAY,
        )
        for one in reversed(found)
    ]


def show_files(found: Sequence[FileView], words: Words) -> list[File]:
    """Each with when it was sent and how large it is."""
    unnamed = words.gettext(_UNNAMED)
    return [
        File(
            one.id,
            one.name or unnamed,
            f"{words.date(one.created_at, 'medium')} · {_size(one.size)}",
        )
        for one in found
    ]


def show_jobs(found: Sequence[JobView], words: Words) -> list[Job]:
    """Those whose document is not here, the newest first."""
    shown = []
    for one in found:
        if one.document_id is None:
            word, look = JOB_STAMPS[one.state]
            stamp = (words.gettext(word), look)
            shown.append(Job(one.id, kind_in(one.kind, words), stamp, one.reason))
    return shown


def kinds(wanted: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """Kinds to choose from."""
    return [(str(one), kind_in(one, words)) for one in wanted]


def kind_in(kind: str, words: Words) -> str:
    """What people call a kind of document."""
    return words.gettext(DOCUMENTS.get(kind, DOCUMENTS["other"]))


def _stamp(one: DocumentView, words: Words) -> Stamp | None:
    if one.delivery is None:
        return None
    word, look = DELIVERY_STAMPS[one.delivery]
    return words.gettext(word), look


def title_of(kind: str, number: str | None, words: Words) -> str:
    """A document by its kind, and its number where it has one."""
    title = kind_in(kind, words)
    return f"{title} № {number}" if number else title


def _size(size: int) -> str:
    return next((f"{size / unit:.1f} {name}" for unit, name in _UNITS if size >= unit), f"{size} B")
