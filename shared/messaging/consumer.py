"""How a service hears: raw batches come in from Kafka, each is applied once, in order, whatever fails in between.

Identity: one consumer group a service. Start: the positions in the service's own database; a partition never seen starts at
its beginning. Order: one batch at a time. Errors: the database or the broker away → back off, keep the position; a record
the database refuses → found by bisection, quarantined; a surprise in our own code → the partition stops and says so.
Nothing may leave the handler: under manual acknowledgement FastStream would go on past the batch.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging.batch import Applier, Batch, Heard
from shared.messaging.pauses import Pauses
from shared.messaging.place import Place
from shared.messaging.settling import Settler
from shared.postgres import errors
from shared.postgres.positions import Partition
from shared.runtime.pulse import Pulse

log = structlog.get_logger(__name__)
DRAIN_SECONDS = 20  # less than rebalance_timeout_ms
UNTOLD_SECONDS = 5  # a commit that fails makes the client join its group again: not at every turn


@dataclass(slots=True)
class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One process's part of its group. `place.client` is set by `broker.listen`; `on_commit` is called after every commit.

    One batch is in flight: while Postgres merges it the next one is decoded. A batch that was fetched before a rewind (an older era
    of our place in the log) is dropped: it will come again.
    """

    applier: Applier
    pulse: Pulse
    on_commit: Sequence[Callable[[], None]] = ()
    place: Place = field(init=False)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    flight: asyncio.Task[None] | None = None
    leaving: bool = False
    pauses: Pauses = field(default_factory=Pauses)
    settler: Settler = field(init=False)

    def __post_init__(self) -> None:
        self.place = Place(self.applier.pool)
        self.pulse.vanished = self.place.vanished
        self.settler = Settler(self.applier, self.pulse, lambda: self.leaving, self.on_applied)

    @property
    def kafka(self) -> AIOKafkaConsumer | None:
        return self.place.client()

    async def on_batch(self, records: list[ConsumerRecord]) -> None:
        """Decode a batch while the one before is merged, then let it fly; nothing leaves the handler."""
        async with self.busy:
            try:
                await self.launch(records)
                return
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                log.error("batch_cancelled_by_a_stranger")
            except Exception as error:
                log.error("batch_given_back", error=repr(error)[:300])
                self.pulse.failed(error, passing=errors.is_passing(error))
                await asyncio.sleep(1)
            await self.drain()
            self.place.rewind({})

    async def launch(self, records: list[ConsumerRecord]) -> None:
        era = self.place.era
        batch = await self.place.take(records)
        if batch is None:
            return
        heard = await self.applier.hear(batch)
        await self.drain()
        if era != self.place.era:
            return
        self.flight = asyncio.create_task(self.fly(batch, heard), name="batch")
        merging = asyncio.create_task(heard.merging.wait())
        await asyncio.wait({self.flight, merging}, return_when=asyncio.FIRST_COMPLETED)
        merging.cancel()

    async def fly(self, batch: Batch, heard: Heard) -> None:
        """One batch to its end, whatever that is: also where a stranger cancels it."""
        again = batch.begins
        with suppress(asyncio.CancelledError):
            again = await self.settler.settle(batch, heard)
        if again:
            self.place.rewind(again)

    def on_applied(self, batch: Batch, heard: Heard) -> None:
        self.place.next.update({p: end for p, end in batch.ends.items() if p in self.place.next})
        self.committed()
        self.pause(self.pauses.note(batch.runs, heard.outcomes))

    def committed(self) -> None:
        """Wake those who tell."""
        for wake in self.on_commit:
            wake()

    async def drain(self) -> None:
        """Wait for the batch in flight."""
        if self.flight is not None:
            await asyncio.wait({self.flight})
            self.flight = None

    def pause(self, pauses: Mapping[str, float]) -> None:
        """Let a topic wait in Kafka whose records are mostly bad; it is tried again after these seconds."""
        if self.kafka is None:
            return
        for topic, seconds in pauses.items():
            log.error("publisher_paused", topic=topic, seconds=seconds)
            self.pulse.pause(topic, seconds)
            self.kafka.pause(*[tp for tp in self.kafka.assignment() if tp.topic == topic])
            self.resume_in(seconds, topic)

    def resume_in(self, seconds: float, topic: str) -> None:
        asyncio.get_running_loop().call_later(seconds, self.resume, topic)

    def resume(self, topic: str) -> None:
        """When its time is over: it may have been paused again, by what had been fetched before."""
        left = self.pulse.waiting().get(topic)
        if left:
            self.resume_in(left, topic)
        if left != 0 or self.kafka is None:
            return
        self.pulse.resume(topic)
        held = [tp for tp in self.kafka.assignment() if tp.topic == topic]
        self.kafka.resume(*[tp for tp in held if (tp.topic, tp.partition) not in self.place.vanished])

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Wait for the batch in flight: whoever gets these partitions starts where it ends."""
        self.leaving = True
        try:
            async with asyncio.timeout(DRAIN_SECONDS), self.busy:
                await self.drain()
        except TimeoutError:  # it may still be applied: whoever comes next finds its positions in the database
            log.error("batch_in_flight_at_rebalance", partitions=len(revoked))
        self.place.clear()
        self.pulse.resume(*list(self.pulse.paused))

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Start where the database is."""
        self.leaving = False
        self.pulse.assigned(len(assigned))
        try:
            await self.place.adopt()
        except Exception as error:  # the database is away: the watch tries again, and nothing is heard before
            log.warning("positions_not_read", error=repr(error)[:300])

    async def announce_positions(self) -> None:
        """Tell Kafka where we are, once a second, for those who watch the lag; the truth is in the database."""
        told: dict[Partition, int] = {}
        while True:
            await asyncio.sleep(1)
            owned = set() if self.kafka is None else self.kafka.assignment()
            fresh = {TopicPartition(*p): o for p, o in self.place.next.items() if told.get(p) != o and TopicPartition(*p) in owned}
            if self.kafka is None or not fresh:
                continue
            try:
                await asyncio.wait_for(self.kafka.commit(fresh), 5)
                told.update(((tp.topic, tp.partition), offset) for tp, offset in fresh.items())
            except (KafkaError, TimeoutError) as error:
                log.info("position_not_told", error=repr(error)[:200])
                await asyncio.sleep(UNTOLD_SECONDS)
