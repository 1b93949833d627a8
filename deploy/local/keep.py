"""Keeps one process running. In: how it starts; out: always one that runs, started again with back-off when it dies, which is said."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from deploy.local import child
from deploy.local.child import Child
from deploy.local.telling import Tell
from deploy.local.trouble import Trouble

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
# whoever ran this long was well: the next wait is short again
WELL_SECONDS = 60.0


@dataclass(slots=True)
class Kept:
    """A process that is to run until we end it; `ends_well` for one that may finish by itself."""

    name: str
    start: Callable[[], Awaitable[Child]]
    tell: Tell
    changed: Callable[[], None]
    ends_well: bool = False
    child: Child | None = None

    async def begin(self) -> None:
        """The first start; what goes wrong here is the caller's to say."""
        self.child = await self.start()
        self.changed()

    async def go_on(self) -> None:
        """Watch it and start it again, for ever."""
        wait_seconds = FIRST_WAIT_SECONDS
        while True:
            began = time.monotonic()
            code = await child.ended(self.child) if self.child else None
            if code == 0 and self.ends_well:
                self.tell(f"{self.name} has finished.")
                return
            wait_seconds = FIRST_WAIT_SECONDS if time.monotonic() - began > WELL_SECONDS else wait_seconds
            if self.child:
                self.tell(f"{self.name} ended ({how(code)}) and is started again in {wait_seconds:g} s; its log: {self.child.log}")
            await asyncio.sleep(wait_seconds)
            wait_seconds = min(2 * wait_seconds, LONGEST_WAIT_SECONDS)
            await self.begin_again()

    async def begin_again(self) -> None:
        self.child = None
        try:
            await self.begin()
        except (Trouble, OSError, TimeoutError) as trouble:
            self.tell(f"{self.name} did not start: {trouble or type(trouble).__name__}")

    async def end(self, how: signal.Signals, timeout_seconds: float) -> None:
        if self.child:
            await child.stop(self.child, how, timeout_seconds)


def how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
