"""A steady load of events of all streams: a pace comes in, records in Kafka go out, one after the other and on time."""

import asyncio
import time
from collections.abc import Callable, Iterator

from confluent_kafka import Producer

from benchmarks import filling, mixed
from benchmarks.register import Message

TICK_SECONDS = 0.01
LINGER_MS = 2
FLUSH_SECONDS = 20


async def send(
    bootstrap_servers: str,
    live: Iterator[mixed.Kind],
    events_a_second: float,
    seconds: float,
    on_sent: Callable[[str], object] = str,
) -> None:
    """So many a second on average; `on_sent` is told of each event's figure just before it is given to the client."""
    await mixed.make_topics(bootstrap_servers)
    producer = filling.open_producer(bootstrap_servers, **{"linger.ms": LINGER_MS})
    begun, sent = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        for _ in range(int(passed * events_a_second) - sent):
            kind = next(live)
            if kind.figure:
                on_sent(kind.figure)
            hand_over(producer, mixed.message(kind))
            sent += 1
        producer.poll(0)
        await asyncio.sleep(TICK_SECONDS)
    await asyncio.to_thread(producer.flush, FLUSH_SECONDS)


def hand_over(producer: Producer, message: Message) -> None:
    headers: list[tuple[str, str | bytes | None]] = [*message.headers]
    producer.produce(message.topic, key=message.key, value=message.value, headers=headers)
