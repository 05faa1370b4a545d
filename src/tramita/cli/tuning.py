"""What a process that will run for months asks of Python and of the system."""

import gc
import os
import resource
import sys

import structlog
import typer

log = structlog.get_logger(__name__)

# Objects made before the collector looks at the youngest; Python's own default is 700.
# One answer of a provider makes about a thousand, and hundreds are in flight.
_YOUNG_OBJECTS = 20_000

_OPEN_FILES = 65_536


def allow_many_connections() -> None:
    """Raise the limit of open files as far as the system lets us and we can use.

    Many shells give a process 1,024; two thousand clients waiting for their envelopes
    and a thousand calls to a provider need more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def settle_memory() -> None:
    """Call when everything is loaded: the collector leaves all of it alone from here on.

    Otherwise each full collection stops the process for an eighth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 50, 50)


def announce(line: str) -> None:
    """Write a line for whoever started this process; one that nobody can take stops nothing."""
    try:
        typer.echo(line)
    except OSError as error:
        log.warning("announcement_not_written", error=str(error))
        # What could not be written would be tried again at the end, and fail the process.
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
