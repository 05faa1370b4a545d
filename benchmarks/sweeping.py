"""Point 10: giving back what nobody came for costs by what is due, not by what there is."""

import time
from collections.abc import Sequence

import asyncpg

from benchmarks.installation import Installation
from benchmarks.plot import plot
from benchmarks.report import Section
from tramita.kit.database.engine import Database, to_dsn, to_url
from tramita.kit.database.migrate import migrate
from tramita.kit.settings import Settings
from tramita.numbering.numbers.releasing import sweep_numbers
from tramita.numbering.settings import NumberingSettings
from tramita.process.runtime import running_runtime

# All area codes end in 1 to 9; so many numbers fit below each.
_FILL = """
    INSERT INTO phone_number (id, msisdn, origin, status, epoch, provider_release, reserved_until,
                              created_at, updated_at)
    SELECT gen_random_uuid(), '55119' || lpad(n::text, 8, '0'), 'VIVO',
           CASE WHEN n <= $2 THEN 'RESERVED' ELSE 'IN_USE' END, 1, 'NOT_NEEDED',
           CASE WHEN n <= $2 THEN now() - interval '1 minute' END, now(), now()
    FROM generate_series(1, $1) AS n
"""


async def measure_sweeping(
    installation: Installation, *, totals: Sequence[int], due: int, keep: bool
) -> Section:
    """Sweep ``due`` numbers among each of ``totals``; a database of its own for each."""
    section = Section(f"10. Giving back {due:,} abandoned numbers")
    points = []
    for total in totals:
        seconds = await _sweep(installation, total, due)
        points.append((float(total), seconds))
        each = seconds / due * 1000
        section.add(f"among {total:,}", f"{seconds:.2f} s, {each:.3f} ms each")
    first, last = points[0][1], points[-1][1]
    section.add(
        f"{totals[-1] // totals[0]} times the numbers cost", f"{last / first:.2f} times", "about 1"
    )
    if keep:
        title = f"Seconds to give back {due:,} numbers"
        plot("sweep.svg", title=title, across="numbers in all", points=points)
    section.notes.append(
        "Moves along the life cycle with history, and an operation with a job for the provider, "
        "for each number. ![The same as a picture](sweep.svg)"
    )
    return section


async def _sweep(installation: Installation, total: int, due: int) -> float:
    name = f"sweep_{total}"
    connection = await asyncpg.connect(to_dsn(to_url(installation.address)))
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    address = to_url(installation.address).set(database=name).render_as_string(hide_password=False)
    database = Database.open(address)
    try:
        await migrate(database)
        async with database.unit_of_work() as work:
            await work.fetch(_FILL, total, due)
        settings = Settings(data_dir=installation.folder)
        async with running_runtime(settings, address) as runtime:
            runtime.configure(NumberingSettings(sweep_rate=due))
            async with database.unit_of_work() as work:
                await work.fetch("ANALYZE phone_number")
            started = time.perf_counter()
            await sweep_numbers(runtime)
            took = time.perf_counter() - started
        async with database.unit_of_work() as work:
            [row] = await work.fetch(
                "SELECT count(*) AS n FROM phone_number WHERE status = 'RETURNED'"
            )
        if row["n"] != due:
            raise RuntimeError(f"{row['n']} of {due} were given back")
        return took
    finally:
        await database.close()
