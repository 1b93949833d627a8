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
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging.batch import Applier, Batch, Heard
from shared.messaging.pauses import Pauses
from shared.messaging.settling import Settler
from shared.postgres import errors, positions
from shared.postgres.positions import Partition
from shared.runtime.pulse import Pulse

log = structlog.get_logger(__name__)
DRAIN_SECONDS = 20  # less than rebalance_timeout_ms


class RecordsVanished(Exception):
    """Records that were not read are gone from the log: somebody has to say what to do, so the partition stops."""


@dataclass(slots=True)
class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One process's part of its group. `client` is set by `broker.listen`; `on_commit` is called after every commit.

    `fetched` is where the next fetch begins, `next` what the database has. One batch is in flight: while Postgres merges it the
    next one is decoded. A batch that was fetched before a rewind (an older `era`) is dropped: it will come again.
    """

    applier: Applier
    pulse: Pulse
    on_commit: Sequence[Callable[[], None]] = ()
    client: Callable[[], AIOKafkaConsumer | None] = lambda: None
    fetched: dict[Partition, int] = field(default_factory=dict)
    next: dict[Partition, int] = field(default_factory=dict)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    flight: asyncio.Task[None] | None = None
    era: int = 0
    leaving: bool = False
    pauses: Pauses = field(default_factory=Pauses)
    settler: Settler = field(init=False)

    def __post_init__(self) -> None:
        self.settler = Settler(self.applier, self.pulse, lambda: self.leaving, self.on_applied)

    @property
    def kafka(self) -> AIOKafkaConsumer | None:
        return self.client()

    async def on_batch(self, records: list[ConsumerRecord]) -> None:
        """Decode a batch while the one before is merged, then let it fly; nothing leaves the handler."""
        async with self.busy:
            begins = dict(self.fetched)
            try:
                await self.launch(records)
            except asyncio.CancelledError:
                self.rewind(begins)
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                log.error("batch_cancelled_by_a_stranger")
            except Exception as error:
                log.error("batch_given_back", error=repr(error)[:300])
                self.pulse.failed(error, passing=errors.is_passing(error))
                self.rewind(begins)
                await asyncio.sleep(1)

    async def launch(self, records: list[ConsumerRecord]) -> None:
        era = self.era
        batch = await self.take(records)
        if batch is None:
            return
        heard = await self.applier.hear(batch)
        await self.drain()
        if era != self.era:
            return
        self.flight = asyncio.create_task(self.fly(batch, heard), name="batch")
        copied = asyncio.create_task(heard.copied.wait())
        await asyncio.wait({self.flight, copied}, return_when=asyncio.FIRST_COMPLETED)
        copied.cancel()

    async def fly(self, batch: Batch, heard: Heard) -> None:
        """One batch to its end, whatever that is: also where a stranger cancels it."""
        again = batch.begins
        with suppress(asyncio.CancelledError):
            again = await self.settler.settle(batch, heard)
        if again:
            self.rewind(again)

    def on_applied(self, batch: Batch, heard: Heard) -> None:
        self.next.update(batch.ends)
        self.committed()
        self.pause(self.pauses.note(batch.records, heard.outcomes))

    def committed(self) -> None:
        """Wake those who tell."""
        for wake in self.on_commit:
            wake()

    async def drain(self) -> None:
        """Wait for the batch in flight."""
        if self.flight is not None:
            await asyncio.wait({self.flight})
            self.flight = None

    async def take(self, records: list[ConsumerRecord]) -> Batch | None:
        """What was fetched, with where it begins and ends; None where a rebalance made it stale."""
        assert self.kafka is not None
        first: dict[Partition, int] = {}
        last: dict[Partition, int] = {}
        for record in records:
            partition = (record.topic, record.partition)
            first.setdefault(partition, record.offset)
            last[partition] = record.offset
        if any(partition not in self.fetched for partition in first):
            await self.adopt()
            return None
        begins = {partition: self.fetched[partition] for partition in first}
        ends = {partition: await self.kafka.position(TopicPartition(*partition)) for partition in first}
        if any(begins[p] > first[p] or ends[p] <= last[p] for p in first):
            log.warning("batch_is_stale", partitions=len(first))
            self.rewind(begins)
            return None
        await self.check_log({TopicPartition(*p): begins[p] for p in first if begins[p] < first[p]})
        self.fetched.update(ends)
        return Batch(records, begins, ends)

    async def check_log(self, gaps: Mapping[TopicPartition, int]) -> None:
        """A gap is a transaction's marker or what compaction took, unless the log itself begins later: then records vanished."""
        beginnings = await self.kafka.beginning_offsets(list(gaps)) if gaps and self.kafka is not None else {}
        for tp, beginning in beginnings.items():
            if beginning > gaps[tp]:
                raise RecordsVanished(f"{tp.topic}/{tp.partition}: the log begins at {beginning}, and we are at {gaps[tp]}")

    def rewind(self, offsets: Mapping[Partition, int]) -> None:
        """Fetch again from here whatever of it is still ours; what was fetched in between is dropped."""
        self.era += 1
        owned = set() if self.kafka is None else self.kafka.assignment()
        for partition in offsets.keys() | self.fetched.keys():
            offset = offsets.get(partition, self.next.get(partition))
            if self.kafka is not None and offset is not None and TopicPartition(*partition) in owned:
                self.kafka.seek(TopicPartition(*partition), offset)
                self.fetched[partition] = offset

    def pause(self, pauses: Mapping[str, float]) -> None:
        """Let a topic wait in Kafka whose records are mostly bad; it is tried again after these seconds."""
        assert self.kafka is not None
        for topic, seconds in pauses.items():
            held = [tp for tp in self.kafka.assignment() if tp.topic == topic]
            log.error("publisher_paused", topic=topic, seconds=seconds)
            self.kafka.pause(*held)
            asyncio.get_running_loop().call_later(seconds, self.resume, held)

    def resume(self, held: Collection[Any]) -> None:
        owned = set() if self.kafka is None else self.kafka.assignment()
        if self.kafka is not None:
            self.kafka.resume(*[tp for tp in held if tp in owned])

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Wait for the batch in flight: whoever gets these partitions starts where it ends."""
        self.leaving = True
        try:
            async with asyncio.timeout(DRAIN_SECONDS), self.busy:
                await self.drain()
        except TimeoutError:  # it may still be applied: whoever comes next finds its positions in the database
            log.error("batch_in_flight_at_rebalance", partitions=len(revoked))
        self.era += 1
        self.fetched.clear()
        self.next.clear()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Start where the database is."""
        self.leaving = False
        self.pulse.assigned(len(assigned))
        try:
            await self.adopt()
        except Exception as error:  # the database is away: the watch tries again, and nothing is heard before
            log.warning("positions_not_read", error=repr(error)[:300])

    async def adopt(self) -> None:
        """Partitions that are ours and whose position we have not read yet start where the database is."""
        assert self.kafka is not None
        assigned = [tp for tp in self.kafka.assignment() if (tp.topic, tp.partition) not in self.fetched]
        if not assigned:
            return
        stored = await positions.get_positions(self.applier.pool, [(tp.topic, tp.partition) for tp in assigned])
        unseen = [tp for tp in assigned if (tp.topic, tp.partition) not in stored]
        beginnings = await self.kafka.beginning_offsets(unseen) if unseen else {}
        for tp in assigned:
            offset = stored.get((tp.topic, tp.partition), beginnings.get(tp, 0))
            self.kafka.seek(tp, offset)
            self.fetched[tp.topic, tp.partition] = self.next[tp.topic, tp.partition] = offset

    async def announce_positions(self) -> None:
        """Tell Kafka where we are, once a second, for those who watch the lag; the truth is in the database."""
        told: dict[Partition, int] = {}
        while True:
            await asyncio.sleep(1)
            owned = set() if self.kafka is None else self.kafka.assignment()
            fresh = {TopicPartition(*p): o for p, o in self.next.items() if told.get(p) != o and TopicPartition(*p) in owned}
            if self.kafka is None or not fresh:
                continue
            try:
                await asyncio.wait_for(self.kafka.commit(fresh), 5)
                told.update(((tp.topic, tp.partition), offset) for tp, offset in fresh.items())
            except (KafkaError, TimeoutError) as error:
                log.info("position_not_told", error=repr(error)[:200])
