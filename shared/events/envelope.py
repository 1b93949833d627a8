"""CloudEvents 1.0.2 over Kafka: headers and value of a record in, its attributes and the parsed `data` out, or a refusal.

`content-type` decides the mode and nothing else does. Header values are UTF-8 as they are: the Kafka binding has no percent-encoding.
Kafka clients hand out headers whose value is None or broken UTF-8: such a header is refused where it is needed, and never raises.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from shared.events import strict_json
from shared.events.fact import Fact
from shared.events.reasons import Refused, shown

Headers = Sequence[tuple[str, bytes | None]]
LARGEST_VALUE_BYTES = 65_536
STRUCTURED = "application/cloudevents+json"
BINARY = "application/json"
_MODES = f"content-type {BINARY} or none beside ce_ headers, or {STRUCTURED}"
_ABSENT = -1
# Few layouts and content types exist; bounded, as publishers decide what comes.
_MOST_CACHED = 1_000


class Event(NamedTuple):
    """One valid event; a tuple, as a frozen dataclass takes three times as long to make.

    Times are nanoseconds since 1970; `known_ms` is the broker's timestamp; `digest` stands for its content.
    """

    publisher: str
    stream: str
    type: str
    id: str
    time_ns: int
    recorded_ns: int
    known_ms: int
    data: Fact
    digest: bytes


# What an envelope says: source, type, id, time and recordedtime, which are not looked at yet, and `data`, any JSON.
Attributes = tuple[str, str, str, object, object, Any]
Values = tuple[bytes | None, ...]


class Layout(NamedTuple):
    """Where in a record's headers everything stands; -1 where it does not. `needed` takes those out that must be there, or is None."""

    content_type: int
    needed: Callable[[Values], Values] | None
    recordedtime: int
    places: dict[str, int]
    twice: str


def read(headers: Headers, value: bytes | None) -> Attributes:
    """The attributes and data of a record."""
    if not value:
        raise Refused("envelope", "value", "an event", "nothing (a tombstone)" if value is None else "nothing")
    if len(value) > LARGEST_VALUE_BYTES:
        raise Refused("too-large", "value", f"at most {LARGEST_VALUE_BYTES} bytes", str(len(value)))
    names, values = zip(*headers, strict=True) if headers else ((), ())
    layout = _LAYOUTS.get(names) or _find_layout(names)
    if layout.twice == "content-type":
        raise Refused("envelope", "content-type", "one content-type", "two")
    if layout.content_type == _ABSENT:
        return _read_binary(layout, values, value)
    raw = values[layout.content_type]
    if (_MEDIA_TYPES.get(raw) or _read_media_type(raw)) == BINARY:
        return _read_binary(layout, values, value)
    return _read_structured(value)


# In the order in which they are read.
_NEEDED = ("specversion", "source", "type", "id", "time")
_LAYOUTS: dict[tuple[str, ...], Layout] = {}


def _find_layout(names: tuple[str, ...]) -> Layout:
    places: dict[str, int] = {}
    twice: list[str] = []
    for place, name in enumerate(map(str.lower, names)):
        if name in places and (name == "content-type" or name.startswith("ce_")):
            twice.append(name)
        places.setdefault(name, place)
    needed = [places.get(f"ce_{name}", _ABSENT) for name in _NEEDED]
    layout = Layout(
        content_type=places.get("content-type", _ABSENT),
        needed=None if _ABSENT in needed else itemgetter(*needed),
        recordedtime=places.get("ce_recordedtime", _ABSENT),
        places=places,
        # A second content-type is refused in either mode, so it is named first.
        twice=min(twice, key="content-type".__ne__, default=""),
    )
    if len(_LAYOUTS) < _MOST_CACHED and len(names) <= 32:
        _LAYOUTS[names] = layout
    return layout


_MEDIA_TYPES: dict[bytes | None, str] = {}


def _read_media_type(raw: bytes | None) -> str:
    text = _text(raw, "content-type")
    media_type = text.partition(";")[0].strip(" \t").lower()
    if media_type not in (BINARY, STRUCTURED):
        raise Refused("envelope", "content-type", _MODES, shown(text))
    if len(_MEDIA_TYPES) < _MOST_CACHED and raw is not None and len(raw) < 100:
        _MEDIA_TYPES[raw] = media_type
    return media_type


def _text(raw: bytes | None, name: str) -> str:
    try:
        return raw.decode()  # type: ignore[union-attr]  # a None is refused like any other broken value
    except (UnicodeDecodeError, AttributeError):
        raise Refused("envelope", name, "a header value in UTF-8", ascii(raw)[:200]) from None


def _read_binary(layout: Layout, values: Values, value: bytes) -> Attributes:
    if layout.needed is None or layout.twice:
        raise _incomplete(layout)
    version, source, type_name, event_id, time = _texts(layout.needed(values))
    _refuse_version(version)
    recorded = None if layout.recordedtime == _ABSENT else _text(values[layout.recordedtime], "recordedtime")
    return source, type_name, checked_id(event_id), time, recorded, strict_json.parse(value, "data")


def _texts(needed: Values) -> list[str]:
    try:
        return [raw.decode() for raw in needed]  # type: ignore[union-attr]  # None is refused below
    except (UnicodeDecodeError, AttributeError):
        # The first broken one is named.
        return [_text(raw, name) for raw, name in zip(needed, _NEEDED, strict=True)]


def _incomplete(layout: Layout) -> Refused:
    missing = [name for name in _NEEDED if f"ce_{name}" not in layout.places]
    if "specversion" in missing:
        return Refused("envelope", "specversion", _MODES, "no ce_specversion")
    if missing:
        return Refused("envelope", missing[0], f"header ce_{missing[0]}", "none")
    return Refused("envelope", shown(layout.twice)[1:-1], "every ce_ header once", "twice")


def _refuse_version(version: object) -> None:
    if version != "1.0":
        raise Refused("envelope", "specversion", "1.0", shown(version))


def checked_id(text: str) -> str:
    """An id has 1 to 200 characters, none of them a control character."""
    if 0 < len(text) <= 200 and (text.isprintable() or not any(_is_control(character) for character in text)):
        return text
    raise Refused("envelope", "id", "1 to 200 characters, no control characters", shown(text))


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"


def _read_structured(value: bytes) -> Attributes:
    event = strict_json.parse(value, "value")
    if type(event) is not dict:
        raise Refused("envelope", "value", "a CloudEvent, a JSON object", shown(event))
    _refuse_version(event.get("specversion"))
    return (
        _member(event, "source"),
        _member(event, "type"),
        checked_id(_member(event, "id")),
        _timestamp(event),
        event.get("recordedtime"),
        _structured_data(event),
    )


def _member(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    if type(value) is not str:
        raise Refused("envelope", name, "text", "nothing" if value is None else shown(value))
    return value


def _timestamp(event: dict[str, Any]) -> object:
    time = event.get("time")
    if time is None:
        raise Refused("envelope", "time", "when the fact became so", "nothing")
    return time


def _structured_data(event: dict[str, Any]) -> Any:
    encoded = event.get("data_base64")
    if encoded is None:
        return event.get("data")
    if "data" in event:
        raise Refused("envelope", "data_base64", "data or data_base64", "both")
    return strict_json.parse(_decoded(encoded), "data")


def _decoded(encoded: object) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)  # type: ignore[arg-type]  # anything but text is refused here too
    except (binascii.Error, ValueError, TypeError):
        raise Refused("envelope", "data_base64", "JSON in base64", shown(encoded)) from None
