"""Does what a plan says: faults come in, broken processes, servers and networks go out, and a timeline of what was really done."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from tests.faults import breaking_processes, breaking_servers, breaking_work
from tests.faults.plan import Fault
from tests.faults.running import Running

AT_MOST_SECONDS = 120.0
DEEDS: dict[str, Callable[[Running, Fault], Awaitable[str]]] = {
    **breaking_processes.DEEDS,
    **breaking_servers.DEEDS,
    **breaking_work.DEEDS,
}


@dataclass(slots=True)
class Injector:
    """`timeline` says in order what began, what ended and how; `done` counts the faults that really happened, by kind."""

    running: Running
    began: float = field(default_factory=monotonic)
    timeline: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    async def inject(self, faults: list[Fault]) -> None:
        """Every fault at its time, each by itself; returns when all have ended."""
        await asyncio.gather(*(self.one(fault) for fault in faults))

    async def one(self, fault: Fault) -> None:
        await asyncio.sleep(max(0.0, self.began + fault.at - monotonic()))
        self.note(fault, "begins")
        try:
            async with asyncio.timeout(AT_MOST_SECONDS):
                outcome = await DEEDS[fault.kind](self.running, fault)
        except Exception as error:  # a fault that could not be done is said and not counted
            outcome = f"not done: {error!r}"[:300]
        if outcome.startswith("VIOLATION"):
            self.violations.append(f"{fault}: {outcome}")
        if not outcome.startswith("not done"):
            name = f"{fault.kind} {fault.detail}" if fault.kind == "failpoint" else fault.kind
            self.done[name] = self.done.get(name, 0) + 1
        self.note(fault, outcome or "over")

    def note(self, fault: Fault, what: str) -> None:
        self.timeline.append(f"{monotonic() - self.began:6.1f} s  {what:8} | {fault}")
