"""Logs: constant event names with data as fields, one line each; libraries that repeat themselves in an outage are held back."""

import logging
import time
from collections import Counter
from typing import Literal

import structlog

LINES_A_MINUTE = 20  # of one logger of a library
LINES_A_SECOND = 8  # of all of them: what an operator can read
SECOND = ""


class HoldBack(logging.Filter):
    """Lets few lines of libraries through: an outage wrote a hundred a second. What was not said in this minute yet always passes."""

    def __init__(self) -> None:
        super().__init__()
        self.minute, self.second = 0, 0
        self.lines: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        self.roll(time.monotonic())
        said = f"{record.name}: {record.msg}"[:200]
        self.lines.update((said, record.name, SECOND))
        few = self.lines[record.name] <= LINES_A_MINUTE and self.lines[SECOND] <= LINES_A_SECOND
        return few or self.lines[said] == 1

    def roll(self, now: float) -> None:
        """Forget what was counted in other minutes and seconds."""
        if int(now) != self.second:
            self.second, self.lines[SECOND] = int(now), 0
        if self.second // 60 != self.minute:
            self.minute = self.second // 60
            self.lines.clear()


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
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=[*shared, structlog.processors.format_exc_info])
    )
    handler.addFilter(HoldBack())
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
