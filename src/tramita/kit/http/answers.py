"""Answers that are kept with their effect, for requests that come again."""

from contextvars import ContextVar
from typing import Any, TypeVar

from litestar.serialization import encode_json

from tramita.kit import idempotency
from tramita.kit.database.work import UnitOfWork
from tramita.kit.idempotency import StoredAnswer

T = TypeVar("T")

JSON = "application/json"
# What the route that serves this task's request answers when all is well.
good_status: ContextVar[int] = ContextVar("good_status", default=200)


def to_stored(value: Any) -> StoredAnswer:
    """A handler's good answer as it will be sent."""
    return StoredAnswer(good_status.get(), JSON, encode_json(value))


async def answered(work: UnitOfWork, answer: T, *, again: T | None = None) -> T:
    """The answer, kept in the unit of work that makes it true; ``again`` is told next time.

    Whatever creates or acts under an ``Idempotency-Key`` ends its unit of work with this.
    """
    if idempotency.claimed.get() is not None:
        await idempotency.keep(work, to_stored(answer if again is None else again))
    return answer
