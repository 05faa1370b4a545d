"""Whether a file is an identity picture that QI Tech takes.

QI Tech ends a contract for good over a picture outside its limits, so nothing is stored
before it was looked at here. Whoever sends a picture is not trusted: the file is opened
as a JPEG and as nothing else, its header is read first, and only a picture of a sane
number of pixels and scans is decoded, at an eighth of its size, by few at a time.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from typing import Final

from PIL.JpegImagePlugin import JpegImageFile

from tramita.kit.errors import FieldError, InvalidError
from tramita.portability.rules import Policy

MEDIA_TYPE: Final = "image/jpeg"

# Two megabytes hold at most some thirty million pixels of a photograph; a picture of
# one color and of any number of pixels fits into a few kilobytes.
MOST_PIXELS: Final = 40_000_000
# A progressive JPEG has some ten scans. Each is a pass over all pixels, and thousands
# of empty ones fit into two megabytes.
MOST_SCANS: Final = 100
_SCAN: Final = b"\xff\xda"

# Decoding a progressive JPEG of that many pixels needs 250 MB.
_LOOKING: Final = ThreadPoolExecutor(2, thread_name_prefix="pictures")


class PictureKind(StrEnum):
    """What a picture shows, in the provider's words."""

    FRONT = "document_identification"
    BACK = "document_identification_back"
    SELFIE = "selfie"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a good picture: pixels, bytes, and the hash it is recognized by."""

    width: int
    height: int
    size: int
    sha256: str


async def look_at(content: bytes, policy: Policy) -> Facts:
    """The facts of a picture; raises ``InvalidError`` with everything that is wrong with it."""
    return await asyncio.get_running_loop().run_in_executor(_LOOKING, examine, content, policy)


def examine(content: bytes, policy: Policy) -> Facts:
    """As ``look_at``, in the caller's own time."""
    errors = []
    if len(content) > policy.picture_bytes:
        sentence = f"{len(content)} bytes; at most {policy.picture_bytes} are accepted"
        errors.append(_error("too_large", sentence))
    try:
        with JpegImageFile(BytesIO(content)) as picture:
            width, height = picture.size
            errors += _objections(content, picture.size, policy)
            if not errors:
                # A header says nothing about what follows it.
                picture.draft(None, (1, 1))
                picture.load()
    except (SyntaxError, OSError, ValueError) as error:
        # Pillow's words for: no JPEG, one that ends too early, one that contradicts itself.
        code = "not_decodable" if content.startswith(b"\xff\xd8\xff") else "not_a_jpeg"
        raise InvalidError([*errors, _error(code, "This cannot be read as a JPEG")]) from error
    if errors:
        raise InvalidError(errors)
    return Facts(width, height, len(content), sha256(content).hexdigest())


def _objections(content: bytes, pixels: tuple[int, int], policy: Policy) -> Iterator[FieldError]:
    """What the header says that cannot be accepted."""
    shown = f"{pixels[0]}x{pixels[1]} pixels"
    if min(pixels) < policy.picture_pixels:
        least = f"{policy.picture_pixels}x{policy.picture_pixels}"
        yield _error("too_few_pixels", f"{shown}; at least {least} are needed")
    if pixels[0] * pixels[1] > MOST_PIXELS:
        yield _error("too_many_pixels", f"{shown}; at most {MOST_PIXELS} in all are accepted")
    # Between a JPEG's markers this byte pair cannot occur, so every one begins a scan.
    if content.count(_SCAN) > MOST_SCANS:
        yield _error("too_many_scans", f"More than {MOST_SCANS} scans")


def _error(code: str, sentence: str) -> FieldError:
    return FieldError("body", code, sentence)
