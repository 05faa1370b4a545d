"""Pictures as clients send them, good and bad."""

from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

TOO_LARGE = 2_000_001


def jpeg(width: int = 300, height: int = 250, *, seed: int = 1, **options: Any) -> bytes:
    """A JPEG of that many pixels; another ``seed`` is another picture."""
    color = tuple(Random(seed).randbytes(3))
    return encode(Image.new("RGB", (width, height), color), "JPEG", **options)


def noise(width: int = 400, height: int = 300) -> bytes:
    """A JPEG that shows nothing twice."""
    content = Random(7).randbytes(width * height * 3)
    return encode(Image.frombytes("RGB", (width, height), content), "JPEG")


def png() -> bytes:
    """A picture, and no JPEG."""
    return encode(Image.new("RGB", (300, 300)), "PNG")


def padded(size: int) -> bytes:
    """A good JPEG of exactly so many bytes."""
    content = jpeg()
    return content + bytes(size - len(content))


def bomb(width: int = 65_000, height: int = 65_000) -> bytes:
    """A JPEG of a few kilobytes that says it has four billion pixels."""
    content = bytearray(jpeg())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(content)


def segment(marker: int, content: bytes = b"") -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def with_segments(*segments: bytes, of: bytes | None = None) -> bytes:
    """A JPEG with these behind its first segment."""
    content = of or jpeg()
    first = 4 + int.from_bytes(content[4:6], "big")
    return content[:first] + b"".join(segments) + content[first:]


def without_frame() -> bytes:
    """A JPEG that never says how large it is."""
    content = jpeg()
    frame = content.index(b"\xff\xc0")
    end = frame + 2 + int.from_bytes(content[frame + 2 : frame + 4], "big")
    return content[:frame] + content[end:]


def many_scans(count: int = 5_000, pixels: int = 300) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    content = jpeg(pixels, pixels, progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * count + content[-2:]


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    """An image as a file."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
