"""What is taken and what is refused, the committed example of every event among it; and the canonical bytes of a content."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import instants, strict_json
from tests.oracle.decode import decode
from tests.oracle.event_types import TYPES
from tests.oracle.examples import NOW, awarded, counted, exported, onboarded, supplier
from tests.oracle.records import Publisher, Record, Refusal, Registry
from tests.oracle.sending import record

KNOWN_MS = int(NOW.timestamp() * 1000)
EXAMPLES = sorted((Path(__file__).parents[2] / "shared" / "events" / "examples").glob("id.umkm.*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_committed_example_is_taken(path: Path) -> None:
    message: dict[str, Any] = json.loads(path.read_text())
    topic = f"umkm.{message['type'].split('.')[2]}.{message['source']}"
    registry = Registry((Publisher(message["source"], 1, (message["data"].get("platform", ""),)),))
    sent = Record(topic, None, path.read_bytes(), (("content-type", b"application/cloudevents+json"),), KNOWN_MS)
    assert decode(sent, registry).type in TYPES


def test_there_is_an_example_of_every_type() -> None:
    assert {path.stem for path in EXAMPLES} == TYPES.keys()


def test_instants_are_compared_to_the_nanosecond() -> None:
    assert instants.nanoseconds("1970-01-01t07:00:00.000000001+07:00") == 1
    assert instants.nanoseconds("2024-02-29T23:59:59.5-00:00") == instants.nanoseconds("2024-03-01T06:59:59.500+07:00")


def test_an_absent_recordedtime_is_time() -> None:
    event = decode(record(onboarded("a", 1, "2024-01-01"), KNOWN_MS), Registry())
    assert event.version[0] == event.version[1]


def test_the_future_ends_a_day_after_the_broker_saw_it() -> None:
    told = onboarded("a", 1, "2026-11-26T02:59:59Z")
    assert decode(record(told, KNOWN_MS), Registry())
    with pytest.raises(Refusal) as refused:
        decode(record(told, KNOWN_MS - 3_600_000), Registry())
    assert refused.value.reasons == ("time-in-future",)


def test_the_digest_is_of_type_and_known_members_as_sent() -> None:
    told = onboarded("a", 1, "2024-01-01", unheard_of=1)
    event = decode(record(told, KNOWN_MS, "structured"), Registry())
    known = {name: member for name, member in told.data.items() if name != "unheard_of"}
    plain = json.dumps({"data": known, "type": event.type}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert event.digest == hashlib.sha256(plain.encode()).digest()


def test_numbers_count_by_value_and_null_is_as_absent() -> None:
    one = awarded("o", "2025-01-01", 5, [supplier(id="s")], domestic={"pdn": None, "tkdn": 40})
    other = awarded("o", "2025-01-01", 5, [supplier(id="s", share_idr=None)], domestic={"tkdn": 40.0, "bmp": None})
    assert decode(record(one, KNOWN_MS), Registry()).digest == decode(record(other, KNOWN_MS), Registry()).digest
    assert (
        strict_json.canonical(strict_json.read(b'{"b": 25.50, "a": [null, "\xc3\xa9"], "c": null}')) == '{"a":[null,"é"],"b":25.5}'.encode()
    )


def test_an_item_is_compared_as_text() -> None:
    declaration = {"type": "PEB", "number": "1", "date": "2025-01-01", "item": "1"}
    assert decode(record(exported(1, "1", "2025-01-01", declaration=declaration), KNOWN_MS), Registry())


def test_ids_compare_by_code_point_which_is_not_the_order_of_utf_16() -> None:
    recount = counted(
        onboarded("a", 1, "2024-01-01", id="\U0001d11e", province="ID-JB"), onboarded("a", 1, "2024-01-01", id="\uffee", province="ID-JT")
    )
    assert recount.answer("listings", by="province")["rows"].keys() == {"ID-JB"}
