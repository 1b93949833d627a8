"""One run: a seed and a duration come in; a system is broken for so long, and what does not hold afterwards goes out."""

import asyncio
import datetime
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import asyncpg

from shared.events.topics import DOMAIN_SERVICES
from tests.faults import fleet, ground, plan, reading, sending
from tests.faults.checks import figures, quiet, rebuilding, records, recounting, telling
from tests.faults.failpoints import POINTS
from tests.faults.fleet import NAIVE, NAIVE_DATABASE
from tests.faults.injector import Injector
from tests.faults.reading import Placed
from tests.faults.running import Running, system
from tests.faults.sending import Publishing, lost
from tests.faults.steady import Watcher
from tests.faults.waiting import until
from tests.journey import report
from tests.journey.answers import Api
from tests.journey.blackbox import read_registry
from tests.oracle.records import Registry
from tests.oracle.recount import Recount

EVENTS_A_SECOND = 45
MOST_EVENTS, SPARE_EVENTS = 30_000, 400
SETTLED_SECONDS = 60.0
CROWDED = 2.5  # a machine with more waiting processes a core is not ours alone: then it may take twice as long
GIVE_UP_SECONDS = 240.0
LOOK_SECONDS = 1.0
TOLD_SECONDS = 40.0
CONTROL_SECONDS, CONTROL_KILLS, CONTROL_AT_MOST_SECONDS = 4.0, 3, 60.0


@dataclass(slots=True)
class Result:
    """`violations` are empty where everything held; `control` says what the naive consumer got wrong, empty where it got away."""

    seed: int
    duration: float
    violations: list[str] = field(default_factory=list)
    control: list[str] = field(default_factory=list)
    timeline: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    records: int = 0
    comparisons: int = 0
    answers: int = 0
    settled_seconds: float = 0.0

    @property
    def faults(self) -> int:
        return sum(self.done.values())

    @property
    def missed(self) -> list[str]:
        """Failpoints that nobody got to."""
        reached = {name.split(" ")[1] for name in self.done if name.startswith("failpoint")}
        return [point for point in POINTS if point not in reached]


@dataclass(slots=True)
class Run:
    """What a run has at hand while it goes on."""

    running: Running
    result: Result
    say: Callable[[str], None]
    stopped_at: float = 0.0
    broken_seconds: float = 0.0

    @property
    def registry(self) -> Registry:
        """As it is now: a fault may change it."""
        return read_registry(self.running.registry, "count")

    async def break_it(self) -> None:
        """Publish and inject at once; returns when all is over and everything works again."""
        result, running = self.result, self.running
        publishing, injector = Publishing(running.broker.bootstrap), Injector(running)
        watcher = Watcher(result.seed, running.fleet.of("reporting"))
        for record in sending.settlers(result.seed):
            publishing.send(record)
        await publishing.until_acknowledged()
        await watcher.until_seen()
        watching, killing = asyncio.create_task(watcher.watch()), asyncio.create_task(kill_control(running))
        injector.began = monotonic()
        try:
            faults = asyncio.create_task(injector.inject(plan.make(result.seed, result.duration, running.services)))
            await asyncio.gather(self.publish(publishing, faults.done), faults)
        finally:
            result.timeline, result.done = injector.timeline, Counter(injector.done)
        self.stopped_at = monotonic()
        self.broken_seconds = self.stopped_at - injector.began
        await self.converge(publishing.places)
        watching.cancel()
        killing.cancel()
        result.answers, result.records = watcher.answers, publishing.sent
        result.violations += [*injector.violations, *watcher.halves[:5], *watcher.halves[-1:]]

    async def publish(self, publishing: Publishing, is_over: Callable[[], bool]) -> None:
        """While faults happen, and a little longer where somebody has yet to get to a place that is armed."""
        events = min(int(EVENTS_A_SECOND * self.result.duration), MOST_EVENTS)
        timed, spare = sending.story(self.result.seed, events, SPARE_EVENTS, self.registry, self.result.duration)
        await publishing.spread(timed)
        await publishing.trickle(spare, is_over)
        await publishing.until_acknowledged()
        self.running.over.set()

    async def converge(self, acknowledged: Sequence[tuple[str, int, int]]) -> None:
        """Everything is live and every headline right again, within the promised time."""
        self.say(f"seed {self.result.seed}: {self.result.faults} faults were done and have stopped after {self.broken_seconds:.0f} s")
        log = await asyncio.to_thread(reading.inbound, self.running.broker.bootstrap)
        self.result.violations += lost(acknowledged, log)
        api, recount = self.api(), await asyncio.to_thread(self.recount, log)
        left: list[str] = []

        async def is_settled() -> bool:
            unready = await fleet.unready(list(self.running.fleet.products()))
            left[:] = unready or await asyncio.to_thread(unsettled, recount, api)
            return not left

        await until(is_settled, GIVE_UP_SECONDS - (monotonic() - self.stopped_at), LOOK_SECONDS)
        self.result.settled_seconds = monotonic() - self.stopped_at
        if left:
            self.result.violations.append(f"not live again after {self.result.settled_seconds:.0f} s: {left[:6]}")
        elif self.result.settled_seconds > promised_seconds():
            self.result.violations.append(f"live again only after {self.result.settled_seconds:.0f} s")
        await self.check(log, recount, api)

    def recount(self, log: Sequence[Placed]) -> Recount:
        return Recount([placed.record for placed in log], self.registry, datetime.datetime.now(datetime.UTC))

    def api(self) -> Api:
        return Api(self.running.fleet.of("reporting")[0].address)

    async def check(self, log: Sequence[Placed], recount: Recount, api: Api) -> None:
        violations = self.result.violations
        found = await asyncio.to_thread(figures.compare, recount, api, self.result.seed)
        self.result.comparisons = sum(found.asked.values())
        violations += found.differences[:20]
        violations += [note for note in found.notes if note.startswith("rejected")]
        refused = await asyncio.to_thread(records.refused_of, log, self.registry)
        for service in self.running.services:
            violations += (await records.differences(self.running, service, log, refused))[:20]
            violations += await recounting.differences(self.running, service)
        compared = monotonic() - self.stopped_at
        self.say(f"seed {self.result.seed}: live again after {self.result.settled_seconds:.0f} s, compared after {compared:.0f} s")
        violations += await self.told()
        domain = DOMAIN_SERVICES[self.result.seed % len(DOMAIN_SERVICES)]
        violations += await rebuilding.differences(self.running, (domain, "reporting"))
        violations += [*await quiet.hanging(self.running), *quiet.restarts(self.running, self.stopped_at)]
        violations += [*quiet.loud(self.running.private.logs), *quiet.alarms(self.running.private.logs)]
        self.result.control = await control(self.running, log)

    async def told(self) -> list[str]:
        """New relays tell everything, Kafka compacts it: then the last message of every cell is the cell."""
        uncompacted, left = await rebuilding.compact(self.running, DOMAIN_SERVICES), list[str]()

        async def is_told() -> bool:
            left[:] = await self.told_by(DOMAIN_SERVICES)
            return not left

        await until(is_told, TOLD_SECONDS, LOOK_SECONDS)
        return [*uncompacted, *left]

    async def told_by(self, services: Sequence[str]) -> list[str]:
        return [line for service in services for line in await telling.differences(self.running, service)]


