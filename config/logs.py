"""The log: one line for each fact on standard error, key=value or JSON. Never bodies, passwords or citizens' names."""

import logging
import re
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
# Controls but for the line end, which the renderers escape; line separators and overrides; halves of letters.
_UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


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
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _escape,
                _renderer(settings.format),
            ],
        )
    )
    # A line that the disk refuses is left out; a trace in its place would be no line, and the work goes on.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        library = logging.getLogger(name)
        library.setLevel(max(level, logging.WARNING, library.level))  # who uses it may have made it quieter


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # A value with blanks or line ends is quoted, so that a line stays one fact.
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "service", "event"], bool_as_flag=False)


def _escape(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A NUL makes the whole log binary to grep, an escape sequence commands the terminal of who reads it."""
    return {key: _UNSAFE.sub(_code, value) if isinstance(value, str) else value for key, value in event.items()}


def _code(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _name_service(service: str) -> Processor:
    def add(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["service"] = service
        return event

    return add
