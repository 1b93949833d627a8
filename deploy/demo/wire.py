"""What is said comes in, a Kafka message goes out: CloudEvents 1.0.2 in binary or in structured mode."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson

from shared.events import topics

Data = dict[str, object]
# As the client takes them; here they are always bytes.
Headers = list[tuple[str, str | bytes | None]]


@dataclass(frozen=True, slots=True)
class Said:
    """One event before it has a form. `type` is short, as in `export.product-exported`; `key` is what its stream is keyed by."""

    publisher: str
    type: str
    id: str
    at: datetime
    key: str
    data: Data
    recorded: datetime | None = None

    @property
    def stream(self) -> str:
        return self.type.partition(".")[0]


class Message(NamedTuple):
    """One Kafka record to be."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


def attributes(said: Said) -> dict[str, str]:
    stated = {"specversion": "1.0", "id": said.id, "source": said.publisher, "type": f"id.umkm.{said.type}.v1", "time": instant(said.at)}
    return stated if said.recorded is None else {**stated, "recordedtime": instant(said.recorded)}


def instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def binary(said: Said) -> Message:
    """Data in the value, everything else in headers."""
    headers: Headers = [("content-type", b"application/json"), *((f"ce_{name}", text.encode()) for name, text in attributes(said).items())]
    return Message(topics.inbound(said.stream, said.publisher), said.key.encode(), orjson.dumps(said.data), headers)


def structured(said: Said) -> Message:
    """The whole event in the value."""
    event = {**attributes(said), "datacontenttype": "application/json", "data": said.data}
    headers: Headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
    return Message(topics.inbound(said.stream, said.publisher), said.key.encode(), orjson.dumps(event), headers)
