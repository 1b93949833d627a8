"""What the local system says while it works. In: sentences; out: the terminal, `supervisor.log`, and whoever waits for `make up`."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol, TextIO

from deploy.local.private import Private

PASSING_SECONDS = 5


class Tell(Protocol):
    """Says one sentence; a `passing` one, such as a count of downloads, may be left out or overwritten by the next."""

    def __call__(self, sentence: str, *, passing: bool = False) -> None: ...


class Terminal:
    """Writes sentences for a person; on a real terminal passing ones share a line."""

    def __init__(self, output: TextIO = sys.stdout) -> None:
        self._output = output
        self._live = output.isatty()
        self._open_line = False
        self._said_passing = 0.0

    def __call__(self, sentence: str, *, passing: bool = False) -> None:
        if passing and not self._live:
            if time.monotonic() - self._said_passing < PASSING_SECONDS:
                return
            self._said_passing = time.monotonic()
        begin = "\r\x1b[K" if self._open_line else ""
        self._open_line = passing and self._live
        print(f"{begin}{sentence}", end="" if self._open_line else "\n", file=self._output, flush=True)


def also_logged(private: Private, tell: Callable[..., None]) -> Tell:
    """Says it, and keeps what is not passing in the supervisor's log with its time."""

    def both(sentence: str, *, passing: bool = False) -> None:
        if not passing:
            with suppress(OSError), private.log("supervisor").open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {sentence}\n")
        tell(sentence, passing=passing)

    return both
