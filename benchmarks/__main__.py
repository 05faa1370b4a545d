"""``python -m benchmarks [--quick] [--only 1,2] [--apart]``: measure, print, keep the tables.

``python -m benchmarks soak [--seconds 300] [--seeds 1,2] [--contracts 300]``: load and faults,
then every invariant; then random walks.

``python -m benchmarks year [--lives 10000,100000]``: a year's rows, and what retention leaves.

``python -m benchmarks console [--lives 10000,1000000]``: the console's pages at any number of contracts.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

from benchmarks.api_in_outage import measure_api_in_outage
from benchmarks.applications import measure_applications
from benchmarks.area_codes import measure_area_codes
from benchmarks.chats import measure_batches, measure_updates
from benchmarks.client import until_done
from benchmarks.console_pages import measure_console
from benchmarks.contracts_page import measure_contracts_page
from benchmarks.installation import Installation, embedded_database, running_installation
from benchmarks.machine import describe_machine, set_core_apart
from benchmarks.many_envelopes import measure_many_envelopes
from benchmarks.nightly_debit import measure_nightly_debit
from benchmarks.one_envelope import measure_one_envelope
from benchmarks.report import Section, write_report
from benchmarks.reserving import measure_reserving
from benchmarks.school import opened_school
from benchmarks.soak import soak
from benchmarks.subscriptions import measure_subscriptions
from benchmarks.sweeping import measure_sweeping
from benchmarks.waiting_sockets import measure_waiting_sockets
from benchmarks.walks import take_walks
from benchmarks.year import measure_years
from tramita.kit.database.engine import Database
from tramita.kit.logs import set_up_logs


@dataclass(frozen=True)
class Size:
    """How much to measure."""

    contracts: int
    envelopes: int
    sockets: int
    runs: int
    previews: int
    seconds: float
    numbers: tuple[int, ...]
    due: int
    foreign: int
    debits: int
    applications: tuple[int, int]
    is_kept: bool


FULL = Size(
    contracts=1000,
    envelopes=200,
    sockets=2000,
    runs=5,
    previews=500,
    seconds=5.0,
    numbers=(10_000, 100_000, 1_000_000),
    due=10_000,
    foreign=200_000,
    debits=10_000,
    applications=(10_000, 1_000_000),
    is_kept=True,
)
QUICK = Size(
    contracts=50,
    envelopes=10,
    sockets=100,
    runs=1,
    previews=30,
    seconds=0.5,
    numbers=(1_000, 10_000),
    due=1_000,
    foreign=2_000,
    debits=200,
    applications=(1_000, 10_000),
    is_kept=False,
)


async def _measure(
    installation: Installation, size: Size, points: set[int]
) -> AsyncIterator[Section]:
    await _warm_up(installation)
    await installation.settle()
    if 4 in points:  # First, while the process is as small as it will ever be.
        yield await measure_waiting_sockets(installation, sockets=size.sockets)
        await installation.settle()
    if 1 in points:
        yield await measure_one_envelope(installation, contracts=size.contracts, runs=size.runs)
        await installation.settle()
    if points & {2, 3}:
        for section in await measure_many_envelopes(
            installation, envelopes=size.envelopes, runs=size.runs
        ):
            yield section
        await installation.settle()
    for section in await _measure_numbering(installation, size, points):
        yield section
    for section in await _measure_courses(installation, size, points):
        yield section
    await installation.settle()
    for section in await _measure_chats(installation, size, points):
        yield section
    await installation.settle()
    if 5 in points:
        yield await measure_subscriptions(installation.address, plugins=100)
    if 6 in points:  # Last: what it queued is sent in its own time after that.
        yield await measure_api_in_outage(installation, envelopes=size.envelopes)


async def _measure_numbering(
    installation: Installation, size: Size, points: set[int]
) -> list[Section]:
    sections = []
    if points & {7, 8}:
        sections += await measure_reserving(installation, previews=size.previews)
    if 9 in points:
        sections.append(await measure_area_codes(installation, seconds=size.seconds))
    if 10 in points:
        totals, due, keep = size.numbers, size.due, size.is_kept
        sections.append(await measure_sweeping(installation, totals=totals, due=due, keep=keep))
    return sections


async def _measure_courses(
    installation: Installation, size: Size, points: set[int]
) -> list[Section]:
    if not points & {11, 12}:
        return []
    sections = []
    async with opened_school(installation) as school:
        if 11 in points:
            sections.append(
                await measure_contracts_page(school, foreign=size.foreign, seconds=size.seconds)
            )
        if 12 in points:
            sections.append(await measure_nightly_debit(school, debits=size.debits))
    return sections


async def _measure_chats(installation: Installation, size: Size, points: set[int]) -> list[Section]:
    sections = []
    if 13 in points:
        sections.append(await measure_updates(installation, seconds=size.seconds))
    if 14 in points:
        sections.append(await measure_batches(installation, runs=size.runs))
    if 15 in points:
        sections.append(await measure_applications(installation, totals=size.applications))
    return sections


async def _warm_up(installation: Installation) -> None:
    await installation.client.set_latency(50)
    token = await installation.client.create_envelope(20)
    socket = await installation.client.connect(token)
    await installation.client.send_link(token)
    await until_done(socket)
    await socket.close()


def walk(seeds: str, *, contracts: int) -> int:
    """Take the random walks of these seeds; answers the exit code."""
    failed = take_walks([int(seed) for seed in seeds.split(",") if seed], contracts=contracts)
    if failed:
        print(f"Seeds that failed: {failed}")
    return 1 if failed else 0


def live_a_year(lives: list[int]) -> None:
    """Measure years of so many contracts, and keep the tables as ``year``."""
    with embedded_database() as (_, server):

        async def run() -> None:
            sections = await measure_years(server, lives)
            database = Database.open(server.url())
            machine = await describe_machine(database, set())
            await database.close()
            print("\n".join(str(section) for section in sections))
            print(f"Kept in {write_report('year', machine, sections)}")

        asyncio.run(run())


def look_at_console(lives: list[int]) -> None:
    """Measure the console's pages at so many contracts, and keep the table as ``console``."""
    set_up_logs("WARNING")  # The web serves in this process.
    with embedded_database() as (folder, server):

        async def run() -> None:
            sections = await measure_console(server, folder, lives)
            database = Database.open(server.url())
            machine = await describe_machine(database, set())
            await database.close()
            print("\n".join(str(section) for section in sections))
            print(f"Kept in {write_report('console', machine, sections)}")

        asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, to see that it works; kept nowhere"
    )
    parser.add_argument(
        "--only", default="1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", help="points to measure, e.g. 1,2"
    )
    parser.add_argument(
        "--apart", action="store_true", help="web and worker as processes of their own"
    )
    parser.add_argument("--name", help="name of the file under results: latest, or apart")
    parser.add_argument(
        "command", nargs="?", choices=["measure", "soak", "year", "console"], default="measure"
    )
    parser.add_argument("--seconds", type=float, default=300, help="how long to soak")
    parser.add_argument("--seeds", default="1,2,3,4,5,6,7,8,9,10", help="random walks after that")
    parser.add_argument("--contracts", type=int, default=300, help="contracts of a random walk")
    parser.add_argument("--lives", default="10000,100000", help="contracts of a year, e.g. 1000000")
    options = parser.parse_args()
    if options.command == "console":
        look_at_console([int(lives) for lives in options.lives.split(",")])
        return
    if options.command == "year":
        live_a_year([int(lives) for lives in options.lives.split(",")])
        return
    if options.command == "soak":
        sys.exit(soak(options.seconds) | walk(options.seeds, contracts=options.contracts))
    size = QUICK if options.quick else FULL
    points = {int(point) for point in options.only.split(",")}
    roles = ("web", "worker") if options.apart else ("all",)
    name = options.name or ("apart" if options.apart else "latest")
    cores = set_core_apart()
    with embedded_database() as (folder, server):

        async def run() -> None:
            async with running_installation(
                folder, server, roles=roles, cores=cores
            ) as installation:
                machine = await describe_machine(installation.database, cores)
                machine.append(f"Tramita: {' and '.join(f'`tramita {role}`' for role in roles)}.")
                machine.append(
                    "What one point leaves is done, vacuumed and on disk before the next begins."
                )
                print("\n".join(machine), "\n")
                sections = []
                async for section in _measure(installation, size, points):
                    print(section, flush=True)
                    sections.append(section)
                sections.sort(key=lambda section: int(section.title.split(".")[0]))
                if not options.quick:
                    print(f"Kept in {write_report(name, machine, sections)}")

        asyncio.run(run())


if __name__ == "__main__":
    main()
