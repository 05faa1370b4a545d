"""Versions of what may be changed by several: `ETag` tells it, `If-Match` says which one was read."""

import re
from typing import Annotated, Final, TypeAlias, TypeVar

from litestar import Response
from litestar.datastructures import ResponseHeader
from litestar.params import HeaderParameter

from tramita.kit.errors import MalformedError

T = TypeVar("T")

# ``W/"3"`` is what a proxy makes of ours.
_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,9})"', re.ASCII)

IfMatch: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        max_length=100,
        description='`ETag` of the answer that the change was decided on, such as `"3"`; 409 '
        "`version_conflict` where it was changed meanwhile. `*`: whichever.",
    ),
]
ETAG: Final = ResponseHeader(
    name="ETag",
    description="Its version, for `If-Match`.",
    value='"3"',
    documentation_only=True,
)


class IfMatchMissing(MalformedError):
    """Say with If-Match which version you have read: its ETag."""


class IfMatchNotReadable(MalformedError):
    """If-Match is the ETag of what you have read, as it was given, and no {value!r}."""


def tagged(answer: T, version: int, status: int = 200) -> Response[T]:
    """An answer with its version; nobody may show it later without asking."""
    headers = {"ETag": f'"{version}"', "Cache-Control": "private, no-cache"}
    return Response(answer, status_code=status, headers=headers)


def read_version(if_match: str | None) -> int | None:
    """Which version was read, ``None``: whichever there is.

    Raises ``IfMatchMissing`` and ``IfMatchNotReadable``.
    """
    if if_match is None:
        raise IfMatchMissing
    if if_match.strip() == "*":
        return None
    version = version_in(if_match)
    if version is None:
        raise IfMatchNotReadable(value=if_match)
    return version


def version_in(tag: str) -> int | None:
    """The version that a tag is of; ``None`` where it is no tag of ours."""
    found = _TAG.fullmatch(tag.strip())
    return None if found is None else int(found[1])
