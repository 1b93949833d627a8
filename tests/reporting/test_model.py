"""What reporting refuses of an opening balance: what could not stand beside our own numbers."""

import pytest

from services.reporting.model import decide
from shared.events.envelope import Event
from shared.events.reasons import Refused
from shared.messaging.decode import decode
from tests.contracts.records import FakeRecord
from tests.oracle.examples import opening, records


def event(indicator: str, value: str) -> Event:
    [said] = records(opening(indicator, "2023", value))
    decoded = decode(FakeRecord(said.topic, said.value, tuple(said.headers), said.key, said.timestamp_ms))
    assert isinstance(decoded, Event)
    return decoded


@pytest.mark.parametrize(("indicator", "value"), [("exporters", "1234"), ("export_value", "10.25"), ("procurement_value", "900.00")])
def test_an_opening_is_taken_as_its_indicator_counts(indicator: str, value: str) -> None:
    decide(event(indicator, value))


@pytest.mark.parametrize(
    ("indicator", "value"), [("exporters", "1234.5"), ("export_value", "10.255"), ("procurement_value", "0.5"), ("listings", "-5")]
)
def test_an_opening_that_would_have_to_be_rounded_is_refused(indicator: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(event(indicator, value))
    assert (refused.value.reason, refused.value.path) == ("schema", "data.value")
