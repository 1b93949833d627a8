"""Freshness: events of all streams at a steady pace into the whole system; from the moment one is sent until a reader of the stream
has a figure with it.

p50_seconds, p99_seconds: alone · direct_…: of observations, which reporting hears itself, without a domain service before it ·
loaded_…: while a backfill of 3,000 listings a second runs beside it (at full size only); listings are not watched then, as nobody
can say which of them are in a value.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from benchmarks import listening, loading, mixed, pacing, servers, system
from benchmarks.measured import Row, percentile, row
from benchmarks.scope import Scope
from benchmarks.servers import Servers

CASE = "freshness"
EVENTS_A_SECOND, BACKFILL_A_SECOND = 500, 3_000
DIRECT, LOADED = "digital_economy_value", frozenset({"listings"})
WARM_SECONDS, WARM_SETTLE_SECONDS, SETTLE_SECONDS = 5, 60, 20


class NotSeen(Exception):
    """Events that no reader has seen in time."""


@dataclass(slots=True)
class Watched:
    """When events were sent and seen, by figure: the n-th is in every value from n on."""

    sent: dict[str, list[float]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    waited: dict[str, list[float]] = field(default_factory=dict)
    since: float = 0.0
    unwatched: frozenset[str] = frozenset()

    def on_sent(self, figure: str) -> None:
        if figure not in self.unwatched:
            self.sent.setdefault(figure, []).append(time.perf_counter())

    def on_value(self, figure: str, value: int) -> None:
        now = time.perf_counter()
        sent, before = self.sent.get(figure, []), self.seen.get(figure, 0)
        if figure not in self.unwatched:
            self.waited.setdefault(figure, []).extend(now - at for at in sent[before:value] if at >= self.since)
        self.seen[figure] = max(before, value)

    def missing(self) -> dict[str, int]:
        """How many events were sent and not seen, by figure."""
        behind = {figure: len(sent) - self.seen.get(figure, 0) for figure, sent in self.sent.items() if figure not in self.unwatched}
        return {figure: events for figure, events in behind.items() if events > 0}


async def run(scope: Scope) -> list[Row]:
    async with servers.running() as here, system.all_services(here) as four:
        watched, live = Watched(), mixed.sequence(mixed.kinds())
        async with listening.stream(four.api) as reader:
            following = asyncio.create_task(follow(reader, watched))
            try:
                scope.say(f"{EVENTS_A_SECOND} events a second for {scope.seconds} s")
                rows = await measure(here, watched, live, scope, "")
                if scope.seconds >= 60:
                    scope.say(f"and again beside a backfill of {BACKFILL_A_SECOND:,} a second")
                    watched.unwatched = LOADED
                    async with pacing.backfill(here.kafka.bootstrap, BACKFILL_A_SECOND):
                        rows += await measure(here, watched, live, scope, "loaded_")
            finally:
                following.cancel()
    return rows


async def follow(reader: asyncio.StreamReader, watched: Watched) -> None:
    async for data in listening.lines(reader):
        for figure, value in listening.figures(data):
            watched.on_value(figure, value)


async def measure(here: Servers, watched: Watched, live: Iterator[mixed.Kind], scope: Scope, prefix: str) -> list[Row]:
    """A steady pace; the first seconds, in which topics are found, do not count."""
    await loading.send(here.kafka.bootstrap, live, EVENTS_A_SECOND, WARM_SECONDS, watched.on_sent)
    await settled(watched, WARM_SETTLE_SECONDS)
    watched.waited.clear()
    watched.since = time.perf_counter()
    await loading.send(here.kafka.bootstrap, live, EVENTS_A_SECOND, scope.seconds, watched.on_sent)
    await settled(watched)
    of = partial(row, CASE)
    scope.say(by_figure(watched))
    waited = [seconds for figure in watched.waited.values() for seconds in figure]
    return [
        of(f"{prefix}p50_seconds", [percentile(waited, 50)]),
        of(f"{prefix}p99_seconds", [percentile(waited, 99)]),
        of(f"{prefix}most_seconds", [max(waited)]),
        of(f"{prefix}direct_p50_seconds", [percentile(watched.waited[DIRECT], 50)]),
        of(f"{prefix}events_watched", [float(len(waited))]),
    ]


def by_figure(watched: Watched) -> str:
    """Which way is the slow one: median and p99 of each figure."""
    of = {name: (percentile(waited, 50), percentile(waited, 99)) for name, waited in watched.waited.items() if waited}
    return "; ".join(f"{name} {median:.2f}/{slow:.2f} s" for name, (median, slow) in of.items())


async def settled(watched: Watched, seconds: float = SETTLE_SECONDS) -> None:
    """Everything that was sent has been seen; else what was not is said."""
    try:
        async with asyncio.timeout(seconds):
            while watched.missing():  # noqa: ASYNC110  bounded above
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise NotSeen(f"after {seconds} s these events of figures are in no value: {watched.missing()}") from None
