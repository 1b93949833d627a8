"""Where a process is in the log: fetched records come in, a batch that begins where the last one ended goes out.

The truth is in the database (`positions`); here is what follows from it until the next commit. What was fetched and is not handed on
is sought again, so no record is passed over; a partition whose records vanished is set aside, and says so. What our own services tell is
state, or a log that we have read already: where that was made anew it is read from its beginning.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from confluent_kafka import KafkaException

from shared.events import topics
from shared.messaging.batch import QUERIES, Batch, runs
from shared.postgres import ids, positions
from shared.postgres.connection import Pool
from shared.postgres.positions import Partition

log = structlog.get_logger(__name__)
Offsets = dict[Partition, int]
MADE_ANEW = "the topic was deleted and made anew"
ASK_SECONDS, ASK_AT_ASSIGNMENT_SECONDS = 10.0, 1.0  # in an assignment the client says nothing to its group: it would be taken for dead


async def without_ids(_: Collection[str]) -> Mapping[str, str]:
    """Nobody says which topic is which."""
    return {}


@dataclass(slots=True)
class Place:
    """`fetched` is where the next fetch begins, `next` what the database has, by partition that is ours.

    `era` grows when what was fetched is dropped. `vanished` are partitions whose log no longer has what comes next: paused until
    somebody decides (a topic made anew, records deleted before they were read): then the database is no longer where we were (`lost_at`).
    """

    pool: Pool
    client: Callable[[], AIOKafkaConsumer | None] = lambda: None
    fetched: Offsets = field(default_factory=dict)
    next: Offsets = field(default_factory=dict)
    vanished: dict[Partition, str] = field(default_factory=dict)
    lost_at: Offsets = field(default_factory=dict)
    era: int = 0
    ids: Callable[[Collection[str]], Awaitable[Mapping[str, str]]] = without_ids

    @property
    def kafka(self) -> AIOKafkaConsumer:
        kafka = self.client()
        assert kafka is not None
        return kafka

    async def take(self, records: Sequence[ConsumerRecord]) -> Batch | None:
        """What was fetched, with where it begins and ends; None where it has to be fetched again."""
        era, spans = self.era, runs(records)
        first = {partition: records[start].offset for partition, start, _ in reversed(spans)}
        last = {partition: records[end - 1].offset for partition, _, end in spans}
        if any(partition not in self.fetched for partition in first if partition not in self.vanished):
            await self.adopt()
            self.seek_again()
            return None
        ends = {p: await self.kafka.position(TopicPartition(*p)) for p in first if p in self.fetched}
        await self.set_aside({p: first[p] for p in ends})
        begins = {p: self.fetched[p] for p in ends if p in self.fetched}
        if era != self.era:
            return None
        if any(begins[p] > first[p] or ends[p] <= last[p] for p in begins):
            log.warning("batch_is_stale", partitions=len(begins))
            self.seek_again()
            return None
        self.fetched.update({p: ends[p] for p in begins})
        if len(begins) == len(first):
            return Batch(records, begins, ends, spans)
        kept = [r for r in records if (r.topic, r.partition) in begins]
        return Batch(kept, begins, {p: ends[p] for p in begins}) if kept else None

    async def set_aside(self, first: Mapping[Partition, int]) -> None:
        """Partitions whose log begins after our position, or ends before it. Any other gap is a transaction's or compaction's."""
        gaps = {TopicPartition(*p): self.fetched[p] for p in first if self.fetched[p] < first[p]}
        back = {TopicPartition(*p): self.fetched[p] for p in first if self.fetched[p] > first[p]}
        begins = await self.kafka.beginning_offsets(list(gaps)) if gaps else {}
        ends = await self.kafka.end_offsets(list(back)) if back else {}
        why = {tp: f"the log begins at {begin}, and we are at {gaps[tp]}" for tp, begin in begins.items() if begin > gaps[tp]}
        why |= {tp: f"the log ends at {end}, and we are at {back[tp]}" for tp, end in ends.items() if end < back[tp]}
        await self.lose(why)

    async def lose_topics(self, anew: Collection[str]) -> None:
        """What was read is another topic now: once that has grown past our position, its records follow without any gap."""
        await self.lose({TopicPartition(*p): MADE_ANEW for p in self.fetched if p[0] in anew})

    async def list_made_anew(self, partitions: Collection[Partition], seconds: float = ASK_SECONDS) -> Collection[str]:
        """Topics of these that are not the ones that were read; where nobody answers none, and the watch asks again."""
        try:
            known = await asyncio.wait_for(self.ids({topic for topic, _ in partitions}), seconds)
        except (KafkaException, TimeoutError) as error:
            log.warning("topics_not_looked_at", error=repr(error)[:200])
            return ()
        return await ids.list_made_anew(self.pool, known)

    async def lose(self, why: Mapping[TopicPartition, str]) -> None:
        """These logs no longer have what comes next: a publisher's waits for somebody to decide, our own begins again."""
        ours = [tp for tp in why if topics.parse(tp.topic) is None]
        for tp in why.keys() - set(ours):
            self.vanish(tp, why[tp])
        if ours:
            log.error("own_topic_begins_again", partitions={f"{tp.topic}/{tp.partition}": why[tp] for tp in ours})
            beginnings = {(tp.topic, tp.partition): offset for tp, offset in (await self.kafka.beginning_offsets(ours)).items()}
            known = await self.ids({tp.topic for tp in ours})
            async with self.pool.acquire() as connection, connection.transaction():
                await connection.execute(QUERIES.lock)
                await ids.start_over(connection, beginnings, known)
            self.next.update(beginnings)
            self.rewind({})

    def vanish(self, tp: TopicPartition, why: str) -> None:
        log.error("records_vanished", topic=tp.topic, partition=tp.partition, why=why)
        self.kafka.pause(tp)
        self.vanished[tp.topic, tp.partition] = f"{tp.topic}/{tp.partition}: {why}"
        self.lost_at[tp.topic, tp.partition] = self.fetched.pop((tp.topic, tp.partition))
        self.next.pop((tp.topic, tp.partition), None)

    async def find_again(self) -> None:
        """Somebody decided about partitions that vanished (`make accept`): they are read on. No batch may be in flight.

        Their positions moved, or their topic was made anew and is the one to read now.
        """
        stored = await positions.get_positions(self.pool, list(self.vanished))
        known = await self.ids({topic for topic, _ in self.vanished})
        accepted = known.keys() - set(await ids.list_made_anew(self.pool, known))
        for partition in [
            p for p, why in self.vanished.items() if stored.get(p) != self.lost_at[p] or (MADE_ANEW in why and p[0] in accepted)
        ]:
            del self.vanished[partition]
            if TopicPartition(*partition) in self.kafka.assignment():
                self.kafka.resume(TopicPartition(*partition))

    def seek_again(self) -> None:
        """Fetch from `fetched` again: what the client handed out or dropped since is not counted as read."""
        for partition in self.fetched:
            self.seek(partition, self.fetched[partition])

    def rewind(self, offsets: Mapping[Partition, int]) -> None:
        """The database is here: fetch from there, and everything else from its last commit; what was fetched since is dropped."""
        self.era += 1
        for partition in list(self.fetched):
            offset = offsets.get(partition, self.next[partition])
            self.fetched[partition] = self.next[partition] = offset
            self.seek(partition, offset)

    def seek(self, partition: Partition, offset: int) -> None:
        kafka = self.client()
        if kafka is not None and TopicPartition(*partition) in kafka.assignment():
            kafka.seek(TopicPartition(*partition), offset)

    async def adopt(self) -> None:
        """Partitions that are ours and whose position we have not read yet start where the database is, new ones at their beginning."""
        assigned = [(tp.topic, tp.partition) for tp in self.kafka.assignment()]
        missing = [p for p in assigned if p not in self.fetched and p not in self.vanished]
        if not missing:
            return
        stored = await positions.get_positions(self.pool, missing)
        unseen = [TopicPartition(*p) for p in missing if p not in stored]
        if unseen:
            beginnings = await self.kafka.beginning_offsets(unseen)
            stored |= await positions.begin(self.pool, {(tp.topic, tp.partition): beginnings[tp] for tp in unseen})
        anew = await self.list_made_anew(missing, ASK_AT_ASSIGNMENT_SECONDS)
        for partition in missing:
            self.fetched[partition] = self.next[partition] = stored[partition]
            self.seek(partition, stored[partition])
        await self.lose_topics(anew)

    def clear(self) -> None:
        """Nothing is ours any more."""
        self.era += 1
        for known in (self.fetched, self.next, self.vanished, self.lost_at):
            known.clear()
