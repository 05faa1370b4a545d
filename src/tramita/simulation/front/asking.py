"""A request as a vendor understood it, what it comes to, and how a vendor says no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from tramita.simulation.calls import Answer
from tramita.simulation.faults import Fault

T = TypeVar("T")
# Has the effect and answers, or raises Refused; is told of a fault that changes what is done.
Do = Callable[[Fault | None], Answer]


@dataclass(frozen=True, slots=True)
class Error:
    """One line of a vendor's table of errors; ``more`` is in its envelope each time."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)


class Refused(Exception):
    """The vendor says no, and nothing has happened.

    ``message`` takes the place of the table's; ``more`` goes into the envelope beside the
    usual members.
    """

    def __init__(self, error: Error, message: str = "", **more: object) -> None:
        super().__init__(message or error.message)
        self.error = replace(error, message=message) if message else error
        self.more = {**error.more, **more}


class ErrorTable:
    """What a vendor says under a fault: by the fault's kind, else by the HTTP status.

    Where several errors have one status, the first is said. ``internal`` is what it says at
    every 5xx that is not in the table.
    """

    def __init__(
        self,
        *errors: Error,
        by_kind: Mapping[str, Error] | None = None,
        internal: Error | None = None,
    ) -> None:
        self._by_status = {error.status: error for error in reversed(errors)}
        self._by_kind = by_kind or {}
        self._internal = internal

    def of(self, status: int, kind: str = "") -> Error:
        """The error of a fault, or of a status alone."""
        found = self._by_kind.get(kind) or self._by_status.get(status)
        if found is not None:
            return found
        if self._internal is not None and status >= 500:
            return replace(self._internal, status=status)
        return self.unlisted(status, kind)

    def unlisted(self, status: int, kind: str) -> Error:
        """An error that is made up, because the table has none."""
        return Error(status, f"HTTP_{status}", f"Simulated: {kind or status}.")


@dataclass(frozen=True, slots=True)
class Asking:
    """One request.

    ``path`` is the vendor's own, without the prefix of the simulator; ``keys`` are what it
    names. ``query`` is as it was sent, without ``?``.
    """

    operation: str
    request_id: str
    method: str = "GET"
    path: str = ""
    query: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = ""

    @property
    def key(self) -> str:
        """What the path names, where it names anything."""
        return self.keys.get("key", "")

    @property
    def parameters(self) -> dict[str, str]:
        """The query by name; of a name that comes twice, the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def is_same(self, other: "Asking") -> bool:
        """Whether another request asks for the very same."""
        return (self.method, self.path, self.query, self.body) == (
            *(other.method, other.path, other.query, other.body),
        )

    def read(self, shape: type[T], otherwise: Error) -> T:
        """The document in the body; raise ``Refused`` with ``otherwise`` when it is another."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise Refused(otherwise, f"The body is not what is asked for: {wrong}") from wrong


@dataclass(frozen=True, slots=True)
class Task:
    """What a request comes to when it is its time.

    ``fields`` are what faults may match. With ``is_once``, a request id that comes again is
    answered as it was, without an effect.
    """

    fields: Mapping[str, str]
    do: Do
    is_once: bool = False
