"""Which files are taken as documents, as their first bytes say what they are, whoever brings them."""

from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
TAKEN: Final = frozenset(
    {
        "application/pdf",
        "image/jpeg",
        "image/png",
        "application/zip",
        f"{_OFFICE}.wordprocessingml.document",
        f"{_OFFICE}.spreadsheetml.sheet",
    }
)
