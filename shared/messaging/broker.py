"""The connection to Kafka: addresses and a pattern come in, a FastStream broker goes out, every safety option written out.

FastStream is the shell: it fetches, hands over batches of raw records, and follows rebalances. Its own parsing and
acknowledging stay out of the way of the records (a header that is not UTF-8 would lose a batch, an exception would skip it).
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import LogicSubscriber

from shared.messaging import careful
from shared.messaging.consumer import Consumer

log = structlog.get_logger(__name__)
BATCH_RECORDS = 20_000  # under backlog; an idle service gets what is there within BATCH_WAIT_MS
BATCH_WAIT_MS = 50
# The broker gathers a moment's records of all partitions: every batch costs some ten milliseconds, however few come. Where it answered at
# every record, 500 events a second kept both cores busy, and each was later than it is by this wait.
FETCH_BYTES, FETCH_WAIT_MS = 64 * 1024, 100
PARTITION_BYTES = 8 * 1024 * 1024
CLEAR_SECONDS = 5
METADATA_AGE_MS = 3_000  # a new publisher's topic is found within 10 s


async def raw_parser(records: tuple[ConsumerRecord, ...], original: Callable[[Any], Awaitable[Any]]) -> Any:
    """Hand the records over untouched: only an empty stand-in is parsed."""
    message = await original((dataclasses.replace(records[0], headers=(), value=b""),))
    message.raw_message = records
    return message


async def raw_decoder(message: Any) -> list[ConsumerRecord]:
    return list(message.raw_message)


def open_broker(bootstrap_servers: str, client_id: str) -> KafkaBroker:
    """A broker that is not connected yet."""
    careful.install()
    return KafkaBroker(
        bootstrap_servers,
        client_id=client_id,
        consumer_only=True,  # relays have producers of their own; one here would only have to be waited for
        metadata_max_age_ms=METADATA_AGE_MS,
        request_timeout_ms=30_000,
        retry_backoff_ms=250,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=15,
        logger=logging.getLogger("denyut.kafka"),  # only its warnings: a batch logs nothing of its own
        log_level=logging.DEBUG,
    )


def listen(broker: KafkaBroker, consumer: Consumer, group: str, pattern: str, session_ms: int) -> LogicSubscriber[Any]:
    """Subscribe a consumer to every topic of this pattern, those to come too.

    No static membership: the client names its instance when it joins and not when it commits, and a group of such members was seen to
    rebalance for minutes. A replica that was killed is missed after its session.
    """
    subscriber = broker.subscriber(
        pattern=pattern,
        group_id=group,
        batch=True,
        max_records=BATCH_RECORDS,
        batch_timeout_ms=BATCH_WAIT_MS,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",  # until the position is read from the database; see Place.take for records that vanished
        isolation_level="read_committed",
        listener=consumer,
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 5,
        rebalance_timeout_ms=60_000,
        max_poll_interval_ms=300_000,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        fetch_min_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=PARTITION_BYTES,
        parser=raw_parser,
        decoder=raw_decoder,
        no_reply=True,
    )

    consumer.place.client = lambda: subscriber.consumer
    fetch = subscriber.get_msg

    async def get_msg(kafka: Any) -> Any:
        """A fetch that fails on one partition has dropped what it had of others, and moved past it."""
        try:
            return await fetch(kafka)
        except Exception:
            consumer.place.seek_again()
            raise

    subscriber.get_msg = get_msg  # type: ignore[method-assign, assignment] # the client is not ours to derive from

    @subscriber
    async def hear(records: list[ConsumerRecord]) -> None:
        await consumer.on_batch(records)

    return subscriber


async def start(broker: KafkaBroker) -> None:
    """Connect as soon as the broker answers; then go on for ever."""
    while True:
        try:
            await broker.start()
            break
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("kafka_is_away", error=repr(error)[:200])
            await clear(broker)
            await asyncio.sleep(1)
    await asyncio.Event().wait()


async def clear(broker: KafkaBroker) -> None:
    """A start that failed leaves a producer, or a consumer that would join the group beside the next one's."""
    try:
        await asyncio.wait_for(broker.stop(), CLEAR_SECONDS)
    except Exception as error:
        log.warning("start_not_cleared", error=repr(error)[:200])