async def kill_control(running: Running) -> None:
    """The naive consumer is killed whenever it has counted something, at least a few times: what is killed idle proves nothing."""
    kills, counted = 0, 0
    while kills < CONTROL_KILLS or not running.over.is_set():
        await asyncio.sleep(CONTROL_SECONDS)
        try:
            now = sum((await counts(running)).values())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # the server was broken in the middle of the question
            continue
        if now > counted:
            counted, kills = now, kills + 1
            for replica in running.fleet.of(NAIVE):
                replica.send(signal.SIGKILL)


def unsettled(recount: Recount, api: Api) -> list[str]:
    """What was not heard yet, or is not right yet; an answer that does not come is not right."""
    try:
        return [*report.unheard(recount, api), *report.headline_differences(recount, api.progress()), *figures.unlisted(recount, api)]
    except Exception as error:
        return [repr(error)[:200]]


def promised_seconds() -> float:
    crowded = os.getloadavg()[0] / (os.cpu_count() or 1) > CROWDED
    return SETTLED_SECONDS * (2 if crowded else 1)


async def counts(running: Running) -> dict[str, int]:
    """What the naive consumer has counted, by topic."""
    rows = await running.database.fetch("select topic, records from naive", database=NAIVE_DATABASE)
    return {row["topic"]: row["records"] for row in rows}


async def control(running: Running, log: Sequence[Placed]) -> list[str]:
    """What the naive consumer counted twice, as soon as it has read on that far; else what it says it has read and did not count."""
    truth, counted = Counter(placed.record.topic for placed in log), dict[str, int]()

    async def has_doubled() -> bool:
        counted.update(await counts(running))
        return any(counted.get(topic, 0) > number for topic, number in truth.items())

    doubled = await until(has_doubled, CONTROL_AT_MOST_SECONDS, LOOK_SECONDS)
    read = {} if doubled else await asyncio.to_thread(reading.committed, running.broker.bootstrap, NAIVE)
    told = [(topic, counted.get(topic, 0), number) for topic, number in sorted(truth.items())]
    return [f"{topic}: {count} of {number}" for topic, count, number in told if count > number or count < read.get(topic, 0)]


async def one(seed: int, duration: float, say: Callable[[str], None], *, kept: Path | None = None, without: str = "") -> Result:
    """A fresh system, broken, recounted and removed. `kept` gets the logs; `without="lock"` takes our own lock away."""
    result = Result(seed, duration)
    began = monotonic()
    with ground.private_folder(kept) as private:
        async with system(private, without=without) as running:
            began = monotonic() - began
            say(f"seed {seed}: {len(running.fleet.replicas)} processes of {len(running.services)} services and {NAIVE} after {began:.0f} s")
            await Run(running, result, say).break_it()
    return result
