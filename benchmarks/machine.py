"""The machine a figure was measured on, without which it means little."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from tramita.kit.database.engine import Database


def set_core_apart() -> set[int]:
    """Keep a core for the simulators where there are more than two; empty: they share all.

    Whatever this process starts from now on stays on the others.
    """
    cores = os.sched_getaffinity(0)
    apart = {max(cores)} if len(cores) > 2 else set()
    os.sched_setaffinity(0, cores - apart)
    return apart


async def describe_machine(database: Database, apart: set[int]) -> list[str]:
    """Sentences for the head of a report; ``apart`` are the simulators' own cores."""
    [row] = await database.fetch("SHOW server_version")
    version = row["server_version"].split()[0]
    load = os.getloadavg()[0]
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}",
        f"{len(os.sched_getaffinity(0) | apart)} cores, {_processor()}, {_memory_gib():.0f} GiB",
        f"Python {platform.python_version()}, PostgreSQL {version} (embedded, durable settings)",
        (
            "The simulators have a core of their own; Tramita, PostgreSQL and this client share "
            "the others. "
            if apart
            else "Everything shares these cores: Tramita, PostgreSQL, simulators and this client. "
        )
        + f"Load before the first measurement: {load:.1f}"
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
