"""Pictures a partner sends up, and the limits QI Tech sets for them.

Public: JPEG, at least 250x250 pixels, at most 2 MB; contracts with documents
outside of that are canceled for good.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import md5
from uuid import uuid4

MINIMUM_PIXELS = 250
MAXIMUM_BYTES = 2 * 1024 * 1024
# The public kinds of an identity document, as a borrower's fields are called.
KINDS = ("document_identification", "document_identification_back", "selfie")

# Frame headers carry the size; these three markers of their range do not.
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it came; ``defect`` says which limit it breaks."""

    content: bytes
    defect: str | None
    key: str = field(default_factory=lambda: str(uuid4()))

    @property
    def md5(self) -> str:
        """The fingerprint the answer shows."""
        return md5(self.content, usedforsecurity=False).hexdigest()


class Archive:
    """All uploads, by key."""

    def __init__(self) -> None:
        self._by_key: dict[str, Upload] = {}

    def add(self, upload: Upload) -> None:
        """Keep a file."""
        self._by_key[upload.key] = upload

    def find(self, key: str) -> Upload | None:
        """The file of this key."""
        return self._by_key.get(key)

    def unknown(self, keys: Iterable[str]) -> list[str]:
        """Which of these keys name no file."""
        return [key for key in keys if key not in self._by_key]

    def has_defect(self, keys: Iterable[str]) -> bool:
        """Whether one of these files breaks a limit."""
        return any(upload.defect for key in keys if (upload := self._by_key.get(key)))

    def clear(self) -> None:
        """Forget every file."""
        self._by_key.clear()


def defect_of(content: bytes) -> str | None:
    """Which limit a picture breaks, in words; None when it is fine."""
    size = jpeg_size(content)
    if size is None:
        return "The attached document is not in JPEG format."
    if len(content) > MAXIMUM_BYTES:
        return "The attached document is larger than 2 MB."
    if min(size) < MINIMUM_PIXELS:
        return f"The attached document has {size[0]}x{size[1]} pixels, less than 250x250."
    return None


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height by the first frame header; None when this is no JPEG."""
    if not content.startswith(b"\xff\xd8"):
        return None
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in _FRAMES:
            height = int.from_bytes(content[position + 5 : position + 7], "big")
            width = int.from_bytes(content[position + 7 : position + 9], "big")
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return None
