"""What a check of invariants finds: each promise, how much was looked at, what breaks it."""

from dataclasses import dataclass
from enum import StrEnum

from tramita.kit.database.work import UnitOfWork


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
