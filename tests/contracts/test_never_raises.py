"""Whatever a record holds, decoding answers: an event, or why not. Nothing is ever raised."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.envelope import Event
from shared.events.reasons import REASONS, SEEN_CHARACTERS
from shared.messaging.decode import Rejection, decode
from tests.contracts import records

NAMES = [kind.split(".")[3] for kind in records.EXAMPLES]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["IDR", "2024-01", "2024-01-01", "9999991203990001"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["id", "name", "kind", "type"]), inner)
    ),
    max_leaves=12,
)
HEADER_NAMES = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_recordedtime", "CE_ID", "content-type", "Content-Type"]
)
HEADER_VALUES = (
    st.none()
    | st.binary()
    | st.sampled_from(
        [
            b"1.0",
            b"toko-contoh",
            b"id.umkm.onboarding.msme-onboarded.v1",
            b"2024-11-01T00:00:00Z",
            b"application/json",
            b"application/cloudevents+json",
            b"application/cloudevents+json; a=b",
            b"\xff",
        ]
    )
)
TOPICS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["umkm.onboarding.toko-contoh", "umkm.export.a", "umkm.cells.x"]
)


def check(record: records.FakeRecord) -> None:
    outcome = decode(record)
    if isinstance(outcome, Rejection):
        assert outcome.reason in REASONS
        assert len(outcome.seen) <= SEEN_CHARACTERS
        assert outcome.path.isprintable()
        for text in (outcome.path, outcome.expected, outcome.seen):
            text.encode()
            assert "\0" not in text
    else:
        assert isinstance(outcome, Event)
        assert len(outcome.digest) == 32


@given(
    topic=TOPICS,
    value=st.none() | st.binary() | JSON.map(lambda tree: json.dumps(tree).encode()),
    headers=st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=8).map(tuple),
    key=st.none() | st.binary(),
    timestamp=st.integers(-1, 2**63 - 1),
)
@settings(max_examples=300)
def test_any_record(topic: str, value: bytes | None, headers: records.Headers, key: bytes | None, timestamp: int) -> None:
    check(records.FakeRecord(topic, value, headers, key, timestamp))


def mutated(name: str, draw: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(records.example(name)))
    for _ in range(draw(st.integers(0, 3))):
        member = draw(st.sampled_from(sorted(data)) | st.text(max_size=5))
        inner = data.get(member)
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            inner[draw(st.sampled_from(sorted(inner)))] = draw(JSON)
        else:
            data[member] = draw(JSON)
    return data


@given(data=st.data(), name=st.sampled_from(NAMES))
@settings(max_examples=300)
def test_any_data(data: Any, name: str) -> None:
    value = mutated(name, data.draw)
    check(records.binary(name, value))
    check(records.structured(name, data=value))
    check(
        records.structured(name, **{data.draw(st.sampled_from(["id", "type", "time", "data", "data_base64", "source"])): data.draw(JSON)})
    )


@given(cut=st.integers(0, 400), flip=st.integers(0, 400), byte=st.integers(0, 255), name=st.sampled_from(NAMES))
@settings(max_examples=300)
def test_broken_bytes(cut: int, flip: int, byte: int, name: str) -> None:
    for record in (records.binary(name), records.structured(name)):
        value = bytearray(record.value or b"")
        value[flip % len(value)] = byte
        record.value = bytes(value[: len(value) - cut % len(value)] if cut % 2 else value)
        check(record)
