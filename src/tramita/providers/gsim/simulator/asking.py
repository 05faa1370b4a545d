"""A request as GSIM understood it, and how GSIM says no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from tramita.simulation.calls import Answer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asking:
    """One request; ``key`` is what its path names, ``is_ours`` whether the token is right."""

    operation: str
    request_id: str
    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    if_none_match: str = ""
    is_ours: bool = True

    def is_same(self, other: "Asking") -> bool:
        """Whether another request asks for the very same."""
        return (self.operation, self.key, self.body) == (other.operation, other.key, other.body)


class Refused(Exception):
    """GSIM says no, in its own words; nothing has happened."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def answer(self, request_id: str) -> Answer:
        """The error as it goes out."""
        return error_answer(self.status, self.code, str(self), request_id=request_id)


def error_answer(status: int, code: str, message: str, *, request_id: str) -> Answer:
    """GSIM's one shape of errors."""
    return Answer(status, {"code": code, "message": message, "requestId": request_id})


def document(body: bytes, shape: type[T]) -> T:
    """The document in a body; raise ``Refused`` with 400 otherwise."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as wrong:
        raise Refused(400, "BAD_REQUEST", f"The body is not what is asked for: {wrong}") from wrong


def moment(at: datetime) -> str:
    """A time as GSIM writes it: UTC, in milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
