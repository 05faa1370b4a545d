"""Which lines of a log are not explained by what befell the installation."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

# How it reads when a database goes away, is not there, or comes back.
_AWAY: Final = re.compile(
    r"ConnectionRefusedError|ConnectionResetError|BrokenPipeError|ConnectionDoesNotExistError"
    r"|FileNotFoundError|AdminShutdownError|CrashShutdownError|CannotConnectNowError"
    r"|InternalClientError|QueryCanceledError|database system is|terminating connection"
    r"|canceling statement|connection (?:is|was) closed|been released back to the pool"
    r"|closed in the middle of operation|unexpected connection_lost|RetryRequested"
)
# What is said of it in one line.
_SAID: Final = frozenset({"database_unreachable"})
# What a process says that was being started meanwhile.
_NOT_STARTED: Final = ("tramita: PostgreSQL at ", "tramita: The database was lost ")


def strange_lines(written: str) -> Iterator[str]:
    """Lines of errors that nothing here explains, and whatever is no line of a log."""
    for line in written.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            if not line.startswith(_NOT_STARTED):
                yield line[:600]
            continue
        if _is_error(event) and not _is_explained(event):
            yield f"{event.get('event')}: {_end_of(event)[-600:]}"


def _is_error(event: dict[str, Any]) -> bool:
    return event.get("level") in ("error", "critical") or "exception" in event


def _is_explained(event: dict[str, Any]) -> bool:
    return event.get("event") in _SAID or bool(_AWAY.search(_end_of(event)))


def _end_of(event: dict[str, Any]) -> str:
    """What a traceback ends with, and the error a line names by itself."""
    lines = [one for one in str(event.get("exception", "")).splitlines() if one[:1].strip()]
    ends = [one for one in lines if not one.startswith(("Traceback", "The above", "During", "["))]
    return "\n".join([*ends[-2:], str(event.get("error", ""))])
