"""What is published is what the models say, and no version of an event is ever broken."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.events import compatibility, publish, topics
from shared.events.export import ExportCancelled
from shared.events.procurement import ProcurementAwarded

Schema = dict[str, Any]


def test_the_published_contracts_are_those_of_the_models() -> None:
    committed = {
        str(path.relative_to(publish.CONTRACTS)): path.read_text(encoding="utf-8")
        for path in publish.CONTRACTS.rglob("*")
        if path.is_file()
    }
    assert committed == publish.contracts(), "run `make contracts` and commit what it writes"


def test_the_models_break_nothing_that_is_published() -> None:
    assert publish.broken(publish.CONTRACTS) == []


def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "contracts"
    shutil.copytree(publish.CONTRACTS, folder)
    monkeypatch.setattr(publish, "CONTRACTS", folder)
    return folder


def test_publishing_writes_all_files_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = published(tmp_path, monkeypatch)
    (folder / "asyncapi.json").unlink()
    assert publish.main() == 0
    assert (folder / "asyncapi.json").read_text() == publish.contracts()["asyncapi.json"]


def test_publishing_refuses_what_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = published(tmp_path, monkeypatch)
    path = folder / "schemas" / f"{ExportCancelled.type}.json"
    schema = json.loads(path.read_text())
    schema["properties"]["promised"] = {"type": "string"}
    path.write_text(json.dumps(schema))
    (folder / "schemas" / "id.umkm.export.forgotten.v1.json").write_text("{}")
    before = (folder / "asyncapi.json").read_text()
    (folder / "asyncapi.json").write_text("{}")
    assert publish.main() == 1
    said = capsys.readouterr().err
    assert "data.promised: removed" in said
    assert "forgotten.v1: published, and gone" in said
    assert (folder / "asyncapi.json").read_text() == "{}" != before


def change(path: str, value: Any) -> Callable[[Schema], None]:
    """Sets, or with ... removes, a place in a schema."""

    def apply(schema: Any) -> None:
        *way, last = path.split("/")
        for step in way:
            schema = schema[int(step)] if isinstance(schema, list) else schema[step]
        if value is ...:
            del schema[last]
        else:
            schema[last] = value

    return apply


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (change("properties/method", ...), "data.method: removed"),
        (change("properties/method/maxLength", 100), "data.method: maxLength was 200, is 100"),
        (change("properties/method/maxLength", 300), "data.method: maxLength"),
        (change("properties/version/type", "string"), "data.version: type"),
        (change("properties/value_idr/pattern", "^[0-9]+$"), "data.value_idr: pattern"),
        (change("required", ["ocid", "extra"]), "data.extra: required now"),
        (change("required", ["ocid"]), "data.award_id: no longer required"),
        (change("$defs/Buyer/properties/kind/enum", ["ministry"]), "data.buyer.kind: no longer allowed: agency, region, soe"),
        (change("$defs/Buyer/properties/kind/enum", ...), "data.buyer.kind: a closed list came or went"),
        (change("$defs/Supplier/properties/scale/enum", ["micro"]), "data.suppliers[].scale: no longer allowed"),
        (change("$defs/Supplier/properties/country", ...), "data.suppliers[].country: removed"),
        (change("properties/suppliers/minItems", 2), "data.suppliers: minItems"),
        (change("properties/suppliers/items", ...), "data.suppliers: items came or went"),
        (change("properties/currency/anyOf/0/const", "USD"), "data.currency: no longer allowed: IDR"),
        (change("properties/currency/anyOf", []), "data.currency: anyOf has other choices"),
        (change("additionalProperties", False), "data: additionalProperties"),
    ],
)
def test_the_guard_sees_what_breaks(changed: Callable[[Schema], None], words: str) -> None:
    new = json.loads(json.dumps(publish.schema_of(ProcurementAwarded)))
    changed(new)
    assert any(words in problem for problem in compatibility.breaks(publish.schema_of(ProcurementAwarded), new))


@pytest.mark.parametrize(
    "changed",
    [
        change("properties/note", {"type": "string"}),
        change("properties/method/description", "another word"),
        change("$defs/Buyer/properties/kind/enum", ["ministry", "agency", "region", "soe", "village"]),
        change("$defs/Supplier/properties/note", {"type": "string"}),
    ],
)
def test_the_guard_lets_additions_through(changed: Callable[[Schema], None]) -> None:
    new = json.loads(json.dumps(publish.schema_of(ProcurementAwarded)))
    changed(new)
    assert compatibility.breaks(publish.schema_of(ProcurementAwarded), new) == []


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def test_the_asyncapi_document_holds_every_topic_and_no_loose_end() -> None:
    document = json.loads(publish.contracts()["asyncapi.json"])
    assert document["asyncapi"] == "3.0.0"
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert addresses == {topic.address for topic in (*topics.INBOUND.values(), *topics.OUTBOUND)}
    used = {reference for channel in document["channels"].values() for reference in references(channel)}
    assert used == {f"#/components/messages/{name}" for name in document["components"]["messages"]}
    for reference in references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
