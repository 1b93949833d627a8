"""The AsyncAPI 3.0 document of all topics, in and out: written from the registry of topics, the models and the examples."""

from typing import Any

from shared.events import catalogue, outbound, topics
from shared.events.fact import Fact
from shared.events.topics import Topic

Document = dict[str, Any]
_PARAMETERS = {
    "publisher": "Who sends: lower-case letters, digits and hyphens, 1 to 64 of them; also `source` of every event.",
    "service": "A domain service: onboarding, export or procurement.",
}
_DESCRIPTION = (
    "Events are CloudEvents 1.0.2 in Kafka's binary mode (`ce_` headers, `content-type: application/json`) or structured mode "
    "(`content-type: application/cloudevents+json`, the whole event in the value). Schemas are those of `data`."
)


def document(schemas: dict[str, Document], examples: dict[str, Document]) -> Document:
    """The whole document; `schemas` and `examples` by event type."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Denyut: events of the MSME programme",
            "version": "1.0.0",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": _event_messages(examples) | outbound.messages(),
            "messageTraits": {"cloudEvent": {"headers": {"$ref": "#/components/schemas/headers"}}},
            "schemas": {"headers": _headers(), **schemas, **outbound.SCHEMAS},
        },
    }


def _channels() -> Document:
    inbound = {stream: _channel(topic, [_name(fact) for fact in _facts(stream)]) for stream, topic in topics.INBOUND.items()}
    return inbound | {name: _channel(topic, [name]) for name, topic in outbound.TOPICS.items()}


def _channel(topic: Topic, messages: list[str]) -> Document:
    parameters = {name: {"description": words} for name, words in _PARAMETERS.items() if f"{{{name}}}" in topic.address}
    key = f"Record key: {topic.key}." if topic.key else "Records need no key."
    policies = ["compact"] if topic.compacted else ["delete"]
    return {
        "address": topic.address,
        "title": topic.title,
        "description": f"{key} Written by: {', '.join(topic.producers)}. Read by: {', '.join(topic.consumers)}.",
        **({"parameters": parameters} if parameters else {}),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {"cleanup.policy": policies, "retention.ms": topic.retention_ms},
            }
        },
    }


def _operations() -> Document:
    hears = {f"hear-{stream}": _operation("receive", stream) for stream in topics.INBOUND}
    return hears | {f"tell-{name}": _operation("send", name) for name in outbound.TOPICS}


def _operation(action: str, channel: str) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


def _event_messages(examples: dict[str, Document]) -> Document:
    return {_name(fact): _event_message(fact, examples[fact.type]) for fact in catalogue.FACTS}


def _event_message(fact: type[Fact], example: Document) -> Document:
    headers = {f"ce_{name}": value for name, value in example.items() if name not in ("data", "datacontenttype")}
    return {
        "name": fact.type,
        "title": fact.__name__,
        "summary": (fact.__doc__ or "").strip(),
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": f"#/components/schemas/{fact.type}"},
        "examples": [{"name": "example", "headers": headers, "payload": example["data"]}],
    }


def _headers() -> Document:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    moment = {"type": "string", "format": "date-time"}
    return {
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": {**text, "description": "With `ce_source` it names one event."},
            "ce_source": {"type": "string", "pattern": f"^{topics.PUBLISHER}$", "description": "The last part of the topic."},
            "ce_type": {"enum": [fact.type for fact in catalogue.FACTS]},
            "ce_time": {**moment, "description": "When the fact became so, not when it is sent."},
            "ce_recordedtime": {**moment, "description": "When it became known; absent: `ce_time`. A correction repeats `ce_time`."},
        },
    }


def _facts(stream: str) -> list[type[Fact]]:
    return [fact for fact in catalogue.FACTS if fact.stream == stream]


def _name(fact: type[Fact]) -> str:
    return fact.type.removeprefix("id.umkm.").replace(".", "-")
