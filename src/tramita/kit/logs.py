"""Structured logs: JSON lines, masked, with the request or job they belong to."""

import logging
import re
import sys
from typing import Final

import structlog
from structlog.typing import EventDict

from tramita.kit.masking import mask
from tramita.kit.masking_shapes import HIDDEN

# What these libraries tell of each connection are addresses, and ours hold tokens; alembic
# tells at length what it is about to find out.
_TALKATIVE: Final = ("aiohttp", "alembic", "asyncio", "uvicorn", "uvicorn.error", "websockets")
# An id as a step of an address, as in /ws/066d2f49-…: who knows it may read the envelope.
_KEY_IN_ADDRESS: Final = re.compile(r"(?<=/)[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def _hide_keys(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Hide tokens in the addresses that a library writes; our own lines name routes."""
    event["event"] = _KEY_IN_ADDRESS.sub(HIDDEN, str(event["event"]))
    if "exception" in event:
        event["exception"] = _KEY_IN_ADDRESS.sub(HIDDEN, event["exception"])
    return event


def _mask_event(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Mask every value of a log line; nothing personal or secret leaves the process."""
    masked = mask(dict(event))
    assert isinstance(masked, dict)  # Masking keeps a mapping a mapping.
    return masked


def set_up_logs(level: str = "INFO") -> None:
    """Send our logs and the libraries' to standard error as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _hide_keys],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
