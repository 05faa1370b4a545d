"""Whether a file is an identity picture that QI Tech takes.

QI Tech ends a contract for good over a picture outside its limits, so nothing is stored
before it was looked at here. Whoever sends a picture is not trusted: what is too large is
not looked at, segments, scans and pixels are counted before anything is decoded, and only
then is it decoded, as a JPEG and as nothing else, at an eighth of its size, by few at a
time. Who sends more at once than his share is asked to wait.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from typing import Final

from PIL.JpegImagePlugin import JpegImageFile

from tramita.kit.errors import FieldError, InvalidError, TooManyError
from tramita.portability import jpeg
from tramita.portability.ports import PictureLimits

MEDIA_TYPE: Final = "image/jpeg"

# Two megabytes hold at most some thirty million pixels of a photograph; a picture of
# one color and of any number of pixels fits into a few kilobytes.
MOST_PIXELS: Final = 40_000_000
# A progressive JPEG has some ten scans. Each is a pass over all pixels, and thousands
# of empty ones fit into two megabytes.
MOST_SCANS: Final = 100
# Pixels times scans: about a second of work.
MOST_PASSES: Final = 10 * MOST_PIXELS

# Decoding a progressive JPEG of that many pixels needs 250 MB.
_AT_ONCE: Final = 2


class TooManyPictures(TooManyError):
    """More pictures are being looked at than {whose} share. Send this one again in a moment."""

    retry_after = timedelta(seconds=2)


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


@dataclass(slots=True)
class _Sender:
    """Whose pictures are here: how many, and the turn of one of them."""

    pictures: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Looking:
    """Looks at pictures outside of the loop: those of one sender one after the other.

    ``places`` are for all that are looked at or wait in this process, ``share`` of them
    for those of one sender.
    """

    places: int = 32
    share: int = 10
    _senders: dict[str, _Sender] = field(default_factory=dict)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pictures")
    )

    async def look_at(self, content: bytes, limits: PictureLimits, *, sender: str) -> "Looked":
        """As ``examine``; raises ``TooManyPictures`` where there is no place."""
        one = self._senders.setdefault(sender, _Sender())
        if one.pictures >= self.share:
            raise TooManyPictures(whose="your")
        one.pictures += 1
        try:
            if sum(every.pictures for every in self._senders.values()) > self.places:
                raise TooManyPictures(whose="everybody's")
            async with one.turn:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, examine, content, limits)
        finally:
            one.pictures -= 1
            if not one.pictures:
                del self._senders[sender]


@dataclass(frozen=True, slots=True)
class Looked:
    """A good picture, without anything that is not the picture, and what is known of that."""

    content: bytes = field(repr=False)
    facts: Facts


def examine(content: bytes, limits: PictureLimits) -> Looked:
    """A picture worth keeping; raises ``InvalidError`` with what is wrong with it."""
    if len(content) > limits.most_bytes:
        sentence = f"{len(content)} bytes; at most {limits.most_bytes} are accepted"
        raise InvalidError([_error("too_large", sentence)])
    try:
        picture = jpeg.strip(content)
        errors = [*_objections(picture, limits)]
        if errors:
            raise InvalidError(errors)
        with JpegImageFile(BytesIO(picture.content)) as decoded:
            # A header says nothing about what follows it.
            decoded.draft(None, (1, 1))
            decoded.load()
    except jpeg.TooManySegments:
        sentence = f"More than {jpeg.MOST_SEGMENTS} segments"
        raise InvalidError([_error("too_many_segments", sentence)]) from None
    except (SyntaxError, OSError, ValueError) as error:
        # Pillow's words for: no JPEG, one that ends too early, one that contradicts itself.
        code = "not_decodable" if content.startswith(b"\xff\xd8\xff") else "not_a_jpeg"
        raise InvalidError([_error(code, "This cannot be read as a JPEG")]) from error
    kept = picture.content
    hashed = sha256(kept).hexdigest()
    return Looked(kept, Facts(picture.width, picture.height, len(kept), hashed))


def _objections(picture: jpeg.Picture, limits: PictureLimits) -> Iterator[FieldError]:
    """What cannot be accepted before it is decoded."""
    pixels = picture.width * picture.height
    shown = f"{picture.width}x{picture.height} pixels"
    if min(picture.width, picture.height) < limits.least_pixels:
        least = f"{limits.least_pixels}x{limits.least_pixels}"
        yield _error("too_few_pixels", f"{shown}; at least {least} are needed")
    if pixels > MOST_PIXELS:
        yield _error("too_many_pixels", f"{shown}; at most {MOST_PIXELS} in all are accepted")
    elif picture.scans > MOST_SCANS or pixels * picture.scans > MOST_PASSES:
        yield _error("too_many_scans", f"{picture.scans} scans of {shown}")


def _error(code: str, sentence: str) -> FieldError:
    return FieldError("body", code, sentence)
