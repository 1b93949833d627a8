"""The log from its beginning, for whoever rebuilds: positions of live come in, everything before them goes into the shadow.

Without a group: every partition that live has read, from its first record to live's position and not one further, through the same
decoding, folding and transaction of a batch. Errors: as for live (a record that the database refuses is found and quarantined).
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.messaging import careful
from shared.messaging.batch import Applier, Batch, Heard
from shared.messaging.broker import BATCH_RECORDS
from shared.messaging.settling import Settler
from shared.postgres.positions import Partition, get_positions
from shared.runtime.pulse import Pulse

log = structlog.get_logger(__name__)
POLL_MS = 500
STALLED_SECONDS = 60
Part = tuple[Sequence[ConsumerRecord], Mapping[TopicPartition, int]]


class LogUnreadable(Exception):
    """Records that live has read cannot be read again: nothing was changed."""


def open_log(bootstrap_servers: str) -> AIOKafkaConsumer:
    careful.install()
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        request_timeout_ms=30_000,
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )


@dataclass(slots=True)
class Replaying:
    """`next` is where each partition was read to."""

    kafka: AIOKafkaConsumer
    applier: Applier
    next: dict[Partition, int] = field(default_factory=dict)
    settler: Settler = field(init=False)

    def __post_init__(self) -> None:
        self.settler = Settler(self.applier, Pulse(), lambda: False, lambda _batch, _heard: None)

    def behind(self, targets: Mapping[Partition, int]) -> int:
        """How many offsets are left to read."""
        return sum(max(0, target - self.next.get(partition, 0)) for partition, target in targets.items())

    async def read_to(self, targets: Mapping[Partition, int]) -> None:
        """Read and apply everything before these offsets."""
        self.next.update(await get_positions(self.applier.pool, list(targets)))  # a round may have been broken off
        await self.begin([partition for partition in targets if partition not in self.next])
        spans = {TopicPartition(*p): (self.next[p], target) for p, target in targets.items()}
        async for records, ends in read(self.kafka, spans, STALLED_SECONDS):
            await self.apply(records, {(tp.topic, tp.partition): end for tp, end in ends.items()})

    async def begin(self, partitions: Collection[Partition]) -> None:
        """Find where the log of these begins: at 0, unless somebody removed records, which is said."""
        if not partitions:
            return
        there = await asyncio.wait_for(self.kafka.topics(), 30)
        gone = sorted({topic for topic, _ in partitions} - set(there))
        if gone:
            raise LogUnreadable(f"live has read topics that are gone: {', '.join(gone[:10])}")
        beginnings = await asyncio.wait_for(self.kafka.beginning_offsets([TopicPartition(*p) for p in partitions]), 60)
        for tp, offset in beginnings.items():
            self.next[tp.topic, tp.partition] = offset
            if offset > 0:
                log.warning("log_begins_later", topic=tp.topic, partition=tp.partition, offset=offset)

    async def apply(self, records: Sequence[ConsumerRecord], ends: Mapping[Partition, int]) -> None:
        """Apply what was read, up to these offsets."""
        batch = Batch(records, {partition: self.next[partition] for partition in ends}, ends)
        if not records:  # markers of transactions, or what compaction took
            await self.applier.apply_batch(batch, Heard())
        elif await self.settler.settle(batch, await self.applier.hear(batch)):
            raise LogUnreadable("a batch could not be applied: the log of this command says why")
        self.next.update(ends)


async def read(kafka: AIOKafkaConsumer, spans: Mapping[TopicPartition, tuple[int, int]], patience_seconds: float) -> AsyncIterator[Part]:
    """Everything from and before these offsets, part by part: records, and where each partition that moved was read to with them."""
    read_to = {tp: begin for tp, (begin, end) in spans.items() if begin < end}
    kafka.assign(list(read_to))
    for tp, begin in read_to.items():
        kafka.seek(tp, begin)
    moved_at = monotonic()
    while read_to:
        fetched = await kafka.getmany(*read_to, timeout_ms=POLL_MS, max_records=BATCH_RECORDS)
        ends = {tp: min(await kafka.position(tp), spans[tp][1]) for tp in read_to}
        moved = {tp: end for tp, end in ends.items() if end > read_to[tp]}
        if moved:
            yield [record for tp, found in fetched.items() for record in found if record.offset < ends[tp]], moved
            moved_at = monotonic()
        elif monotonic() - moved_at > patience_seconds:
            raise LogUnreadable(f"nothing comes of {len(read_to)} partitions, the first {min(read_to)}, within {patience_seconds} s")
        done = [tp for tp, end in ends.items() if end >= spans[tp][1]]
        kafka.pause(*done)
        read_to = {tp: end for tp, end in ends.items() if tp not in done}
