"""Topics as the registry says: names come in, topics with their partitions, retention and compaction go out.

As a program (`python -m shared.messaging.topics`) it makes all topics that are known beforehand; it changes none that exist.
"""

import asyncio
from collections.abc import Mapping

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from shared.events import publishers, topics
from shared.events.publishers import Publishers
from shared.events.topics import Topic
from shared.runtime import logging
from shared.runtime.settings import Addresses

log = structlog.get_logger(__name__)
REQUEST_SECONDS = 20
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
