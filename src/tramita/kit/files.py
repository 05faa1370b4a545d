"""Files by their content: what is put there is found by its digest, and the same is kept once.

A folder under the data directory, or any S3: wherever it is, all processes of an installation
must reach the same. What a file is is seen from its first bytes, whatever somebody calls it.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import obstore
from obstore.exceptions import NotFoundError as ObjectNotFound
from obstore.store import LocalStore, ObjectStore, from_url

from tramita.kit.errors import NotFoundError, TooManyError

LARGEST: Final = 20 * 1024 * 1024
_FOLDER: Final = "files"
_KINDS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class FileNotKept(NotFoundError):
    """There is no such file."""


class FileTooLarge(TooManyError):
    """A file may have {limit} bytes."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is known; ``digest`` is the SHA-256 of its content, in hexadecimal."""

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Files:
    """Where files are kept."""

    store: ObjectStore

    @classmethod
    def open(cls, url: str, data_dir: Path) -> Self:
        """At ``url`` (``s3://bucket/folder``, its credentials in the environment), or in a folder."""
        if url:
            return cls(from_url(url))
        folder = data_dir.absolute() / _FOLDER
        return cls(LocalStore(folder, mkdir=True))

    async def put(self, content: bytes) -> StoredFile:
        """Keep a file; raises ``FileTooLarge``. Idempotent."""
        if len(content) > LARGEST:
            raise FileTooLarge(limit=LARGEST)
        digest = hashlib.sha256(content).hexdigest()
        await obstore.put_async(self.store, _path(digest), content)
        return StoredFile(digest, len(content), media_type_of(content))

    async def get(self, digest: str) -> bytes:
        """The content; raises ``FileNotKept``."""
        try:
            found = await obstore.get_async(self.store, _path(digest))
            return bytes(await found.bytes_async())
        except (ObjectNotFound, FileNotFoundError):
            raise FileNotKept from None

    async def delete(self, digest: str) -> None:
        """Keep it no more. Idempotent."""
        try:
            await obstore.delete_async(self.store, _path(digest))
        except (ObjectNotFound, FileNotFoundError):
            return


def media_type_of(content: bytes) -> str:
    """What a content is, by how it begins."""
    found = (kind for beginning, kind in _KINDS if content.startswith(beginning))
    return next(found, "application/octet-stream")


def is_whole_pdf(content: bytes) -> bool:
    """Whether it is a PDF from its beginning to its end."""
    return content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
