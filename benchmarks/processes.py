"""What processes used, read from /proc: processor time and resident memory."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


@dataclass(frozen=True)
class ProcessTree:
    """A process and its children, the ended ones included once they were waited for."""

    pid: int

    def cpu_seconds(self) -> float:
        """User and system time of the process and everything it ever started."""
        # The last two count children that ended; living ones are counted by themselves.
        own = sum(_times(self.pid))
        return own + sum(sum(_times(child)) for child in _children(self.pid))


def resident_bytes(pid: int) -> int:
    """Memory of one process that is in RAM."""
    return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE


def parent_of(pid: int) -> int:
    """The process that started another."""
    return int(_stat(pid)[1])


def _children(pid: int) -> list[int]:
    found = []
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                if parent_of(int(entry.name)) == pid:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # It ended while we were looking.
    return found


def _times(pid: int) -> list[float]:
    """User and system seconds of a process, and of its children that ended."""
    try:
        return [int(ticks) / _TICKS for ticks in _stat(pid)[11:15]]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _stat(pid: int) -> list[str]:
    """The fields after the command's name, which may itself hold spaces."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
