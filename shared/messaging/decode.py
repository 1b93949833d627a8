"""A Kafka record in; an `Event`, or a `Rejection` that says why not, out. Never raises, whatever a record holds.

The hot path of every service: a few microseconds a record with every check of the contract done.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import orjson
from pydantic import ValidationError

from shared.events import canonical, catalogue, envelope, instants, personal, topics
from shared.events.envelope import Event
from shared.events.fact import Fact
from shared.events.reasons import REASONS, Refused, shown


class Record(Protocol):
    """What decoding needs of a Kafka client's record; `timestamp` is the broker's, in milliseconds."""

    @property
    def topic(self) -> str: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record cannot be taken. `personal`: its bytes hold a personal number and must not be kept; then `seen` does not say."""

    publisher: str
    stream: str
    reason: str
    path: str
    expected: str
    seen: str
    known_ms: int
    personal: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    """An event type, ready for decoding."""

    type: str
    stream: str
    validate: Callable[[Any], Fact]
    shape: canonical.Shape


_KINDS = {
    fact.type: _Kind(fact.type, fact.stream, fact.__pydantic_validator__.validate_python, canonical.shape_of(fact))
    for fact in catalogue.FACTS
}


def decode(record: Record) -> Event | Rejection:
    """The event that a record carries, or why it cannot be taken."""
    try:
        return _decode(record)
    except Refused as refusal:
        return reject(record, refusal)


def _decode(record: Record) -> Event:
    stream, publisher = _PLACES.get(record.topic) or _find_place(record.topic)
    source, type_name, event_id, time, recorded, data = envelope.read(record.headers, record.value)
    if source != publisher:
        raise Refused("source-mismatch", "source", f"{publisher}, as the topic says", shown(source))
    kind = _kind(type_name, stream)
    known_ms = record.timestamp
    time_ns = instants.parse(time, "time", known_ms)
    recorded_ns = time_ns if recorded is None else instants.parse(recorded, "recordedtime", known_ms)
    fact = _fact(kind, data)
    return Event(publisher, stream, kind.type, event_id, time_ns, recorded_ns, known_ms, fact, _digest(kind, data))


_PLACES: dict[str, tuple[str, str]] = {}


def _find_place(topic: str) -> tuple[str, str]:
    place = topics.parse(topic)
    if place is None:
        raise Refused("envelope", "topic", "umkm.<stream>.<publisher>", shown(topic))
    _PLACES[topic] = place
    return place


def _kind(type_name: str, stream: str) -> _Kind:
    kind = _KINDS.get(type_name)
    if kind is None:
        raise Refused("unknown-type", "type", "a type of the contract", shown(type_name))
    if kind.stream != stream:
        raise Refused("wrong-stream", "type", f"a type of stream {stream}", type_name)
    return kind


def _fact(kind: _Kind, data: Any) -> Fact:
    if type(data) is not dict:
        raise Refused("schema", "data", "a JSON object", "nothing" if data is None else shown(data))
    try:
        return kind.validate(data)
    except ValidationError as error:
        _refuse_personal(data, kind.shape)
        raise _refusal(error) from None


def _digest(kind: _Kind, data: dict[str, Any]) -> bytes:
    if not canonical.is_plain(data, kind.shape):
        if not canonical.is_known(data, kind.shape):
            _refuse_personal(data, kind.shape)
        data = canonical.known(data, kind.shape)
    return canonical.digest(kind.type, data)


def _refuse_personal(data: dict[str, Any], shape: canonical.Shape) -> None:
    for path, text in canonical.suspects(data, shape, "data"):
        if personal.is_in_value(text):
            raise Refused(personal.REASON, path, personal.EXPECTED, personal.WITHHELD)


def _refusal(error: ValidationError) -> Refused:
    first = error.errors(include_url=False)[0]
    context = first.get("ctx", {})
    path = "data" + "".join(f"[{part}]" if type(part) is int else f".{part}" for part in first["loc"])
    if "expected" in context and "member" in context:
        path = ".".join(filter(None, (path, context["member"])))
        return Refused(first["type"], path, context["expected"], context["seen"])
    reason = first["type"] if first["type"] in REASONS else "schema"
    seen = "nothing" if first["type"] == "missing" else shown(first["input"])
    return Refused(reason, path, _words(first["type"], first["msg"]), seen)


def _words(kind: str, message: str) -> str:
    if kind == "missing":
        return "this member"
    if kind == "model_type":
        return "a JSON object"
    return message.removeprefix("Input should be ")


def reject(record: Record, refusal: Refused) -> Rejection:
    """A refusal as it is kept: nothing of a personal number is left in it."""
    stream, publisher = topics.parse(record.topic) or ("", "")
    is_personal = refusal.reason == personal.REASON or any(personal.is_in_bytes(raw) for raw in _bytes_of(record))
    return Rejection(
        publisher,
        stream,
        refusal.reason,
        personal.WITHHELD if is_personal and personal.is_in(refusal.path) else _printable(refusal.path),
        refusal.expected,
        personal.WITHHELD if is_personal else refusal.seen,
        record.timestamp,
        is_personal,
    )


def _printable(path: str) -> str:
    """A path may end with a member's name that its publisher chose."""
    return "".join(character if character.isprintable() else "?" for character in path[:200])


def _bytes_of(record: Record) -> Iterator[bytes]:
    """Everything of a record that quarantine would keep."""
    yield from (part for part in (record.key, record.value) if part)
    for name, value in record.headers:
        yield name.encode(errors="replace")
        yield value or b""
    yield _encoded_data(record.value or b"")


def _encoded_data(value: bytes) -> bytes:
    if b"data_base64" not in value:
        return b""
    try:
        return base64.b64decode(cast(Any, orjson.loads(value))["data_base64"])
    except (orjson.JSONDecodeError, binascii.Error, KeyError, TypeError, ValueError):
        return b""
