"""Point 1: one envelope of a thousand contracts, beside the seed's way."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass

from benchmarks.client import DEADLINE, until_done
from benchmarks.installation import Installation
from benchmarks.report import Section, spread
from benchmarks.seed_way import Measured

PROVIDER_MILLISECONDS = 1000


async def measure_one_envelope(installation: Installation, *, contracts: int, runs: int) -> Section:
    """Time from the link's request to "all done" in a socket that was connected before."""
    await installation.client.set_latency(PROVIDER_MILLISECONDS)
    await installation.client.set_webhooks(is_on=False)
    ours = [await _run(installation, contracts) for _ in range(runs)]
    theirs = [await _run_the_seed_way(installation, contracts) for _ in range(runs)]
    await installation.client.set_webhooks(is_on=True)
    told = [await _run(installation, contracts, messages=contracts) for _ in range(runs)]
    await installation.client.set_webhooks(is_on=False)
    section = Section(f"1. One envelope of {contracts:,} contracts, provider answering in 1 s")
    section.add("request → all done", spread([one.took for one in ours]), "≤ 3.3 s")
    section.add(
        "CPU per contract",
        spread([one.cpu_seconds / contracts * 1000 for one in ours], "ms"),
        "≤ 3.3 ms",
    )
    section.add("with a webhook each: → all done", spread([one.took for one in told]))
    section.add("with a webhook each: → inbox empty", spread([one.until_empty for one in told]))
    section.add(
        "with a webhook each: CPU per contract until then",
        spread([one.cpu_seconds / contracts * 1000 for one in told], "ms"),
        "≤ 8 ms",
    )
    section.add("the seed's way: → all done", spread([one.seconds for one in theirs]))
    section.add(
        "the seed's way: CPU per contract",
        spread([one.cpu_seconds / contracts * 1000 for one in theirs], "ms"),
    )
    section.add(
        "the seed's way: times announced", ", ".join(str(one.announced) for one in theirs), "1"
    )
    ratio = min(one.seconds for one in theirs) / min(one.took for one in ours)
    section.add("the seed's way / Tramita, best runs", f"{ratio:.2f}")
    section.notes += [
        "CPU is that of Tramita's processes and all of PostgreSQL's; the simulator's is not in it.",
        "QI Tech documents no webhook for a proposal that was merely created. The simulator can "
        "send one, which comes among the answers; verifying, keeping and applying it is in the "
        "three lines that say so, and in no other figure.",
        "The seed's way is one thread per contract with blocking HTTP and a transaction per "
        "statement. It keeps no operation rows, journal or history, survives no crash, retries "
        "nothing, and announces as often as it happens to (`benchmarks/seed_way.py`).",
    ]
    if any(one.accepted != contracts for one in theirs):
        section.notes.append("Some threads of the seed's way failed; its times are of the others.")
    return section


@dataclass(frozen=True)
class Run:
    """Seconds to "all done", to the end of every message, and of processor time up to that."""

    took: float
    until_empty: float
    cpu_seconds: float


async def _run(installation: Installation, contracts: int, *, messages: int = 0) -> Run:
    token = await installation.client.create_envelope(contracts)
    socket = await installation.client.connect(token)
    came_before, _ = await _messages(installation)
    used, started = installation.cpu_seconds(), time.time()
    await installation.client.send_link(token)
    took = await until_done(socket) - started
    async with asyncio.timeout(DEADLINE):
        while True:
            if await _messages(installation) == (came_before + messages, 0):
                break
            await asyncio.sleep(0.2)
    until_empty = time.time() - started
    # What is still written after the announcement (finished jobs) belongs to the cost.
    await asyncio.sleep(1)
    await socket.close()
    return Run(took, until_empty, installation.cpu_seconds() - used)


async def _messages(installation: Installation) -> tuple[int, int]:
    """How many came in so far, and how many of them wait."""
    [row] = await installation.database.fetch(
        "SELECT count(*), count(*) FILTER (WHERE processed_at IS NULL) FROM inbox"
    )
    return row[0], row[1]


async def _run_the_seed_way(installation: Installation, contracts: int) -> Measured:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.seed_way", installation.database.dsn),
        *(f"{installation.client.simulators_url}/qitech", str(installation.folder)),
        str(contracts),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return Measured(**json.loads(output))
