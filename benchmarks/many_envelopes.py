"""Points 2 and 3: many small envelopes at once, and how soon a socket hears of the end."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.client import until_done
from benchmarks.installation import Installation
from benchmarks.report import Section, percentile, spread

CONTRACTS = 5
PROVIDER_MILLISECONDS = 200
_SENDERS = 20


@dataclass(frozen=True)
class Run:
    """``ends`` are times of day at which each envelope's socket heard "all done"."""

    seconds: float
    cpu_seconds: float
    ends: Mapping[str, float]


async def measure_many_envelopes(
    installation: Installation, *, envelopes: int, runs: int
) -> list[Section]:
    """Throughput of ``envelopes`` sent at once, and the lag of their announcements."""
    await installation.client.set_latency(PROVIDER_MILLISECONDS)
    await installation.client.set_webhooks(is_on=False)
    measured = [await _run(installation, envelopes, _SENDERS) for _ in range(runs)]
    contracts = envelopes * CONTRACTS
    throughput = Section(f"2. {envelopes} envelopes of {CONTRACTS} contracts, provider 200 ms")
    throughput.add(
        "contracts per second",
        spread([contracts / one.seconds for one in measured], "/s", 0),
        "≥ 250 /s",
    )
    throughput.add(
        "CPU per contract",
        spread([one.cpu_seconds / contracts * 1000 for one in measured], "ms"),
        "≤ 4.0 ms",
    )
    throughput.notes.append(
        "From the first request of a link to the last “all done”; the requests themselves and "
        "a socket per envelope are in it, creating the envelopes is not."
    )
    # Two at a time is a machine with nothing else to do.
    few = max(20, envelopes // 4)
    quiet = await _run(installation, few, 2, in_turn=True)
    quiet_cpu = quiet.cpu_seconds / few / CONTRACTS * 1000
    throughput.add("the same, two envelopes at a time", f"{quiet_cpu:.2f} ms")
    return [throughput, await _lag(installation, measured, quiet)]


async def _lag(installation: Installation, busy: list[Run], quiet: Run) -> Section:
    section = Section("3. Last answer recorded → “all done” in a connected socket")
    for name, runs, target in (
        ("quiet", [quiet], "p99 ≤ 100 ms"),
        ("under the load of 2", busy, "p99 ≤ 100 ms"),
    ):
        lags = [lag for run in runs for lag in await _lags(installation, run)]
        p50, p99 = (percentile(lags, share) * 1000 for share in (0.5, 0.99))
        section.add(name, f"p50 {p50:.0f} ms, p99 {p99:.0f} ms (n = {len(lags)})", target)
    section.notes.append(
        "Counted from the beginning of the transaction that records the last answer, so "
        "recording, commit, NOTIFY and the socket are all in it."
    )
    return section


async def _run(
    installation: Installation, envelopes: int, senders: int, *, in_turn: bool = False
) -> Run:
    """Send many links; with ``in_turn`` each sender waits for its envelope's end."""
    client = installation.client
    tokens = [await client.create_envelope(CONTRACTS) for _ in range(envelopes)]
    sockets = {token: await client.connect(token) for token in tokens}
    listening = {token: asyncio.create_task(until_done(sockets[token])) for token in tokens}
    waiting = list(tokens)

    async def send() -> None:
        while waiting:
            token = waiting.pop()
            await client.send_link(token)
            if in_turn:
                await listening[token]

    used, started = installation.cpu_seconds(), time.time()
    await asyncio.gather(*(send() for _ in range(senders)))
    ends = {token: await listening[token] for token in tokens}
    took = max(ends.values()) - started
    await asyncio.sleep(1)
    cpu = installation.cpu_seconds() - used
    await asyncio.gather(*(socket.close() for socket in sockets.values()))
    return Run(took, cpu, ends)


async def _lags(installation: Installation, run: Run) -> list[float]:
    rows = await installation.database.fetch(
        "SELECT e.token::text, extract(epoch FROM a.at)::float8 AS at "
        "FROM envelope_announcements AS a JOIN envelopes AS e ON e.id = a.envelope_id "
        "WHERE e.token = ANY($1::text[]::uuid[])",
        list(run.ends),
    )
    return [run.ends[row["token"]] - row["at"] for row in rows]
