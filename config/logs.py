"""The log: one line for each fact on standard error, key=value or JSON. Never bodies, passwords or citizens' names."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from config.settings import LogSettings

# Libraries that tell more than a fact a line, or would print what they were handed.
_QUIET = (
    "alembic",
    "asyncio",
    "flanker",
    "imapclient",
    "PIL",
    "mail.log",
    "uvicorn.access",
    "uvicorn.error",
)


def configure(settings: LogSettings, service: str, stream: TextIO | None = None) -> None:
    """Send structlog's events and the standard library's records to `stream` (standard error if None).

    `service` names the process in each line. Times are UTC, to the millisecond. Call once a process.
    """
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True),
        _name_service(service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings.format)],
        )
    )
    # A line that the disk refuses is left out; a trace in its place would be no line, and the work goes on.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # A value with blanks or line ends is quoted, so that a line stays one fact.
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "service", "event"], bool_as_flag=False)


def _name_service(service: str) -> Processor:
    def add(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["service"] = service
        return event

    return add
