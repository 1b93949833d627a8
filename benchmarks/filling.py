"""Topics full of events: messages come in, acknowledged records in Kafka go out."""

from collections.abc import Iterable

from confluent_kafka import KafkaError, Producer
from confluent_kafka import Message as Delivered

from benchmarks.register import PLATFORMS, Message
from shared.events import topics
from shared.messaging.topics import Topics

POLL_EVERY = 1_000
FULL_SECONDS = 1.0
FLUSH_SECONDS = 120


class NotDelivered(Exception):
    """The broker did not take everything: there is nothing to measure."""


async def make_topics(bootstrap_servers: str) -> None:
    """The topics of the register's publishers, as the registry of topics says."""
    inbound = {topics.inbound("onboarding", platform): topics.INBOUND["onboarding"] for platform in PLATFORMS}
    await Topics(bootstrap_servers).ensure({**inbound, topics.cells("onboarding"): topics.CELLS})


def open_producer(bootstrap_servers: str, **options: object) -> Producer:
    settings: dict[str, object] = {
        "bootstrap.servers": bootstrap_servers,
        "enable.idempotence": True,
        "acks": "all",
        "compression.type": "lz4",
        "linger.ms": 50,
        "queue.buffering.max.messages": 200_000,
        "allow.auto.create.topics": True,
    }
    return Producer({**settings, **options})


def fill(bootstrap_servers: str, messages: Iterable[Message]) -> int:
    """Send all and wait until the broker has them; how many there were. Each goes to the partition that it names."""
    producer = open_producer(bootstrap_servers)
    failed: list[KafkaError] = []

    def on_delivery(error: KafkaError | None, _: Delivered) -> None:
        if error is not None:
            failed.append(error)

    sent = 0
    for message in messages:
        headers: list[tuple[str, str | bytes | None]] = [*message.headers]
        while True:
            try:
                producer.produce(
                    message.topic,
                    partition=message.partition,
                    key=message.key,
                    value=message.value,
                    headers=headers,
                    on_delivery=on_delivery,
                )
                break
            except BufferError:
                producer.poll(FULL_SECONDS)
        sent += 1
        if sent % POLL_EVERY == 0:
            producer.poll(0)
    left = producer.flush(FLUSH_SECONDS)
    if left or failed:
        raise NotDelivered(f"{left} records are still on their way and {len(failed)} were refused: {failed[:1]}")
    return sent
