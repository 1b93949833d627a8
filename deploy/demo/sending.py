"""The connection to Kafka: messages come in, acknowledged records and counts go out. Bounded in memory, in waiting and at its end."""

from collections.abc import Callable

from confluent_kafka import KafkaError, Producer
from confluent_kafka import Message as Delivered

from deploy.demo.wire import Message

FULL_SECONDS = 0.2
FLUSH_SECONDS = 5


class Sender:
    """Sends until it is told to stop; `handed` went into the queue, `sent` is acknowledged by all replicas, `failed` never will be."""

    def __init__(self, bootstrap_servers: str, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap_servers,
                "client.id": "denyut-demo",
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": 20,
                "message.timeout.ms": 300_000,
                "queue.buffering.max.messages": 20_000,
                "allow.auto.create.topics": True,
                "error_cb": self._on_error,
            },
        )
        self.handed = self.sent = self.failed = 0
        self.trouble = ""

    def send(self, message: Message) -> bool:
        """False where it is time to stop. Waits while the queue is full, as it is when the broker is away."""
        while not self._stopping():
            try:
                self._producer.produce(
                    message.topic, key=message.key, value=message.value, headers=message.headers, on_delivery=self._on_delivery
                )
            except BufferError:
                self._producer.poll(FULL_SECONDS)
                continue
            self.handed += 1
            self._producer.poll(0)
            return True
        return False

    def poll(self) -> None:
        self._producer.poll(0)

    def close(self) -> int:
        """Wait for what is on its way; how many records did not make it in time."""
        return self._producer.flush(FLUSH_SECONDS)

    def _on_delivery(self, error: KafkaError | None, _: Delivered) -> None:
        if error is None:
            self.sent += 1
            self.trouble = ""
        else:
            self.failed += 1
            self.trouble = error.str()

    def _on_error(self, error: KafkaError) -> None:
        self.trouble = error.str()
