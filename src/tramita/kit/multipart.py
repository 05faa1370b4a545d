"""Forms with a file in them, whose bytes are the same for the same file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file under the name of its part."""

    part: str
    name: str
    media_type: str
    content: bytes = field(repr=False)


def multipart(file: FilePart, fields: Mapping[str, str]) -> tuple[str, bytes]:
    """The type of such a form, and its body."""
    boundary = f"tramita-{sha256(file.content).hexdigest()}"  # No file contains its own hash.
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{_quoted(file.part)}"; '
        f'filename="{_quoted(file.name)}"\r\n'
        f"Content-Type: {file.media_type}\r\n\r\n"
    )
    body = head.encode(errors="replace") + file.content + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _quoted(name: str) -> str:
    """As browsers write it, so that no name ends its header."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
