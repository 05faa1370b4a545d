"""Files, each encrypted with a key of its own, under a name that says nothing of it.

A folder under the data directory, or any S3: wherever it is, all processes of an installation
must reach the same. There is nothing to read in it: a file's key stands in the database
(``stored_files``), itself encrypted as everything there is. So an installation's keys change
without any file being written anew, and a file whose row has gone is read by nobody, in no
backup of the folder either.

Where the place does not answer, whoever asks is told so (``FilesAway``): a job comes again, and a file
that is there is never said to be lost.

Whoever puts a file writes down where it is; until then it is to go again (``kit.people.files``).
What a file is is seen from its first bytes, whatever somebody calls it.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from struct import Struct
from typing import TYPE_CHECKING, Final, Self
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as ObjectNotFound
from obstore.store import LocalStore, ObjectStore, from_url

from tramita.kit.database.engine import Database
from tramita.kit.encryption.contents import decrypt_content, encrypt_content
from tramita.kit.encryption.keys import new_key
from tramita.kit.errors import NotFoundError, ProviderUnavailableError, TooLargeError

if TYPE_CHECKING:
    from obstore.store import RetryConfig  # a name of its type hints alone

LARGEST: Final = 50 * 1024 * 1024
KEY: Final = "stored_files.key"
"""As what a file's key is encrypted."""
_FOLDER: Final = "files"
# For so long whoever has put a file may take to write down where it is.
_UNNAMED: Final = timedelta(days=1)
# Somebody waits for an answer; a single call takes 30 seconds at most by itself.
_RETRIES: Final["RetryConfig"] = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
_NO_BUCKET: Final = "NoSuchBucket"
ZIP: Final = "application/zip"
_KINDS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", ZIP),
)
# What else a ZIP is, by where its main part lies.
_OFFICE: Final = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CONTENTS: Final = b"[Content_Types].xml"
# Where a ZIP ends: how long its list is, right before it. Each line: how long its name and the rest are.
_END, _LENGTH, _LONGEST_END = b"PK\x05\x06", Struct("<12xL"), 22 + 2**16
_LINE, _LENGTHS = b"PK\x01\x02", Struct("<28x3H12x")
# An Office file has some dozens; a list may be as long as the file.
_MOST_NAMES: Final = 2_000
# What is longer is worked through beside the event loop: it takes a tenth of a second at most.
_AT_ONCE: Final = 1024 * 1024


class FileNotKept(NotFoundError):
    """There is no such file."""


class FilesAway(ProviderUnavailableError):
    """The place where files are kept does not answer. Come again in a moment."""

    retry_after = timedelta(seconds=30)


class FileTooLarge(TooLargeError):
    """A file may have {limit} bytes."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is known. ``digest`` is its name: random letters, for a digest can be guessed."""

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Files:
    """Where files are kept, and the database that has their keys."""

    store: ObjectStore
    database: Database

    @classmethod
    def open(cls, url: str, data_dir: Path, database: Database) -> Self:
        """At ``url`` (``s3://bucket/folder``, its credentials in the environment), or in a folder."""
        if url:
            return cls(from_url(url, retry_config=_RETRIES), database)
        folder = data_dir.absolute() / _FOLDER
        return cls(LocalStore(folder, mkdir=True), database)

    async def put(self, content: bytes) -> StoredFile:
        """Keep a file, as long as a row names it; raises ``FileTooLarge`` and ``FilesAway``."""
        if len(content) > LARGEST:
            raise FileTooLarge(limit=LARGEST)
        name, key = uuid4().hex, new_key()
        # The row first: of whoever dies in between, nothing is left that nobody knows of.
        await self.database.fetch(
            "INSERT INTO stored_files (name, key, drop_at) "
            "VALUES ($1, $2, clock_timestamp() + $3::interval)",
            name,
            self.database.keys.encrypt(key, KEY),
            _UNNAMED,
        )
        with _away():
            sealed = await _worked(content, lambda: encrypt_content(key, content, name))
            await obstore.put_async(self.store, _path(name), sealed)
        return StoredFile(name, len(content), media_type_of(content))

    async def get(self, digest: str) -> bytes:
        """The content; raises ``FileNotKept``, ``FilesAway``, ``NotDecrypted`` where it was changed."""
        rows = await self.database.fetch("SELECT key FROM stored_files WHERE name = $1", digest)
        if not rows:
            raise FileNotKept
        key = self.database.keys.decrypt(rows[0]["key"], KEY)
        try:
            with _away():
                found = await obstore.get_async(self.store, _path(digest))
                content = bytes(await found.bytes_async())
        except (ObjectNotFound, FileNotFoundError):
            raise FileNotKept from None
        if not key:
            return content  # It is from before encryption.
        return await _worked(content, lambda: decrypt_content(key, content, digest))

    async def delete(self, digest: str) -> None:
        """Keep it no more; raises ``FilesAway``. Idempotent."""
        with suppress(ObjectNotFound, FileNotFoundError), _away():
            await obstore.delete_async(self.store, _path(digest))
        await self.database.fetch("DELETE FROM stored_files WHERE name = $1", digest)


async def digest_of(content: bytes) -> bytes:
    """The SHA-256 of a content."""
    return await _worked(content, lambda: hashlib.sha256(content).digest())


async def _worked(content: bytes, work: Callable[[], bytes]) -> bytes:
    return work() if len(content) <= _AT_ONCE else await asyncio.to_thread(work)


@contextmanager
def _away() -> Iterator[None]:
    """Tell a place that does not answer, or is not there, from a file that is not."""
    try:
        yield
    except (ObjectNotFound, FileNotFoundError) as error:
        if _NO_BUCKET in str(error):
            raise FilesAway from error
        raise
    except (BaseError, OSError) as error:
        raise FilesAway from error


def media_type_of(content: bytes) -> str:
    """What a content is, by how it begins, and a ZIP by what it holds."""
    found = (kind for beginning, kind in _KINDS if content.startswith(beginning))
    kind = next(found, "application/octet-stream")
    return _office_kind_of(content) or kind if kind == ZIP else kind


def _office_kind_of(content: bytes) -> str | None:
    names = [*islice(_names_in(content), _MOST_NAMES)]
    if _CONTENTS not in names:
        return None
    return next(
        (kind for folder, kind in _OFFICE.items() if any(one.startswith(folder) for one in names)),
        None,
    )


def _names_in(content: bytes) -> Iterator[bytes]:
    """The names in a ZIP's list, whatever else it is."""
    end = content.rfind(_END, -_LONGEST_END)
    if end < 0 or len(content) < end + _LENGTH.size:
        return
    at = end - _LENGTH.unpack_from(content, end)[0]
    while 0 <= at <= end - _LENGTHS.size and content.startswith(_LINE, at):
        name, *others = _LENGTHS.unpack_from(content, at)
        at += _LENGTHS.size
        yield content[at : at + name]
        at += name + sum(others)


def is_whole_pdf(content: bytes) -> bool:
    """Whether it is a PDF from its beginning to its end."""
    return content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"
