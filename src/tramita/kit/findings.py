"""What a check of invariants finds: each promise, how much was looked at, what breaks it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

from tramita.kit.database.work import UnitOfWork

I = TypeVar("I")  # noqa: E741 - an item
O = TypeVar("O")  # noqa: E741 - its answer

# Questions to providers under way at once: a check must not crowd out the work.
_QUESTIONS: Final = 20


class Verdict(StrEnum):
    """What a look at one promise says of it."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_VERIFIED = "not verified"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that breaks a promise: what, and how."""

    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise: how much was looked at, what could not be, and what breaks it.

    ``unasked`` tells why a provider that would have to be asked was not asked at all.
    """

    invariant: str
    promise: str
    looked_at: int
    not_verified: int = 0
    unasked: str | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def verdict(self) -> "Verdict":
        """Kept only when everything that the promise is about was looked at."""
        if self.differences:
            return Verdict.BROKEN
        return Verdict.NOT_VERIFIED if self.not_verified or self.unasked else Verdict.KEPT


# What one thing says of a promise: kept, not to be found out, or how it breaks it.
Word: TypeAlias = Verdict | Difference


async def ask_about(items: Sequence[I], ask: Callable[[I], Awaitable[O]]) -> list[O]:
    """Ask providers about each of them, so many at a time; the answers in the same order."""
    places = asyncio.Semaphore(_QUESTIONS)

    async def ask_one(item: I) -> O:
        async with places:
            return await ask(item)

    return await asyncio.gather(*map(ask_one, items))


def judge(invariant: str, promise: str, words: Sequence[Word], unasked: str | None) -> Finding:
    """A promise that was looked at thing by thing."""
    return Finding(
        invariant,
        promise,
        looked_at=len(words),
        not_verified=words.count(Verdict.NOT_VERIFIED),
        unasked=unasked,
        differences=tuple(one for one in words if isinstance(one, Difference)),
    )


async def find_broken(
    work: UnitOfWork, invariant: str, promise: str, counted: str, broken: str
) -> Finding:
    """A promise that the database alone can tell about, in two statements.

    ``counted`` is what is looked at, a table with or without a ``WHERE``; ``broken``
    selects ``(subject, sentence)`` of whatever breaks the promise. Both are our own texts.
    """
    [count] = await work.fetch(f"SELECT count(*) AS n FROM {counted}")  # noqa: S608 - ours
    rows = await work.fetch(broken)
    return Finding(
        invariant,
        promise,
        looked_at=count["n"],
        differences=tuple(Difference(row["subject"], row["sentence"]) for row in rows),
    )
