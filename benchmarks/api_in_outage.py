"""Point 6: how fast the API answers while the provider is down and much is queued."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp

from benchmarks.client import Client
from benchmarks.installation import Installation
from benchmarks.report import Section, percentile

_CONTRACTS = 5
# Partners and clients who ask at the same time, each one request after the other.
_ASKING = 2
_REQUESTS = 500
# Every call gets a 503, or finds the port closed for a second.
_FAULTS = (
    {"kind": "connect_refused", "probability": 0.05, "count": None, "arguments": {"seconds": 1.0}},
    {"kind": "http_503", "count": None},
)

Ask = Callable[[int], Awaitable[object]]


async def measure_api_in_outage(installation: Installation, *, envelopes: int) -> Section:
    """Queue ``envelopes``, take the provider down, and time the API; mended in the end."""
    client = installation.client
    await client.set_latency(50)
    control = f"{installation.simulators_url}/qitech/__sim"
    for fault in _FAULTS:
        async with client.session.post(f"{control}/faults", json=fault) as answer:
            answer.raise_for_status()
    tokens = [await client.create_envelope(_CONTRACTS) for _ in range(envelopes)]
    for token in tokens:
        await client.send_link(token)

    async def read(number: int) -> object:
        url = f"{client.url}/api/detalhe-formalizacao/{tokens[number % len(tokens)]}/"
        async with client.session.get(url, raise_for_status=True) as answer:
            return await answer.read()

    async def create(_: int) -> object:
        return await client.create_envelope(_CONTRACTS)

    requests = min(_REQUESTS, envelopes * _CONTRACTS)
    section = Section(f"6. The API while the provider is down, {envelopes} envelopes queued")
    for what, ask in (
        ("GET /api/detalhe-formalizacao/<token>/", read),
        ("POST /api/v1/envelopes", create),
    ):
        took = await _time(ask, requests)
        p50, p99 = (percentile(took, share) * 1000 for share in (0.5, 0.99))
        section.add(what, f"p50 {p50:.0f} ms, p99 {p99:.0f} ms (n = {len(took)})", "p99 ≤ 100 ms")
    section.notes.append(f"{_ASKING} at a time; the provider answers 503 or takes no connection.")
    await _mend(client, f"{control}/faults")
    return section


async def _time(ask: Ask, requests: int) -> list[float]:
    """How long each of so many requests took, in seconds."""
    numbers = iter(range(requests))
    took = []

    async def go_on() -> None:
        for number in numbers:
            started = time.perf_counter()
            await ask(number)
            took.append(time.perf_counter() - started)

    await asyncio.gather(*(go_on() for _ in range(_ASKING)))
    return took


async def _mend(client: Client, faults: str) -> None:
    """Take the faults away, as soon as the port is open."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with client.session.delete(faults, raise_for_status=True):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
