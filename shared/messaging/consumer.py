"""How a service hears: raw batches come in from Kafka, each is applied once, in order, whatever fails in between.

Identity: one consumer group a service. Start: the positions in the service's own database; a partition never seen starts at
its beginning. Order: one batch at a time. Errors: the database or the broker away → back off, keep the position; a record
the database refuses → found by bisection, quarantined; a surprise in our own code → the partition stops and says so.
Nothing may leave the handler: under manual acknowledgement FastStream would go on past the batch.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.events.reasons import Refused
from shared.messaging.batch import Applier, Batch
from shared.messaging.decode import Rejection, reject
from shared.messaging.pauses import Pauses
from shared.postgres import errors, positions
from shared.postgres.positions import Partition, PositionMoved
from shared.runtime.pulse import Pulse

log = structlog.get_logger(__name__)
RETRY_SECONDS = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 10.0, 10.0)  # then the batch is given back and fetched anew
DRAIN_SECONDS = 20  # less than rebalance_timeout_ms


@dataclass(slots=True)
class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One process's part of its group. `client` is set by `broker.listen`; `committed` is set after every commit."""

    applier: Applier
    pulse: Pulse
    client: Callable[[], AIOKafkaConsumer | None] = lambda: None
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    next: dict[Partition, int] = field(default_factory=dict)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    leaving: bool = False
    pauses: Pauses = field(default_factory=Pauses)

    @property
    def kafka(self) -> AIOKafkaConsumer | None:
        return self.client()

    async def on_batch(self, records: list[ConsumerRecord]) -> None:
        """Apply a batch or rewind to before it; returns either way."""
        async with self.busy:
            begins = dict(self.next)
            try:
                batch = await self.take(records)
                if batch is not None:
                    await self.settle(batch)
            except asyncio.CancelledError:
                self.rewind(begins)
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                log.error("batch_cancelled_by_a_stranger")
            except Exception as error:  # nothing may leave the handler
                log.error("batch_given_back", error=repr(error)[:300])
                self.rewind(begins)
                await asyncio.sleep(1)

    async def take(self, records: list[ConsumerRecord]) -> Batch | None:
        """What was fetched, with where it begins and ends; None where a rebalance made it stale."""
        assert self.kafka is not None
        first: dict[Partition, int] = {}
        last: dict[Partition, int] = {}
        for record in records:
            partition = (record.topic, record.partition)
            first.setdefault(partition, record.offset)
            last[partition] = record.offset
        if any(partition not in self.next for partition in first):
            await self.adopt()
            return None
        ends = {partition: await self.kafka.position(TopicPartition(*partition)) for partition in first}
        if any(self.next[p] > first[p] or ends[p] <= last[p] for p in first):
            log.warning("batch_is_stale", partitions=len(first))
            self.rewind({partition: self.next[partition] for partition in first})
            return None
        return Batch(records, {partition: self.next[partition] for partition in first}, ends)

    async def settle(self, batch: Batch) -> None:
        """Try until applied, moved elsewhere, or given back; then the positions are told to Kafka in the background."""
        for delay in RETRY_SECONDS:
            try:
                await self.apply(batch, {})
                return
            except PositionMoved as moved:
                log.warning("position_moved", stored={f"{t}/{p}": o for (t, p), o in moved.stored.items()})
                self.rewind({**batch.begins, **moved.stored})
                return
            except Exception as error:
                self.pulse.failed(error, passing=errors.is_passing(error))
                log.warning("batch_failed", error=repr(error)[:300], passing=errors.is_passing(error), retry_seconds=delay)
                await asyncio.sleep(delay)
                if self.leaving:
                    break
        self.rewind(batch.begins)

    async def apply(self, batch: Batch, refused: Mapping[int, Rejection]) -> None:
        heard = self.applier.hear(batch, refused)
        try:
            await self.applier.apply_batch(batch, heard)
        except Exception as error:
            if not errors.is_data(error):
                raise
            await self.bisect(batch, error)
            return
        self.next.update(batch.ends)
        self.pulse.beat(len(batch.records), batch.records[-1].timestamp)
        self.committed.set()
        self.pause(self.pauses.note(batch.records, heard.outcomes))

    async def bisect(self, batch: Batch, error: Exception) -> None:
        """Some record is at fault: halve until it is alone on fresh connections, then it is quarantined, and its neighbours are not."""
        await self.applier.pool.expire_connections()
        if len(batch.records) == 1:
            log.error("record_refused_by_database", topic=batch.records[0].topic, offset=batch.records[0].offset, error=repr(error)[:300])
            refused = Refused("apply-failed", "", "a value that the database takes", repr(error)[:200])
            await self.applier.apply_batch(batch, self.applier.hear(batch, {0: reject(batch.records[0], refused)}))
            self.next.update(batch.ends)
            return
        half = len(batch.records) // 2
        for part in halves(batch, half):
            await self.apply(part, {})

    def rewind(self, offsets: Mapping[Partition, int]) -> None:
        """Fetch again from here whatever of it is still ours."""
        assert self.kafka is not None
        owned = self.kafka.assignment()
        for partition, offset in offsets.items():
            if TopicPartition(*partition) in owned:
                self.kafka.seek(TopicPartition(*partition), offset)
                self.next[partition] = offset

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
                self.next.clear()
        except TimeoutError:
            log.error("batch_in_flight_at_rebalance", partitions=len(revoked))
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
        assigned = [tp for tp in self.kafka.assignment() if (tp.topic, tp.partition) not in self.next]
        if not assigned:
            return
        stored = await positions.get_positions(self.applier.pool, [(tp.topic, tp.partition) for tp in assigned])
        unseen = [tp for tp in assigned if (tp.topic, tp.partition) not in stored]
        beginnings = await self.kafka.beginning_offsets(unseen) if unseen else {}
        for tp in assigned:
            offset = stored.get((tp.topic, tp.partition), beginnings.get(tp, 0))
            self.kafka.seek(tp, offset)
            self.next[tp.topic, tp.partition] = offset

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


def halves(batch: Batch, half: int) -> list[Batch]:
    """Two batches, one after the other, that together are this one."""
    middle = dict(batch.begins)
    for record in batch.records[:half]:
        middle[record.topic, record.partition] = record.offset + 1
    last = {(record.topic, record.partition) for record in batch.records[half:]}
    middle = {partition: offset if partition in last else batch.ends[partition] for partition, offset in middle.items()}
    parts = [(batch.records[:half], batch.begins, middle), (batch.records[half:], middle, batch.ends)]
    return [Batch(records, *within(records, begins, ends)) for records, begins, ends in parts]


def within(
    records: Any, begins: Mapping[Partition, int], ends: Mapping[Partition, int]
) -> tuple[dict[Partition, int], dict[Partition, int]]:
    """Only the partitions that these records are of."""
    present = {(record.topic, record.partition) for record in records}
    return {p: begins[p] for p in present}, {p: ends[p] for p in present}
