"""``python -m benchmarks soak``: load and faults for a while, then every invariant.

Envelopes are made and sent without a pause while the simulator is slow, refuses,
breaks connections and loses answers. At the end every envelope must have announced
exactly once or its contracts stand parked, and ``tramita check`` must find nothing.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from pathlib import Path

import aiohttp

from benchmarks.client import until_done
from benchmarks.installation import Installation, embedded_database, running_installation

_SENDERS = 10
# What the simulator does to one in so many proposals.
_FAULTS = {"http_503": 0.02, "http_422": 0.03, "lost_after": 0.02, "timeout_before": 0.02}
_LATENCY = {"kind": "heavy_tail", "p50": 100, "p95": 400, "p99": 1500}
# Calls that were lost end as unknown only after the deadline and its grace.
_SHORT = {
    "qitech_deadline": "5",
    "operation_grace": "2",
    "portability_ask_after": "0.5",
    "portability_not_found_for": "5",
}


def soak(seconds: float) -> int:
    """Answers the exit code: 0 when nothing is broken."""
    with embedded_database() as (folder, server):

        async def run() -> int:
            async with running_installation(folder, server, settings=_SHORT) as installation:
                return await _soak(installation, seconds)

        return asyncio.run(run())


async def _soak(installation: Installation, seconds: float) -> int:
    await _trouble(installation)
    until = time.monotonic() + seconds
    announced = Counter[str]()
    await asyncio.gather(*(_send(installation, until, announced) for _ in range(_SENDERS)))
    differences = [f"{token} announced {n} times" for token, n in announced.items() if n != 1]
    print(f"{len(announced)} envelopes; contracts: {await _count_states(installation)}")
    checked = await _check(installation)
    for difference in differences:
        print(difference)
    return 1 if differences or checked else 0


async def _trouble(installation: Installation) -> None:
    control = f"{installation.simulators_url}/qitech/__sim"
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{control}/latency", json=_LATENCY) as answer:
            answer.raise_for_status()
        for kind, probability in _FAULTS.items():
            fault = {
                "operation": "create_proposal",
                "kind": kind,
                "probability": probability,
                "count": None,
            }
            async with session.post(f"{control}/faults", json=fault) as answer:
                answer.raise_for_status()


async def _send(installation: Installation, until: float, announced: Counter[str]) -> None:
    """One partner: envelope after envelope, sometimes asking for the link twice."""
    while time.monotonic() < until:
        token = await installation.client.create_envelope(random.randint(1, 12))
        socket = await installation.client.connect(token)
        await installation.client.send_link(token)
        if random.random() < 0.2:
            await installation.client.send_link(token)
        await until_done(socket)
        announced[token] += 1
        # A second "all done" would come at once; a moment is enough to catch it.
        try:
            async with asyncio.timeout(0.2):
                await until_done(socket)
                announced[token] += 1
        except TimeoutError:
            pass
        await socket.close()


async def _count_states(installation: Installation) -> str:
    rows = await installation.database.fetch(
        "SELECT state, count(*) AS n FROM operations GROUP BY state ORDER BY state"
    )
    return ", ".join(f"{row['n']} {row['state']}" for row in rows)


async def _check(installation: Installation) -> int:
    """``tramita check`` on this installation: 0 when every invariant holds."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "tramita"), "check", env=installation.environment
    )
    return await process.wait()
