"""Who watches: a process's loop, its servers and the registry come in; readiness, a restart or a recount goes out.

The consume loop can die or hang without a word, and the client's own limits do not notice (its idle time reads 0 after one error):
so the process ends itself, and whoever supervises starts it anew.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import structlog
from aiokafka import TopicPartition

from shared.messaging.batch import QUERIES
from shared.messaging.consumer import Consumer
from shared.messaging.registry import Registry
from shared.postgres.connection import Connection, Pool
from shared.runtime import clock
from shared.runtime.pulse import Pulse
from shared.runtime.question import Question

log = structlog.get_logger(__name__)
EVERY_SECONDS = 2
TOPICS_EVERY = 5  # turns: Kafka is asked which topics these are
HUNG_SECONDS = 60
START_SECONDS = 180
ANSWER_SECONDS = 3


@dataclass(slots=True)
class Watch:
    """`recount(connection, number, month)` counts everything anew from the facts."""

    pulse: Pulse
    pool: Pool
    subscriber: Any
    consumer: Consumer
    registry: Registry
    recount: Callable[[Connection, int, int], Awaitable[None]]
    checked: bool = False
    waits_since: float | None = None
    database: Question = field(init=False)
    broker: Question = field(init=False)

    def __post_init__(self) -> None:
        self.database = Question(lambda: self.pool.fetchval("select true"), ANSWER_SECONDS)
        self.broker = Question(self.ask_kafka, ANSWER_SECONDS)

    async def run(self) -> None:
        """Look every two seconds; returns (which ends the process) where the consume loop is dead or hung."""
        following = asyncio.create_task(self.follow(), name="follow")
        try:
            while not (dead := self.verdict()):
                answers = await asyncio.gather(self.database.is_answered(), self.broker.is_answered())
                self.pulse.ready["database"], self.pulse.ready["kafka"] = answers
                await asyncio.sleep(EVERY_SECONDS)
        finally:
            following.cancel()
        log.error("consume_loop_is_dead", reason=dead)

    async def follow(self) -> None:
        """What may wait for the database for long, and must not keep the watch."""
        for turn in itertools.count():
            await self.adopt()
            if turn % TOPICS_EVERY == 0:
                await self.follow_topics()
            await self.follow_registry()
            await asyncio.sleep(EVERY_SECONDS)

    def verdict(self) -> str:
        if self.pulse.outlived:
            return "the database was restored to an older state: a process that remembers the newer one begins anew"
        if self.consumer.kafka is None:
            return "no start" if monotonic() - self.pulse.started > START_SECONDS else ""
        if any(task.done() for task in self.subscriber.tasks):
            return "its task ended"
        return self.coordination() or ("records wait, and none was applied" if self.hangs() else "")

    def coordination(self) -> str:
        """The client's own task that keeps it in its group: once it has ended every fetch fails, for ever."""
        coordinator = getattr(self.consumer.kafka, "_coordinator", None)
        try:
            if coordinator is not None:
                coordinator.check_errors()
        except Exception as error:
            return repr(error)[:300]
        return ""

    def hangs(self) -> bool:
        """Records have waited for long, and meanwhile nothing was applied and nothing failed, though something is at it.

        A lag alone is no hang: what an open or aborted transaction holds is counted by the broker and never handed out.
        """
        flight = self.consumer.flight
        if self.lag() == 0 or not (self.consumer.busy.locked() or (flight is not None and not flight.done())):
            self.waits_since = None
            return False
        self.waits_since = self.waits_since or monotonic()
        since = max(self.waits_since, self.pulse.last_beat)
        return monotonic() - since > HUNG_SECONDS and self.pulse.failing_since is None

    def lag(self) -> int:
        """Records that wait in our partitions, as far as the client knows; paused ones do not count."""
        kafka = self.consumer.kafka
        paused = kafka.paused() if kafka is not None else set()
        ours = [TopicPartition(*p) for p in self.consumer.place.next]
        ends = {tp: kafka.highwater(tp) for tp in ours if kafka is not None and tp in kafka.assignment() and tp not in paused}
        return sum(max(0, (end or 0) - self.consumer.place.next[tp.topic, tp.partition]) for tp, end in ends.items())

    async def adopt(self) -> None:
        """Partitions that came while the database was away."""
        if self.consumer.kafka is None or self.consumer.busy.locked():
            return
        try:
            async with self.consumer.busy:
                await self.consumer.place.adopt()
        except Exception as error:
            log.warning("positions_not_read", error=repr(error)[:200])

    async def follow_topics(self) -> None:
        """Whether topics are still those that were read: asked while batches go on, also where one follows the other; and whether somebody
        decided what becomes of those that are not."""
        place = self.consumer.place
        try:
            anew = await place.list_made_anew(list(place.fetched))
            if anew or place.vanished:
                async with self.consumer.busy:
                    await self.consumer.drain()
                    await place.lose_topics(anew)
                    await place.find_again()
        except Exception as error:
            log.warning("topics_not_followed", error=repr(error)[:200])

    async def ask_kafka(self) -> object:
        """Where one of our partitions ends; without any, what topics there are."""
        kafka = self.consumer.kafka
        if kafka is None:
            raise OSError("not connected yet")
        ours = list(kafka.assignment())[:1]
        return await kafka.end_offsets(ours) if ours else await kafka.topics()

    async def follow_registry(self) -> None:
        """A changed registry decides anew who counts and who leads."""
        try:
            if not (self.registry.reload() or not self.checked):
                return
            async with self.pool.acquire() as connection, connection.transaction():
                await connection.execute(QUERIES.lock)
                if await self.registry.changed(connection):
                    log.info("registry_changed")
                    await self.recount(connection, await connection.fetchval(QUERIES.next_number), clock.present_month())
            self.checked = True
            self.consumer.committed()
        except Exception as error:
            self.checked = False
            log.error("registry_not_followed", error=repr(error)[:300])
