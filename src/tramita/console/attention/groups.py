"""What waits for a person as pages show it: like cases together, and each of an area's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from tramita.console.attention.words import ADDRESSES, JOBS, TITLES
from tramita.console.times import Moment, Now
from tramita.console.words import name_of_kind
from tramita.kit.attention import Case, Group
from tramita.kit.database.places import MOST_COUNTED

ADDRESS: Final = "/console/attention"
# Of areas' own cases no more are looked at, and one that says whether there are more.
MOST_CASES: Final = 100


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Like cases as a line; ``about`` names them where their kind does not, ``stake`` is what hangs on them.

    ``is_more``: there are, or may be, more than are counted.
    """

    title: str
    count: int
    is_more: bool
    provider: str | None
    about: str | None
    stake: str | None
    address: str
    since: Moment

    @classmethod
    def of(cls, row: Group, stakes: Mapping[str, str], *, now: Now) -> Self:
        """``row`` as its reader is told times; ``stakes`` are those of each kind."""
        return cls(
            TITLES.get(row.source) or name_of_kind(row.kind),
            min(row.count, MOST_COUNTED),
            row.count > MOST_COUNTED,
            row.provider,
            JOBS if row.source == "jobs" else row.reason,
            stakes.get(row.kind),
            ADDRESSES.get(row.source, f"{ADDRESS}/{row.alike}"),
            Moment.of(row.oldest, now=now),
        )

    @classmethod
    def of_cases(cls, cases: Sequence[Case], *, now: Now) -> list[Self]:
        """Areas' own cases, those that are alike together; the oldest are first.

        Of more than ``MOST_CASES`` it is not known how many are of each kind.
        """
        kinds: dict[str, list[Case]] = {}
        for one in cases[:MOST_CASES]:
            kinds.setdefault(one.kind, []).append(one)
        return [
            cls(
                first.title,
                len(alike),
                len(cases) > MOST_CASES,
                first.provider,
                None,
                first.stake,
                ADDRESS,
                Moment.of(first.since, now=now),
            )
            for alike in kinds.values()
            for first in alike[:1]
        ]


@dataclass(frozen=True, slots=True)
class ShownCase:
    """An area's own case."""

    row: Case
    since: Moment

    @classmethod
    def of(cls, row: Case, *, now: Now) -> Self:
        """``row`` as its reader is told times."""
        return cls(row, Moment.of(row.since, now=now))
