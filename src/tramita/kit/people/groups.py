"""Everything of a person, as groups of ids, found from their roots in a few statements."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from tramita.kit.calendar import day_in_brazil
from tramita.kit.database.work import UnitOfWork
from tramita.kit.people.inventory import Obligation, People

ALL: Final = "all"
KEPT: Final = "kept"
# ``:name``, and no cast (``::text``).
_GROUP: Final = re.compile(r"(?<!:):([a-z_]+)")


@dataclass
class Groups:
    """Ids by group; ``all`` is all of them but ``kept``, which are kept by law."""

    ids: dict[str, set[UUID]] = field(default_factory=dict)

    def of(self, name: str) -> list[UUID]:
        """The ids of a group, in order; none where there is no such group."""
        if name == ALL:
            found = {one for group, ids in self.ids.items() if group != KEPT for one in ids}
            return sorted(found)
        return sorted(self.ids.get(name, ()))

    def add(self, name: str, ids: Sequence[UUID]) -> None:
        """Let these be of a group as well."""
        self.ids.setdefault(name, set()).update(ids)

    async def fetch(
        self, work: UnitOfWork, statement: str, *more: object
    ) -> Sequence[asyncpg.Record]:
        """Run a statement that names groups; ``more`` are its first parameters."""
        named: list[str] = []

        def place(found: re.Match[str]) -> str:
            if found[1] not in named:
                named.append(found[1])
            return f"${len(more) + 1 + named.index(found[1])}::uuid[]"

        placed = _GROUP.sub(place, statement)
        return await work.fetch(placed, *more, *(self.of(name) for name in named))


@dataclass(frozen=True, slots=True)
class KeptByLaw:
    """A thing of a person that is kept, by which law, and the first day it need not be."""

    thing: UUID
    law: str
    until: date


async def find_groups(work: UnitOfWork, people: People, roots: Sequence[UUID]) -> Groups:
    """All things of the person with these roots."""
    groups = Groups()
    for root in people.roots:
        rows = await work.fetch(
            f"SELECT id FROM {root.table} WHERE id = ANY($1::uuid[])",  # noqa: S608 - ours
            list(roots),
        )
        groups.add(root.group, [row["id"] for row in rows])
    for finder in people.groups:
        rows = await groups.fetch(work, finder.statement)
        groups.add(finder.group, [row["id"] for row in rows])
    return groups


async def find_kept(work: UnitOfWork, people: People, groups: Groups) -> list[KeptByLaw]:
    """What a law obliges to keep today; they and their owners become the group ``kept``."""
    now = await work.now()
    kept = [
        KeptByLaw(row["id"], obligation.law, until)
        for obligation in people.obligations
        if (years := _years_of(work, obligation)) > 0
        for row in await groups.fetch(work, obligation.rows)
        if (until := _until(row["since"], years)) > day_in_brazil(now)
    ]
    groups.add(KEPT, [one.thing for one in kept])
    for statement in people.owners:
        groups.add(KEPT, [row["id"] for row in await groups.fetch(work, statement)])
    return kept


def _years_of(work: UnitOfWork, obligation: Obligation) -> int:
    years: int = getattr(work.configured(obligation.settings), obligation.years)
    return years


def _until(since: datetime, years: int) -> date:
    """Years are counted from the first day of the year after the end."""
    return date(day_in_brazil(since).year + 1 + years, 1, 1)


async def find_open(work: UnitOfWork, people: People, groups: Groups) -> list[str]:
    """What is under way, as sentences."""
    return [row["what"] for statement in people.open for row in await groups.fetch(work, statement)]
