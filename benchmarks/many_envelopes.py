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
_PACE = 100  # contracts a second, about a third of what two cores can do with everything on them
_LAG = "p99 ≤ 100 ms"


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
    paced = await _run(installation, envelopes, 1, pause=CONTRACTS / _PACE)
    loads = {
        "quiet": [quiet],
        f"at {_PACE} contracts a second": [paced],
        "under the load of 2": measured,
    }
    return [throughput, await _lag(installation, loads)]


async def _lag(installation: Installation, loads: Mapping[str, list[Run]]) -> Section:
    section = Section("3. Last answer recorded → “all done” in a connected socket")
    for name, runs in loads.items():
        lags = [lag for run in runs for lag in await _lags(installation, run)]
        p50, p99 = (percentile(lags, share) * 1000 for share in (0.5, 0.99))
        section.add(name, f"p50 {p50:.0f} ms, p99 {p99:.0f} ms (n = {len(lags)})", _LAG)
    section.notes.append(
        "Counted from the beginning of the transaction that records the last answer, so "
        "recording, commit, NOTIFY and the socket are all in it. The load of 2 is as much as the "
        "processors can do, the simulator's and this client's work among it, so whoever is to run "
        "waits for the others; the pace is what a busy installation might have."
    )
    return section


async def _run(
    installation: Installation,
    envelopes: int,
    senders: int,
    *,
    in_turn: bool = False,
    pause: float = 0,
) -> Run:
    """Send many links; with ``in_turn`` each sender waits for its envelope's end.

    ``pause`` is how long a sender waits between two links, in seconds.
    """
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
            if pause:
                await asyncio.sleep(pause)

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
