"""Logs: constant event names with data as fields, one line each; libraries that repeat themselves in an outage are held back."""

import logging
import time
from typing import Literal

import structlog

LINES_A_MINUTE = 20  # of one logger of a library, at one level


class HoldBack(logging.Filter):
    """At most LINES_A_MINUTE lines a minute from a library's logger: an outage wrote a hundred a second."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: dict[str, tuple[int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        minute = int(time.monotonic() // 60)
        began, lines = self.windows.get(record.name, (minute, 0))
        lines = lines + 1 if began == minute else 1
        self.windows[record.name] = (minute, lines)
        return lines <= LINES_A_MINUTE


def set_up(style: Literal["json", "text"], service: str) -> None:
    """Configure structlog and the libraries' loggers for this process."""
    renderer = structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    handler.addFilter(HoldBack())
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
