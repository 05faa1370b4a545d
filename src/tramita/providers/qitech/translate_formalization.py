"""QI Tech's answers about pictures and signature groups.

The paths are public, the fields of the groups' answers are assumed.
"""

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from tramita.kit.outside import UNREADABLE
from tramita.providers.qitech.translate import find_signature_url

T = TypeVar("T")


class _Uploaded(msgspec.Struct):
    document_key: UUID


class _Opened(msgspec.Struct):
    document_batch_group_key: UUID


def read_document_key(body: bytes) -> str | None:
    """The key of an uploaded file; ``None`` when the answer has none."""
    uploaded = _decoded(body, _Uploaded)
    return None if uploaded is None else str(uploaded.document_key)


def read_group_key(body: bytes) -> str | None:
    """The key of an opened group; ``None`` when the answer has none."""
    opened = _decoded(body, _Opened)
    return None if opened is None else str(opened.document_batch_group_key)


def read_group_link(body: bytes) -> str | None:
    """The one link of a group that was sent; ``None`` when the answer has none."""
    return find_signature_url(_decoded(body, dict[str, Any]))


def _decoded(body: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE:
        return None
