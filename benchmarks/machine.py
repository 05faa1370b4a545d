"""The machine a figure was measured on, without which it means little."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import asyncpg


async def describe_machine(dsn: str) -> list[str]:
    """Sentences for the head of a report."""
    connection = await asyncpg.connect(dsn)
    try:
        version = str(await connection.fetchval("SHOW server_version")).split()[0]
    finally:
        await connection.close()
    load = os.getloadavg()[0]
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}",
        f"{os.cpu_count()} cores, {_processor()}, {_memory_gib():.0f} GiB",
        f"Python {platform.python_version()}, PostgreSQL {version} (embedded, durable settings)",
        f"Everything shares these cores: Tramita, PostgreSQL, simulators and this client. "
        f"Load before the first measurement: {load:.1f}"
        + (
            ", so the machine was busy with other work and times are too long." if load > 1 else "."
        ),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _memory_gib() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
