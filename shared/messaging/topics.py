"""Topics as the registry says: names come in, topics with their partitions, retention and compaction go out, and their ids.

As a program (`python -m shared.messaging.topics`) it makes all topics that are known beforehand; it changes none that exist.
Who writes to a topic of ours looks now and then whether it is still the same one.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewTopic

from shared.events import publishers, topics
from shared.events.publishers import Publishers
from shared.events.topics import Topic
from shared.runtime import logging
from shared.runtime.settings import Addresses

log = structlog.get_logger(__name__)
REQUEST_SECONDS, LOOK_SECONDS = 20, 5
LOOK_EVERY_SECONDS = 5
KEPT_WHOLE_MS = 86_400_000  # a flush that lost records to compaction closes with half of it: who is a day behind still reads all of it
ALREADY_EXISTS = "TOPIC_ALREADY_EXISTS"


class Topics:
    """Makes topics on one cluster; remembers those it made sure of."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})  # it would write to stderr; errors are raised
        self._sure: set[str] = set()

    async def ensure(self, wanted: Mapping[str, Topic]) -> None:
        """Make those of these topics, by name, that do not exist."""
        missing = {name: topic for name, topic in wanted.items() if name not in self._sure}
        if missing:
            await asyncio.to_thread(self._create, missing)
            self._sure.update(missing)

    def forget(self) -> None:
        """Somebody may have deleted them."""
        self._sure.clear()

    async def configure(self, name: str, topic: Topic) -> None:
        """Give one that the broker made by itself, at the first message, the settings that it should have."""
        entries = [ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET) for setting, value in config(topic).items()]
        resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=entries)
        futures = self._admin.incremental_alter_configs([resource], request_timeout=REQUEST_SECONDS)
        await asyncio.to_thread(futures[resource].result, REQUEST_SECONDS)

    async def ids(self, names: Collection[str]) -> dict[str, str]:
        """The id of each of these that exists: one that is made anew under its old name has another. Raises KafkaException."""
        return {name: str(topic.topic_id) for name, topic in (await self.describe(names)).items()}

    async def describe(self, names: Collection[str]) -> dict[str, Any]:
        """Those that exist, as the broker describes them. Asking for a topic's metadata by its name would make it."""
        return await asyncio.to_thread(self._describe, names) if names else {}

    def _describe(self, names: Collection[str]) -> dict[str, Any]:
        found = {}
        for name, future in self._admin.describe_topics(TopicCollection(list(names)), request_timeout=LOOK_SECONDS).items():
            try:
                found[name] = future.result(timeout=LOOK_SECONDS)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise
        return found

    def _create(self, wanted: Mapping[str, Topic]) -> None:
        new = [
            NewTopic(name, num_partitions=topic.partitions, replication_factor=-1, config=config(topic)) for name, topic in wanted.items()
        ]
        for name, future in self._admin.create_topics(new, operation_timeout=REQUEST_SECONDS, request_timeout=REQUEST_SECONDS).items():
            try:
                future.result(timeout=REQUEST_SECONDS)
                log.info("topic_made", topic=name)
            except KafkaException as error:
                if error.args[0].name() != ALREADY_EXISTS:
                    raise


@dataclass(slots=True)
class OwnTopic:
    """A topic that we write to: made where it is missing, and noticed where somebody deleted it meanwhile."""

    topics: Topics
    name: str
    made_as: Topic
    id: str | None = None
    look_at: float = 0.0

    async def ensure(self) -> None:
        """It exists; called by whoever begins to write to it."""
        self.topics.forget()
        await self.topics.ensure({self.name: self.made_as})
        self.id = (await self.topics.ids([self.name])).get(self.name)
        self.look_at = monotonic() + LOOK_EVERY_SECONDS

    async def is_anew(self) -> bool:
        """True where what was written is gone: it is another topic now, and everything has to be written again."""
        if monotonic() < self.look_at:
            return False
        self.look_at = monotonic() + LOOK_EVERY_SECONDS
        try:
            now = await self.topics.ids([self.name])
        except (KafkaException, TimeoutError):
            return False  # asked again soon
        if now.get(self.name) == self.id:
            return False
        log.error("own_topic_is_another", topic=self.name)
        await self.ensure()
        await self.topics.configure(self.name, self.made_as)
        return True


def config(topic: Topic) -> dict[str, str]:
    """A topic's settings at the broker. The broker's clock dates records: it is when we knew them."""
    whole = {"min.compaction.lag.ms": str(KEPT_WHOLE_MS)} if topic.compacted else {}
    return {
        **whole,
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(topic.retention_ms),
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(4 * 1024 * 1024),
    }


def known_beforehand(registry: Publishers) -> dict[str, Topic]:
    """Every outbound topic, and the inbound ones of registered publishers."""
    names = {topics.cells(service): topics.CELLS for service in topics.DOMAIN_SERVICES}
    names |= {topics.PROGRESS.address: topics.PROGRESS, topics.RESTATEMENTS.address: topics.RESTATEMENTS}
    for publisher in registry.by_name.values():
        names |= {topics.inbound(stream, publisher.name): topics.INBOUND[stream] for stream in publisher.streams}
        names[topics.rejected(publisher.name)] = topics.REJECTED
    return names


def main() -> None:
    addresses = Addresses()
    logging.set_up(addresses.log, "topics")
    asyncio.run(Topics(addresses.kafka).ensure(known_beforehand(publishers.load(addresses.publishers))))


if __name__ == "__main__":
    main()
