"""What publishers get back: receipts, refusals, contested facts."""

import httpx
import orjson

from services.reporting import messages, projection
from shared.postgres.connection import Connection, Pool
from tests.reporting import sending
from tests.reporting.sending import aimed, cell, observed, tell, watermark


async def test_receipts_add_up_and_identity_counts_once(api: httpx.AsyncClient, connection: Connection) -> None:
    for service in ("onboarding", "export", "procurement"):
        await tell(connection, cell(service, "receipt", ["registry", "identity"], 1, applied=5, repeated=1), watermark(service, 1))
    await tell(
        connection,
        cell("onboarding", "receipt", ["registry", "onboarding"], 2, applied=3, superseded=1, conflicted=1, quarantined=2),
        cell("onboarding", "reason", ["registry", "onboarding", "schema"], 2, records=2),
        cell("onboarding", "reason", ["registry", "onboarding", "time"], 2),
        watermark("onboarding", 2),
    )
    receipts = (await api.get("/v1/publishers/registry/receipts")).json()
    assert receipts["streams"] == [
        {"stream": "identity", "sent": 6, "applied": 5, "repeated": 1, "superseded": 0, "conflicted": 0, "quarantined": 0, "reasons": {}},
        {
            "stream": "onboarding",
            "sent": 7,
            "applied": 3,
            "repeated": 0,
            "superseded": 1,
            "conflicted": 1,
            "quarantined": 2,
            "reasons": {"schema": 2},
        },
    ]


async def test_observations_are_receipted_by_reporting_itself(api: httpx.AsyncClient, connection: Connection) -> None:
    await connection.execute("insert into receipt_cell values ('statistics', 'observations', 4, 0, 0, 0, 1, 1)")
    await connection.execute("insert into reason_cell values ('statistics', 'observations', 'opening-period', 1, 1)")
    [stream] = (await api.get("/v1/publishers/statistics/receipts")).json()["streams"]
    assert (stream["sent"], stream["applied"], stream["reasons"]) == (5, 4, {"opening-period": 1})


def refusal(offset: int) -> bytes:
    place = {"stream": "export", "topic": "umkm.export.customs", "partition": 0, "offset": offset}
    why = {"reason": "schema", "path": "data.fob_usd", "expected": "a decimal string", "seen": "1e5"}
    return orjson.dumps(place | why | {"timestamp": 1_700_000_000_123, "value": None, "headers": None})


async def test_refusals_come_in_pages_and_each_once(api: httpx.AsyncClient, connection: Connection) -> None:
    told = [refusal(offset) for offset in range(1_100)]
    async with connection.transaction():
        rows = messages.read_refusals("customs", [*told, *told[:10], b"{}"])
        await projection.record_rejected(connection, rows)
        await projection.note(connection)
    listed, cursor, more = [], None, True
    while more:
        page = (await api.get("/v1/publishers/customs/rejected", params={"cursor": cursor} if cursor else {})).json()
        listed += page["rejected"]
        cursor, more = page["cursor"], page["more"]
    assert [one["offset"] for one in listed] == list(range(1_100))
    assert listed[0] == {
        "stream": "export",
        "topic": "umkm.export.customs",
        "partition": 0,
        "offset": 0,
        "reason": "schema",
        "path": "data.fob_usd",
        "expected": "a decimal string",
        "seen": "1e5",
        "at": "2023-11-14T22:13:20.123Z",
    }
    assert (await api.get("/v1/publishers/customs/rejected", params={"cursor": cursor})).json()["rejected"] == []


async def test_contested_facts_of_services_and_our_own(api: httpx.AsyncClient, pool: Pool, connection: Connection) -> None:
    key = '{"merchant_id":"m1","platform":"a"}'
    await tell(
        connection,
        cell("onboarding", "contested", ["merchant", key, '["a","b"]', ""], 1, contested=1),
        cell("onboarding", "contested", ["listing", key, '["a","b"]', "a"], 1),
        watermark("onboarding", 1),
    )
    await sending.state(
        pool,
        observed("credit_share", "2022", "21", publisher="office"),
        observed("credit_share", "2022", "22", publisher="bank"),
        observed("credit_share", "2023", "22", publisher="bank"),
        aimed("credit_share", "2022", "30", publisher="office"),
        aimed("credit_share", "2022", "31", publisher="bank"),
        ranks={"office": 1, "bank": 2},
    )
    page = (await api.get("/v1/contested")).json()
    assert page["contested"] == [
        {"kind": "merchant", "key": {"merchant_id": "m1", "platform": "a"}, "publishers": ["a", "b"], "leads": None},
        {
            "kind": "observation",
            "key": {"indicator": "credit_share", "period": "2022", "destination": None, "opening": False},
            "publishers": ["office", "bank"],
            "leads": "office",
        },
        {"kind": "target", "key": {"indicator": "credit_share", "version": "2022"}, "publishers": ["office", "bank"], "leads": "office"},
    ]
    assert (await api.get("/v1/contested", params={"cursor": page["cursor"]})).json()["contested"] == []
