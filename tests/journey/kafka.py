"""Kafka as an outsider uses it: send records, and read every inbound topic back with the timestamps that the broker gave."""

from collections.abc import Iterable, Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, Producer, TopicPartition

from tests.oracle.decode import TOPIC
from tests.oracle.records import Record
from tests.oracle.sending import Sent

_TIMEOUT_SECONDS = 30.0
_IN_FLIGHT = 20_000


def publish(bootstrap: str, records: Iterable[Sent]) -> None:
    """In order, all acknowledged when this returns; topics that are not there yet come into being."""
    failed: list[KafkaError] = []

    def note(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failed.append(error)

    producer = Producer(
        {"bootstrap.servers": bootstrap, "enable.idempotence": True, "acks": "all", "linger.ms": 20, "message.max.bytes": 4_000_000}
    )
    for sent in records:
        if len(producer) >= _IN_FLIGHT:
            producer.flush(_TIMEOUT_SECONDS)
        producer.produce(sent.topic, sent.value, sent.key, headers=list(sent.headers), on_delivery=note)
        producer.poll(0)
    left = producer.flush(_TIMEOUT_SECONDS)
    if failed or left:
        raise RuntimeError(f"{left} records not acknowledged, {failed[:3]}")


def read_back(bootstrap: str) -> list[Record]:
    """Every record of every inbound topic, whoever published it."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "recount", "enable.auto.commit": False, "enable.partition.eof": True})
    try:
        partitions = _inbound(consumer)
        consumer.assign(partitions)
        return list(_until_the_end(consumer, len(partitions)))
    finally:
        consumer.close()


def _inbound(consumer: Consumer) -> list[TopicPartition]:
    topics = consumer.list_topics(timeout=_TIMEOUT_SECONDS).topics
    return [
        TopicPartition(name, partition, OFFSET_BEGINNING)
        for name, topic in topics.items()
        if TOPIC.fullmatch(name)
        for partition in topic.partitions
    ]


def _until_the_end(consumer: Consumer, partitions: int) -> Iterator[Record]:
    ended = 0
    while ended < partitions:
        messages = consumer.consume(1000, _TIMEOUT_SECONDS)
        if not messages:
            raise RuntimeError(f"only {ended} of {partitions} partitions read within {_TIMEOUT_SECONDS} s")
        for message in messages:
            error = message.error()
            if error is None:
                yield _record(message)
            elif error.code() == KafkaError._PARTITION_EOF:
                ended += 1
            else:
                raise RuntimeError(str(error))


def _record(message: Message) -> Record:
    topic, stated = message.topic(), message.headers() or []
    assert topic is not None
    pairs = stated.items() if isinstance(stated, dict) else stated
    headers = tuple((name, value.encode() if isinstance(value, str) else value) for name, value in pairs)
    return Record(topic, message.key(), message.value(), headers, message.timestamp()[1])
