"""Asking for one page as often as it is answered: little of its own, so that the page is measured."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.report import percentile

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True)
class Hammered:
    """What came of it; times are in milliseconds."""

    per_second: float
    median: float
    slowest: float
    bytes_each: int


class NotAnswered(RuntimeError):
    """The page was answered otherwise than with 200."""


async def hammer(
    urls: Sequence[str],
    path: str,
    headers: Mapping[str, str],
    *,
    connections: int,
    seconds: float,
) -> Hammered:
    """Ask each of ``urls`` in turn by so many connections, each again as soon as it is answered."""
    until, took = time.perf_counter() + seconds, list[float]()
    sizes = await asyncio.gather(
        *(
            _ask(urls[number % len(urls)], path, headers, until, took)
            for number in range(connections)
        )
    )
    return Hammered(len(took) / seconds, percentile(took, 0.5), percentile(took, 0.99), max(sizes))


async def _ask(
    url: str, path: str, headers: Mapping[str, str], until: float, took: list[float]
) -> int:
    """One connection; answers the size of a body."""
    place = urlsplit(url)
    lines = [f"GET {path} HTTP/1.1", f"Host: {place.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    request = "\r\n".join([*lines, "", ""]).encode()
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 20)
    size = 0
    try:
        while (began := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(_END)
            if b" 200 " not in head[:15]:
                raise NotAnswered(head.decode())
            size = int(head.lower().partition(_LENGTH)[2].split(b"\r\n", 1)[0])
            await reader.readexactly(size)
            took.append((time.perf_counter() - began) * 1000)
    finally:
        writer.close()
    return size
