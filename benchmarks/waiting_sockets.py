"""Point 4: thousands of sockets waiting on one process."""

import asyncio
import time

import aiohttp

from benchmarks.client import until_done
from benchmarks.installation import Installation
from benchmarks.processes import resident_bytes
from benchmarks.report import Section, percentile

_ENVELOPES = 100


async def measure_waiting_sockets(installation: Installation, *, sockets: int) -> Section:
    """Memory of ``sockets`` that wait, and how soon those concerned hear an announcement."""
    client, pid = installation.client, installation.tramita[0].pid
    await client.set_latency(50)
    tokens = [await client.create_envelope(1) for _ in range(_ENVELOPES)]
    before = resident_bytes(pid)
    opened = [await client.connect(tokens[n % _ENVELOPES]) for n in range(sockets)]
    used = resident_bytes(pid) - before
    # All others must hear nothing, which a task that ends would tell.
    others = [asyncio.create_task(_hear(one)) for n, one in enumerate(opened) if n % _ENVELOPES]
    concerned = [one for n, one in enumerate(opened) if n % _ENVELOPES == 0]
    listening = [asyncio.create_task(until_done(one)) for one in concerned]
    started = time.time()
    await client.send_link(tokens[0])
    took = [end - started for end in await asyncio.gather(*listening)]
    wrongly_told = sum(task.done() for task in others)
    section = Section(f"4. {sockets:,} sockets waiting on one process")
    section.add("memory per socket", f"{used / sockets / 1024:.0f} KiB")
    section.add("memory of the process with them", f"{resident_bytes(pid) / 2**20:.0f} MiB")
    section.add(
        f"request → all done in each of the envelope's {len(concerned)} sockets",
        f"first {min(took) * 1000:.0f} ms, last {max(took) * 1000:.0f} ms",
    )
    section.add(
        "between the first and the last of them",
        f"{(max(took) - min(took)) * 1000:.0f} ms (p50 {percentile(_after(took), 0.5) * 1000:.0f})",
    )
    section.add("other sockets that heard anything", str(wrongly_told), "0")
    section.notes.append(
        "The provider answers in 50 ms here; the envelope has one contract. Sockets are opened "
        "one after another and each has its own TCP connection."
    )
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.gather(*(one.close() for one in opened))
    return section


async def _hear(socket: aiohttp.ClientWebSocketResponse) -> None:
    """End with the first message that is no heartbeat."""
    while (await socket.receive_json())["type"] == "PING":
        continue


def _after(took: list[float]) -> list[float]:
    return [one - min(took) for one in took]
