"""What a vendor tells its subscriber, and what became of the telling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

# Between one delivery and the next; at most eight in all. Public for one line of QI
# Tech, and much like what other vendors do.
GAPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
MOST_ATTEMPTS = len(GAPS) + 1


class Status(StrEnum):
    """Where a dispatch stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    LOST = "lost"
    UNSUBSCRIBED = "not delivered: nobody subscribed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a vendor has to tell.

    ``subject`` is the client's own name of what it is about: notices of one subject
    go out in order. ``fields`` are what faults match on, ``type`` and ``status``
    among them. ``body`` are the bytes to be sent; ``tell_unknown`` makes those that
    tell the same of something nobody has ever heard of. ``path`` is where the
    subscriber takes it, where each kind of thing has a place of its own.
    """

    type: str
    subject: str
    fields: Mapping[str, str]
    body: bytes
    tell_unknown: Callable[[], bytes]
    path: str = ""


class Sign(Protocol):
    """How a vendor signs what it posts to ``path``: the headers to send.

    ``age`` is how long ago the signature shall seem to have been made, ``is_forged``
    asks for one that must not be believed.
    """

    def __call__(
        self, path: str, body: bytes, *, age: timedelta, is_forged: bool
    ) -> Mapping[str, str]:
        """Answer the headers, the content type among them."""
        ...


class Wrap(Protocol):
    """How a vendor packs what it posts, where its signature stands in the body itself."""

    def __call__(self, body: bytes, *, is_forged: bool) -> bytes:
        """Answer the body as it is sent; ``is_forged`` asks for one not to be believed."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery: the HTTP status that came back, or what prevented one.

    ``retry_after`` are the seconds that the subscriber asks to be left alone, if it says so.
    """

    at: datetime
    status: int | None = None
    error: str | None = None
    retry_after: int | None = None

    @property
    def is_success(self) -> bool:
        """Whether the subscriber took it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True, eq=False)
class Dispatch:
    """One notice on its way, over all its attempts. All times are virtual.

    ``is_in_line`` says that it goes after the earlier ones of its subject; what a
    fault has led astray does not. ``rounds_from`` counts the attempts made before
    it was sent again by hand. ``disorder`` is the kind of fault that struck.
    """

    id: int
    notice: Notice
    body: bytes
    created_at: datetime
    status: Status = Status.WAITING
    due_at: datetime | None = None
    attempts: list[Attempt] = field(default_factory=list)
    disorder: str | None = None
    is_in_line: bool = True
    is_forged: bool = False
    is_urgent: bool = False
    waits_for_next: bool = False
    replay_of: "Dispatch | None" = None
    is_under_way: bool = False
    rounds_from: int = 0

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.notice.subject

    @property
    def made(self) -> int:
        """How many attempts were made since it was last sent by hand."""
        return len(self.attempts) - self.rounds_from

    def age(self, now: datetime) -> timedelta:
        """How old its signature is: none, or that of the original it replays."""
        if self.replay_of is None or not self.replay_of.attempts:
            return timedelta()
        return now - self.replay_of.attempts[0].at


class Manners:
    """How a vendor delivers: how long it waits for an answer, and when it comes again.

    These are the usual ones; a vendor may have its own.
    """

    timeout_seconds = 10.0

    def next_gap(self, dispatch: Dispatch, now: datetime) -> timedelta | None:
        """How long to wait after a failed attempt; None when it was the last."""
        return GAPS[dispatch.made - 1] if dispatch.made < MOST_ATTEMPTS else None

    def heard(self, dispatch: Dispatch, attempt: Attempt, body: bytes) -> None:
        """Take what the subscriber answered, for as far as that means anything to the vendor."""
