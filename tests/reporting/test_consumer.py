"""Raw records of all of reporting's topics in one batch, applied as the process applies them."""

import re
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import ConsumerRecord

from services.reporting.consumer import HEARS, Reporting
from shared.messaging.batch import Applier, Batch, Heard
from shared.messaging.registry import Registry
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from tests.reporting import sending

KNOWN_MS = 1_750_000_000_000
STATED = {"indicator": "onboarded", "period": "2023-12", "value": "25292701", "unit": "msme", "stated_by": "a ministry", "opening": True}


@pytest.fixture
def applier(pool: Pool, tmp_path: Path) -> Applier:
    file = tmp_path / "publishers.yaml"
    file.write_text("- {name: office, rank: 1, streams: [observations], platforms: []}\n")
    codes = Codes()
    registry = Registry(file, "observations", "hold", codes)
    return Applier(Reporting(registry), pool, registry, codes)


def record(topic: str, offset: int, value: Any, headers: tuple[tuple[str, bytes], ...] = ()) -> Any:
    raw = value if isinstance(value, bytes) else orjson.dumps(value)
    return ConsumerRecord(topic, 0, offset, KNOWN_MS, 1, None, raw, None, 0, len(raw), headers)


def stated(offset: int, data: dict[str, Any], publisher: str = "office") -> Any:
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"e{offset}",
        "source": publisher,
        "type": "id.umkm.observations.indicator-observed.v1",
    }
    event |= {"time": "2024-01-05T00:00:00+07:00", "data": data}
    return record(f"umkm.observations.{publisher}", offset, event, (("content-type", b"application/cloudevents+json"),))


async def apply(applier: Applier, *records: Any) -> Heard:
    begins = {(one.topic, one.partition): one.offset for one in reversed(records)}
    ends = {(one.topic, one.partition): one.offset + 1 for one in records}
    batch = Batch(records, begins, ends)
    heard = await applier.hear(batch)
    await applier.apply_batch(batch, heard)
    return heard


async def test_a_batch_of_everything(applier: Applier, connection: Connection, api: httpx.AsyncClient) -> None:
    cell = {
        "kind": "listing",
        "key": ["2024-02", "ID-JB", "producer", "micro", "a"],
        "measures": ["2", "2", "2"],
        "generation": 1,
        "number": 1,
    }
    watermark = {"kind": "watermark", "generation": 1, "number": 1, "newest": {"listing": "1709000000000000000"}, "positions": {}}
    refused = {"stream": "export", "topic": "umkm.export.customs", "partition": 0, "offset": 9, "reason": "schema", "timestamp": KNOWN_MS}
    heard = await apply(
        applier,
        stated(0, STATED),
        stated(1, {**STATED, "period": "2023-12-31"}),
        stated(2, {**STATED, "indicator": "credit_share"}),
        stated(3, {**STATED, "indicator": "onboarded_share"}),
        stated(4, {**STATED, "destination": "JP"}),
        record("umkm.cells.onboarding", 0, cell),
        record("umkm.cells.onboarding", 1, b"no cell"),
        record("umkm.cells.onboarding", 2, {**cell, "number": 2**63}),
        record("umkm.cells.onboarding", 3, {**cell, "key": ["2024-02", None, None, None, "a\0"]}),
        record("umkm.cells.onboarding", 4, {**cell, "kind": "nothing"}),
        record("umkm.cells.onboarding", 5, watermark),
        record("umkm.rejected.customs", 0, refused),
    )
    assert heard.outcomes[:5] == ["applied", *["quarantined"] * 4]
    onboarded = (await sending.figures(connection))["onboarded"]
    assert (onboarded["value"], onboarded["opening"]["remainder"]) == (25_292_703, 25_292_701)
    [receipt] = (await api.get("/v1/publishers/office/receipts")).json()["streams"]
    assert (receipt["sent"], receipt["applied"], receipt["quarantined"]) == (5, 1, 4)
    assert receipt["reasons"] == {"opening-not-possible": 3, "opening-period": 1}
    assert [one["reason"] for one in (await api.get("/v1/publishers/customs/rejected")).json()["rejected"]] == ["schema"]


async def test_who_is_not_registered_is_receipted_and_not_counted(applier: Applier, connection: Connection, api: httpx.AsyncClient) -> None:
    await apply(applier, stated(0, STATED, "stranger"), stated(0, {**STATED, "value": "5"}, "office"))
    assert (await sending.figures(connection))["onboarded"]["value"] == 5
    assert (await api.get("/v1/publishers/stranger/receipts")).json()["streams"][0]["applied"] == 1
    assert (await api.get("/v1/contested")).json()["contested"] == []


def test_what_reporting_hears() -> None:
    heard = ["umkm.observations.bps", "umkm.cells.export", "umkm.rejected.some-body"]
    others = ["umkm.onboarding.bps", "umkm.cells.reporting", "umkm.progress", "xumkm.cells.export", "umkm.rejected."]
    assert [name for name in heard + others if re.match(HEARS, name)] == heard
