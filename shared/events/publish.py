"""Writes the contracts that others build against: the models in, JSON Schemas, an AsyncAPI document and the list of reasons out.

`python -m shared.events.publish` writes them into docs/contracts. It refuses to publish a change that breaks what is published
already under the same version: such a change needs a new version of the event.
"""

import json
import sys
from pathlib import Path
from typing import Any

from shared.events import asyncapi, catalogue, compatibility, reasons
from shared.events.fact import Fact

Document = dict[str, Any]
EXAMPLES = Path(__file__).parent / "examples"
_ADVICE = "Within a version only additions: give the event a new version. (Nobody uses it yet? Then delete its published schema first.)"
CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts"


def main() -> int:
    """Write all contracts; 1 where they would break what is published."""
    problems = broken(CONTRACTS)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(_ADVICE, file=sys.stderr)
        return 1
    for path, content in contracts().items():
        target = CONTRACTS / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return 0


def contracts() -> dict[str, str]:
    """The content of every published file, by its path in docs/contracts."""
    schemas = {fact.type: schema_of(fact) for fact in catalogue.FACTS}
    files = {f"schemas/{name}.json": _text(schema) for name, schema in schemas.items()}
    inlined = {name: _with_definitions_at(schema, f"#/components/schemas/{name}") for name, schema in schemas.items()}
    return {**files, "asyncapi.json": _text(asyncapi.document(inlined, examples())), "reasons.md": _reasons()}


def schema_of(fact: type[Fact]) -> Document:
    """The JSON Schema of an event's `data`."""
    schema = fact.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": fact.type}


def examples() -> dict[str, Document]:
    """The example of every event version, a structured CloudEvent, by type."""
    return {path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.json"))}


def broken(folder: Path) -> list[str]:
    """What the models of today break of what a folder has published, in words."""
    today = {fact.type: schema_of(fact) for fact in catalogue.FACTS}
    problems: list[str] = []
    for path in sorted((folder / "schemas").glob("*.json")):
        name = path.name.removesuffix(".json")
        if name not in today:
            problems.append(f"{name}: published, and gone from the models")
            continue
        published = json.loads(path.read_text(encoding="utf-8"))
        problems.extend(f"{name}: {problem}" for problem in compatibility.breaks(published, today[name]))
    return problems


def _reasons() -> str:
    lines = [f"| `{code}` | {meaning} |" for code, meaning in reasons.REASONS.items()]
    head = "# Why a record is not taken\n\nCodes are stable: none is renamed or given another meaning.\n\n| reason | meaning |\n|---|---|\n"
    return head + "\n".join(lines) + "\n"


def _with_definitions_at(schema: Document, place: str) -> Document:
    """The same schema, as a part of a greater document: references name its definitions from the root."""
    moved: Document = json.loads(json.dumps(schema).replace('"#/$defs/', f'"{place}/$defs/'))
    moved.pop("$schema")
    return moved


def _text(document: Document) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
