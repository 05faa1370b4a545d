"""A JPEG taken apart and put together again, without anything that is not the picture.

What a camera or a program writes into a file besides the picture (place, time, an owner's
name, a thumbnail of what was cut off, a film behind the end) is left out; nothing is
decoded, so the picture stays the same to the bit. Kept are the colors (Adobe's marker, the
ICC profile) and which way is up.

The file is somebody's attack: everything is counted before anything is read, and what is
looked at costs time in proportion to the file and no more.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# A photograph has some ten segments, a progressive one a few for each scan.
MOST_SEGMENTS: Final = 400

_START: Final = b"\xff\xd8"
_END: Final = 0xD9
_SCAN: Final = 0xDA
_COMMENT: Final = 0xFE
_JFIF, _EXIF, _ICC, _ADOBE, _LAST_APP = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
# Frames: the picture's size. The other three of the row are tables.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers that stand alone; none of them belongs between segments.
_ALONE: Final = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})
# Behind its own segment a scan goes on up to the next marker that is no restart. No
# repetition in it: a run of ff costs linear time.
_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)
_FILLED: Final = re.compile(rb"\xff+", re.DOTALL)
_UPRIGHT: Final = 1
_ORIENTATION: Final = 0x0112


class NotAJPEG(ValueError):
    """These bytes are no JPEG file; the argument says where they stop being one."""


class TooManySegments(ValueError):
    """It has more segments than any photograph."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a JPEG before it is decoded; ``content`` has only the picture."""

    width: int
    height: int
    scans: int
    content: bytes


def strip(content: bytes) -> Picture:
    """Take a file apart; raises ``NotAJPEG`` and ``TooManySegments``."""
    if not content.startswith(_START):
        raise NotAJPEG("at its beginning")
    kept, size, scans, orientation = [_START], None, 0, _UPRIGHT
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            if size is not None or len(segment) < 9:
                raise NotAJPEG("at its frame")
            size = struct.unpack_from(">HH", segment, 5)
        scans += marker == _SCAN
        if marker == _EXIF and orientation == _UPRIGHT:
            orientation = _orientation(segment[4:])
        if _is_picture(marker, segment):
            kept.append(segment)
    if size is None:
        raise NotAJPEG("for want of a frame")
    if orientation != _UPRIGHT:
        kept.insert(2 if kept[1][1] == _JFIF else 1, _way_up(orientation))
    height, width = size
    return Picture(width, height, scans, b"".join(kept))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Every segment with its marker, a scan with what it encodes; without fill bytes."""
    at = len(_START)
    for _ in range(MOST_SEGMENTS):
        filled = _FILLED.match(content, at)
        if filled is None or filled.end() >= len(content):
            raise NotAJPEG(f"at byte {at}")
        marker, at = content[filled.end()], filled.end() + 1
        if marker == _END:
            yield marker, bytes((0xFF, marker))
            return
        length = int.from_bytes(content[at : at + 2], "big")
        if marker in _ALONE or length < 2 or at + length > len(content):
            raise NotAJPEG(f"at byte {at}")
        end = at + length
        if marker == _SCAN:
            found = _MARKER.search(content, end)
            if found is None:
                raise NotAJPEG("for want of an end")
            end = found.start()
        yield marker, bytes((0xFF, marker)) + content[at:end]
        at = end
    raise TooManySegments


def _is_picture(marker: int, segment: bytes) -> bool:
    if marker == _JFIF:
        return segment[4:9] == b"JFIF\0" and len(segment) == 18  # one without a thumbnail
    if marker == _ICC:
        return segment[4:16] == b"ICC_PROFILE\0"
    return marker == _ADOBE or not (_JFIF <= marker <= _LAST_APP or marker == _COMMENT)


def _orientation(exif: bytes) -> int:
    """Which way is up, by EXIF's numbers from 1 to 8; 1 for what is unreadable."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[6:10])
    if not exif.startswith(b"Exif\0\0") or order is None:
        return _UPRIGHT
    tiff = exif[6:]
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(count, MOST_SEGMENTS)):
            entry = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            tag, _, _, value = entry
            if tag == _ORIENTATION:
                return value if value in range(1, 9) else _UPRIGHT
    except struct.error:
        pass  # It ends before what it promises.
    return _UPRIGHT


def _way_up(orientation: int) -> bytes:
    """An EXIF segment that says this and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, _EXIF, len(exif) + 2) + exif
