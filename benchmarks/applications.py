"""Point 15: pages of applications among ten thousand and among a million."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from typing import Final, TypeAlias
from uuid import UUID

from benchmarks.installation import Installation
from benchmarks.report import Section
from tramita.kit.bounds import HOUSE, Bounds
from tramita.kit.database.engine import Database
from tramita.kit.database.work import UnitOfWork
from tramita.transfers.lifecycle import ApplicationState
from tramita.transfers.queries import ApplicationFilter, list_applications, list_market
from tramita.transfers.rules.kinds import Origin
from tramita.transfers.rules.roles import Role
from tramita.transfers.service import NewApplication, create_application
from tramita.transfers.who import Who

_PAGE: Final = 50
_TIMES: Final = 40
_FIELDS: Final = {
    "payer": {"name": "LLC Machine Import", "inn": "7707083893"},
    "beneficiary": {"name": "SHENZHEN MACHINE TOOLS CO LTD", "country": "CN"},
    "money": {"amount": "12500.00", "currency": "CNY"},
}
# One in a hundred is new, one waits to be checked, the rest are over; half are another tenant's.
_COPY: Final = """
    INSERT INTO applications (id, tenant, origin, kind, state, payment_state, version, revision,
                              fields, amount, currency, created_at, updated_at, in_house_at)
    SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'house' ELSE 'other' END, origin, kind,
           CASE WHEN n % 100 = 0 THEN 'submitted' WHEN n % 100 = 2 THEN 'new_in_house'
                ELSE 'cancelled' END,
           payment_state, version, revision, fields, amount, currency, created_at, updated_at,
           created_at
    FROM applications, generate_series(1, $2::int) AS n WHERE id = $1
"""

Ask: TypeAlias = Callable[[UnitOfWork], Awaitable[Sequence[object]]]


def _listed(*states: ApplicationState) -> Ask:
    return lambda work: list_applications(work, ApplicationFilter(states), before=None, limit=_PAGE)


_PAGES: Final[Mapping[str, Ask]] = {
    "a tenant's, newest first": _listed(),
    "new ones": _listed(ApplicationState.NEW_IN_HOUSE),
    "those to be checked": _listed(ApplicationState.SUBMITTED),
    "the market": lambda work: list_market(work, (), before=None, limit=_PAGE),
    "a page in the middle": lambda work: list_applications(
        work, ApplicationFilter(), before=UUID(int=1 << 127), limit=_PAGE
    ),
}


async def measure_applications(installation: Installation, *, totals: tuple[int, int]) -> Section:
    """Ask for each page among few, and among many."""
    few, many = totals
    section = Section(f"15. Pages of {_PAGE} applications among {few:,} and {many:,}")
    database = installation.database
    original = await _make(database)
    found: list[dict[str, float]] = []
    there = 1
    for total in totals:
        await database.fetch(_COPY, original, total - there)
        await database.fetch("VACUUM ANALYZE applications")
        there = total
        found.append({what: await _time(database, ask) for what, ask in _PAGES.items()})
    for what in _PAGES:
        before, after = (one[what] for one in found)
        told = f"{before:.1f} and {after:.1f} ms, {after / before:.2f} times as long"
        section.add(what, told, "≤ 1.2 times as long")
    section.notes.append(
        f"The median of {_TIMES}, each within a tenant's bounds, forms decrypted; one in a hundred is "
        "new, and one waits to be checked."
    )
    return section


async def _make(database: Database) -> UUID:
    async with database.unit_of_work(actor="benchmarks") as work:
        who = Who(Role.MANAGER, "benchmarks")
        new = NewApplication(HOUSE, Origin.UI, who, fields=_FIELDS)
        return (await create_application(work, new)).id


async def _time(database: Database, ask: Ask) -> float:
    """Milliseconds of one page; the first are not counted."""
    within = database.within(Bounds(HOUSE, is_all_carriers=True))
    took = []
    for _ in range(_TIMES + 5):
        begun = time.monotonic()
        async with within.reading() as work:
            assert await ask(work)
        took.append((time.monotonic() - begun) * 1000)
    return median(took[5:])
