"""Files as answers: what they are, and under which name they are kept."""

from collections.abc import AsyncIterator
from typing import Final

from litestar import Response
from litestar.response import Stream

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
CSV: Final = "text/csv"


def attached_pdf(content: bytes, name: str) -> Response[bytes]:
    """A PDF to keep; ``name`` has letters, digits, points, dashes and underscores alone."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


def attached_stream(pieces: AsyncIterator[bytes], media_type: str, name: str) -> Stream:
    """A file to keep that is sent while it is made; one that fails in the middle breaks off."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(pieces, media_type=media_type, headers=headers)


def shown_pdf(content: bytes) -> Response[bytes]:
    """A PDF to look at."""
    return Response(content, media_type=PDF, headers={"Content-Disposition": "inline"})
