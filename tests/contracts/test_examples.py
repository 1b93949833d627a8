"""Every event version has one example, which is valid and means the same in every mode."""

import base64
import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from shared.events import catalogue, publish
from shared.events.fact import Fact
from tests.contracts import records

NAMES = [fact.type.split(".")[3] for fact in catalogue.FACTS]


def test_every_event_version_has_exactly_one_example() -> None:
    assert sorted(records.EXAMPLES) == sorted(fact.type for fact in catalogue.FACTS)


@pytest.mark.parametrize("fact", catalogue.FACTS, ids=NAMES)
def test_an_example_is_valid_by_the_published_schema(fact: type[Fact]) -> None:
    schema = json.loads((publish.CONTRACTS / "schemas" / f"{fact.type}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(records.EXAMPLES[fact.type]["data"])


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_the_same_event_in_both_modes(name: str) -> None:
    in_headers, in_value = records.accepted(records.binary(name)), records.accepted(records.structured(name))
    assert in_headers == in_value
    assert type(in_headers.data).type == in_headers.type
    assert in_headers.time_ns == 1_730_428_200_000_000_000
    assert in_headers.recorded_ns == 1_730_428_205_250_000_000


@pytest.mark.parametrize("name", NAMES)
def test_an_example_may_travel_as_base64(name: str) -> None:
    encoded = base64.b64encode(json.dumps(records.example(name)).encode()).decode()
    assert records.accepted(records.structured(name, data=..., data_base64=encoded)) == records.accepted(records.binary(name))
