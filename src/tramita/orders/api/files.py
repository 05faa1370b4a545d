"""Files as answers: what they are, and under which name they are kept."""

from typing import Final

from litestar import Response

PDF: Final = "application/pdf"


def attached_pdf(content: bytes, name: str) -> Response[bytes]:
    """A PDF to keep; ``name`` has letters, digits, points, dashes and underscores alone."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


def shown_pdf(content: bytes) -> Response[bytes]:
    """A PDF to look at."""
    return Response(content, media_type=PDF, headers={"Content-Disposition": "inline"})
