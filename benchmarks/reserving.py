"""Points 7 and 8: what Tramita adds to a reservation, and many who want the same number."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.installation import Installation
from benchmarks.report import Section, percentile

_PREVIEWS = "/api/v1/numbering/previews"
_AREA_CODES = ("11", "21", "31", "41", "51", "61", "71", "81", "91", "19")
_LATENCY = 100
_PER_SECOND = 50
_SEED = 50
# Of a hundred calls: answered later than anybody waits, or not at all, with the effect done.
_ASTRAY = (
    {"kind": "answer_held", "probability": 0.05, "arguments": {"seconds": 20.0}},
    {"kind": "lost_after", "probability": 0.05},
)


@dataclass(frozen=True)
class _Partner:
    """Somebody who reserves numbers, and the control plane of Sigan."""

    installation: Installation
    session: aiohttp.ClientSession

    async def preview(self, number: int) -> str:
        """Hold three numbers; answers the preview's id."""
        body = {"ddd": _AREA_CODES[number % len(_AREA_CODES)], "brand_id": "vivo"}
        url = f"{self.installation.client.url}{_PREVIEWS}"
        async with self.session.post(url, json=body, raise_for_status=True) as answer:
            preview: str = (await answer.json())["id"]
            return preview

    async def reserve(self, preview: str, index: int) -> int:
        """Reserve one of its numbers; answers the status."""
        url = f"{self.installation.client.url}{_PREVIEWS}/{preview}/numbers/{index}/reserve"
        async with self.session.post(url) as answer:
            await answer.read()
            return answer.status

    async def order(self, method: str, path: str, body: Any = None) -> Any:
        """Have something done on Sigan's control plane."""
        url = f"{self.installation.simulators_url}/sigan/__sim/{path}"
        async with self.session.request(method, url, json=body, raise_for_status=True) as answer:
            return await answer.json() if "json" in answer.content_type else None


async def measure_reserving(installation: Installation, *, previews: int) -> list[Section]:
    """Reserve at a steady pace; then let four at a time want the same previews."""
    partner = _Partner(installation, installation.client.session)
    return [
        await _measure_overhead(partner, previews=previews),
        await _measure_crowd(partner, previews=min(200, previews)),
    ]


async def _measure_overhead(partner: _Partner, *, previews: int) -> Section:
    ids = [await partner.preview(number) for number in range(previews)]
    await partner.order("POST", "latency", {"kind": "fixed", "milliseconds": _LATENCY})
    took: list[float] = []

    async def reserve(preview: str) -> None:
        started = time.perf_counter()
        status = await partner.reserve(preview, 0)
        took.append((time.perf_counter() - started) * 1000 - _LATENCY)
        if status != 200:
            raise RuntimeError(f"a reservation was answered with {status}")

    # Callers know nothing of each other. Evenly spaced, each would come at the very moment at which
    # a former one's answer does: the provider's 100 ms are five times the pace of 50 a second.
    arrivals = random.Random(_SEED)
    before = partner.installation.cpu_seconds()
    async with asyncio.TaskGroup() as group:
        for preview in ids:
            group.create_task(reserve(preview))
            await asyncio.sleep(arrivals.expovariate(_PER_SECOND))
    used = partner.installation.cpu_seconds() - before
    await partner.order("POST", "latency", {"kind": "fixed", "milliseconds": 0})
    section = Section(f"7. What Tramita adds to a reservation, {_PER_SECOND} a second")
    for share, target in ((0.5, "≤ 8 ms"), (0.99, "≤ 25 ms")):
        found = f"{percentile(took, share):.1f} ms"
        section.add(f"p{share * 100:.0f} on top of the provider's {_LATENCY} ms", found, target)
    calls = await _calls(partner.installation)
    late = (
        f"{percentile(calls, 0.5) - _LATENCY:.0f} and {percentile(calls, 0.99) - _LATENCY:.0f} ms"
    )
    section.add("of it, p50 and p99: until the provider's answer was there", late)
    section.add("CPU of Tramita and PostgreSQL", f"{used / previews * 1000:.1f} ms each")
    section.notes.append(
        f"{previews} reservations over HTTP that come by chance and wait for nobody, "
        f"{_PER_SECOND} a second on the average; simulator and measuring client are on the same "
        "processors, and their time is in it."
    )
    return section


async def _calls(installation: Installation) -> list[float]:
    """How long each call to reserve took, in milliseconds, as the journal has it."""
    rows = await installation.database.fetch(
        "SELECT e.milliseconds FROM exchanges AS e JOIN operations AS o "
        "ON o.id = e.operation_id WHERE o.kind = 'numbering.reserve_number'"
    )
    return [float(row["milliseconds"]) for row in rows]


async def _measure_crowd(partner: _Partner, *, previews: int) -> Section:
    ids = [await partner.preview(number) for number in range(previews)]
    last = (await partner.order("GET", "journal?limit=1"))["items"][-1]["id"]
    for fault in _ASTRAY:
        await partner.order("POST", "faults", {"operation": "reserve", "count": None, **fault})
    answers: Counter[int] = Counter()

    async def want(preview: str) -> None:
        found = await asyncio.gather(*(partner.reserve(preview, index) for index in (0, 0, 0, 1)))
        answers.update(found)

    await asyncio.gather(*map(want, ids))
    await partner.order("DELETE", "faults")
    journal = (await partner.order("GET", "journal?limit=500"))["items"]
    calls = sum(one["operation"] == "reserve" and one["id"] > last for one in journal)
    ledger = (await partner.order("GET", "ledger"))["items"]
    reserved = Counter(row["subject"] for row in ledger if row["effect"] == "number_reserved")
    section = Section(f"8. {previews} previews, each wanted by four at once, 10 % of calls astray")
    section.add("calls to reserve at the provider", f"{calls}", f"{previews}")
    twice = sum(count > 1 for count in reserved.values())
    section.add("numbers reserved twice there", f"{twice}", "0")
    said = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
    section.add("what the callers were told", said)
    return section
