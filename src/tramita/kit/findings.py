"""What a check of invariants finds: each promise, how much was looked at, what breaks it."""

from dataclasses import dataclass

from tramita.kit.database.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that breaks a promise: what, and how."""

    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise: how much was looked at, what could not be, and what breaks it."""

    invariant: str
    promise: str
    looked_at: int
    not_verified: int = 0
    differences: tuple[Difference, ...] = ()


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
