"""A file as QI Tech takes it: ``multipart/form-data`` with the one field ``file``.

The body is the same for the same file, so that a repeated upload is the same request.
The Portuguese page names the field ``file``, the English one ``files``; we follow the
first.
"""

from dataclasses import dataclass
from hashlib import sha256

FIELD = "file"
# Without a name of the client's choosing: a file's name may say whose it is.
FILE_NAME = "picture.jpg"
FILE_TYPE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Form:
    """The form, and the file in it, whose md5 is what gets signed."""

    content_type: str
    body: bytes
    file: bytes


def make_form(file: bytes) -> Form:
    """The form that carries ``file``, a JPEG."""
    # No file contains its own hash, so this separates.
    boundary = f"tramita-{sha256(file).hexdigest()}"
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{FIELD}"; filename="{FILE_NAME}"\r\n'
        f"Content-Type: {FILE_TYPE}\r\n\r\n"
    )
    body = head.encode() + file + f"\r\n--{boundary}--\r\n".encode()
    return Form(f"multipart/form-data; boundary={boundary}", body, file)
