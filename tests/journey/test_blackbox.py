"""The comparison itself: a system that answers as the recount does has no differences, and every lie is found."""

from typing import Any

from tests.journey import compare, report
from tests.journey.stream import figures_in, read_events
from tests.oracle.examples import NOW
from tests.oracle.records import Record
from tests.oracle.recount import Recount
from tests.oracle.scenario import scenario
from tests.oracle.test_scenario import KNOWN_MS, REGISTRY


class Faithful:
    """Answers as the API would, from a recount."""

    def __init__(self, recount: Recount) -> None:
        self.recount = recount

    def get(self, path: str, **_: str) -> Any:
        return {"indicators": []} if path == "/v1/indicators" else None

    def progress(self) -> dict[str, Any]:
        return {name: _with_status(answer) for name, answer in self.recount.progress().items()}

    def answer(self, indicator: str, by: str = "", period: str | None = None, **wanted: str) -> Any:
        answer = self.recount.answer(indicator, by, period, **wanted)
        rows = [{by: code, **row} for code, row in answer.get("rows", {}).items()]
        return {**_with_status(answer), "rows": rows, "additive": False}

    def receipts(self, publisher: str) -> dict[str, Any]:
        return {
            stream: {
                "sent": receipt.sent,
                "quarantined": receipt.quarantined,
                "applied": receipt.sent - receipt.quarantined,
                "reasons": receipt.reasons,
            }
            for (name, stream), receipt in self.recount.receipts.items()
            if name == publisher
        }

    def contested(self) -> list[dict[str, Any]]:
        return [
            {"kind": one.kind, "key": list(one.key), "publishers": one.publishers, "leads": one.leads} for one in self.recount.contested()
        ]

    def rejected(self, publisher: str) -> list[dict[str, Any]]:
        refused = sum(receipt.quarantined for (name, _), receipt in self.recount.receipts.items() if name == publisher)
        return [{}] * refused


def _with_status(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "status": "no-data" if answer["value"] is None else "provisional"}


def _records(events: int) -> list[Record]:
    return [sent.at(KNOWN_MS) for sent in scenario(11, events, REGISTRY, NOW)]


def _compared(records: list[Record], others: list[Record]) -> report.Report:
    api: Any = Faithful(Recount(others, REGISTRY, NOW))
    return report.compare_all(Recount(records, REGISTRY, NOW), api)


def test_a_faithful_system_has_no_differences() -> None:
    records = _records(400)
    found = _compared(records, records)
    assert found.differences == []
    assert sum(found.asked.values()) > 500


def test_a_system_that_lost_one_record_in_fifty_is_found_out() -> None:
    records = _records(400)
    kept = [record for place, record in enumerate(records) if place % 50]
    found = _compared(records, kept)
    assert any(line.startswith("receipts") for line in found.differences)
    assert any(line.startswith("progress") for line in found.differences)
    assert any("by=" in line for line in found.differences)


def test_numbers_are_compared_by_value_and_form() -> None:
    assert compare.same("10.5", "10.50", loose=False)
    assert not compare.same("10", 10, loose=False)
    assert not compare.same(10, "10", loose=False)
    assert compare.same("10", 10, loose=True)
    assert not compare.same("10", "1e1", loose=True)
    assert not compare.same(None, 0, loose=False)
    assert not compare.same(0, None, loose=False)
    assert compare.same("2025-10", "2025-10", loose=False)


def test_server_sent_events_are_read() -> None:
    lines = iter(
        [": hello", "", "event: snapshot", "id: 7", 'data: {"cursor": "7",', 'data: "indicators": [{"id": "a", "value": null}]}', ""]
    )
    comment, event = read_events(lines)
    assert comment == ("", "", None)
    assert event[:2] == ("snapshot", "7")
    assert list(figures_in(event[2])) == [{"id": "a", "value": None}]
