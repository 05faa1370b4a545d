"""Structured logs: JSON lines, masked, with the request or job they belong to."""

import logging
import sys

import structlog
from structlog.typing import EventDict

from tramita.kit.masking import mask


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
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # It tells at length what it is about to find out.
    logging.getLogger("alembic").setLevel(logging.WARNING)
