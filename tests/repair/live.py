"""A live service for trials of a rebuild: records are sent to a real broker, and heard from there into the service's database.

Publishers get names of their own, so that a log that other tests write to is of no concern.
"""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiokafka import TopicPartition

from shared.events import topics
from shared.messaging.rooms import Rooms
from shared.messaging.topics import Topics
from shared.repair import rebuild
from shared.repair.replaying import Replaying, open_log
from shared.repair.tables import Difference
from shared.runtime.settings import Settings
from tests.journey.kafka import publish
from tests.oracle.records import Registry
from tests.oracle.sending import Sent, Told, binary
from tests.projections import Trial, trial, write_registry

PARTITIONS = topics.INBOUND["onboarding"].partitions


@dataclass(slots=True)
class Live:
    """`send` and `hear`; `rebuild` beside it. `mark` is the end of this trial's publishers' names."""

    service: Trial
    replaying: Replaying
    settings: Settings
    mark: str

    @property
    def rooms(self) -> Rooms:
        return self.service.rooms

    async def send(self, *told: Told | Sent) -> None:
        """Everybody's records, as if each publisher's name ended with this trial's mark."""
        await Topics(self.settings.kafka).ensure({one.topic: topics.INBOUND[one.topic.split(".")[1]] for one in self.marked(told)})
        publish(self.settings.kafka, self.marked(told))

    def marked(self, told: Sequence[Told | Sent]) -> list[Sent]:
        return [binary(self.named(one)) if isinstance(one, Told) else replace(one, topic=one.topic + self.mark) for one in told]

    def named(self, told: Told) -> Told:
        platform = {"platform": told.data["platform"] + self.mark} if "platform" in told.data else {}
        return replace(told, publisher=told.publisher + self.mark, data={**told.data, **platform})

    async def hear(self, *others: str) -> None:
        """Everything that was sent until now by this trial's publishers, and on other topics of one partition."""
        kafka = self.replaying.kafka
        ours = [TopicPartition(name, n) for name in await kafka.topics() if name.endswith(self.mark) for n in range(PARTITIONS)]
        ends = await kafka.end_offsets([*ours, *(TopicPartition(name, 0) for name in others)])
        await self.replaying.read_to({(tp.topic, tp.partition): end for tp, end in ends.items() if end})

    async def rebuild(self, *, accept: bool = False) -> Sequence[Difference]:
        return await rebuild.rebuild(self.rooms, self.settings, accept=accept)


@asynccontextmanager
async def live(rooms: Rooms, kafka: str, dsn: str, folder: Path) -> AsyncIterator[Live]:
    path = write_registry(folder, Registry())
    settings = Settings(kafka=kafka, publishers=path, database=dsn, port=0, unregistered="count")
    log = open_log(kafka)
    await log.start()
    try:
        async with trial(rooms, dsn, path) as service:
            yield Live(service, Replaying(log, service.applier), settings, f"-{secrets.token_hex(4)}")
    finally:
        await log.stop()
