"""What Denyut itself says on Kafka: the schemas and examples of the messages on its outbound topics."""

from typing import Any

from shared.events import reasons, topics
from shared.events.topics import Topic

Document = dict[str, Any]
TOPICS: dict[str, Topic] = {
    "cells": topics.CELLS,
    "progress": topics.PROGRESS,
    "rejected": topics.REJECTED,
    "restatements": topics.RESTATEMENTS,
}


def _text(description: str, **more: Any) -> Document:
    return {"type": "string", "description": description, **more}


def _maybe(kind: str, description: str) -> Document:
    return {"type": [kind, "null"], "description": description}


def _object(title: str, properties: Document, optional: tuple[str, ...] = ()) -> Document:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "title": title, "properties": properties, "required": required}


_COUNTER = {"type": "integer", "minimum": 0}
_CELL = _object(
    "A cell: what stands now; a cell that became nothing has measures 0. Newer is the greater (generation, number)",
    {
        "kind": _text("The kind of cell; its dimensions and measures are in the registry of cells."),
        "key": {"type": "array", "items": {"type": ["string", "null"]}, "description": "Codes of its dimensions."},
        "measures": {"type": "array", "items": {"type": "string", "pattern": "^-?[0-9]+$"}, "description": "Whole numbers as text."},
        "generation": _COUNTER,
        "number": _COUNTER,
    },
)
_WATERMARK = _object(
    "The end of a flush: all cells up to it are one state",
    {
        "kind": {"const": "watermark"},
        "generation": _COUNTER,
        "number": _COUNTER,
        "newest": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Newest event time by fact, nanoseconds."},
        "positions": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "topic/partition: next offset."},
    },
)
_VALUE = {"type": ["integer", "string", "null"]}
_FIGURE = _object(
    "The newest figure of an indicator, as in the API: counts are integers, amounts, shares and percents decimal text",
    {
        "id": _text("The indicator."),
        "name": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Its name, by language."},
        "value": _VALUE,
        "unit": {"type": "string"},
        "period": _maybe("string", "YYYY, YYYY-MM or all."),
        "numerator": _VALUE,
        "denominator": _VALUE,
        "unclassified": _VALUE,
        "opening": _maybe("object", "The opening balance that it rests on."),
        "target": _maybe("object", "What it should reach, until when, and how far it is."),
        "status": {"enum": ["no-data", "provisional", "final"]},
        "watermark": _maybe("string", "The newest event time counted."),
    },
)
_REJECTED = _object(
    "A record that could not be taken",
    {
        "stream": {"type": "string"},
        "topic": {"type": "string"},
        "partition": _COUNTER,
        "offset": _COUNTER,
        "reason": {"enum": list(reasons.REASONS), "description": "A code of the catalogue."},
        "path": _text("Where, such as data.suppliers[1].scale."),
        "expected": _text("What belongs there, in words."),
        "seen": _text("What stands there, cut off.", maxLength=reasons.SEEN_CHARACTERS),
        "timestamp": {"type": "integer", "description": "The broker's timestamp of the record, milliseconds."},
        "value": _maybe("string", "The value in base64; null where it is not kept."),
        "headers": {"description": "The headers, values in base64; null where they are not kept."},
    },
)
_RESTATEMENT = {"type": "object", "title": "Reserved: a change to a figure of a closed period, with its cause"}
SCHEMAS: Document = {
    "cells": {"anyOf": [_WATERMARK, _CELL]},
    "progress": _FIGURE,
    "rejected": _REJECTED,
    "restatements": _RESTATEMENT,
}


def messages() -> Document:
    """The message of every outbound topic."""
    return {
        name: {
            "name": name,
            "title": topic.title,
            "contentType": "application/json",
            "payload": {"$ref": f"#/components/schemas/{name}"},
        }
        for name, topic in TOPICS.items()
    }
