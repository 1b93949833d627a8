"""The digest of a content is that of its canonical JSON, whatever way it was written."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.events import canonical, catalogue
from shared.events.fact import Fact
from shared.events.observations import IndicatorObserved
from shared.events.procurement import Domestic
from tests.contracts import records
from tests.contracts.records import accepted, binary


def expected(fact: type[Fact], data: dict[str, Any]) -> bytes:
    return hashlib.sha256(rfc8785.dumps({"type": fact.type, "data": data})).digest()


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("fact", catalogue.FACTS, ids=[fact.type.split(".")[3] for fact in catalogue.FACTS])
def test_the_digest_of_an_example_is_that_of_rfc_8785(fact: type[Fact]) -> None:
    name = fact.type.split(".")[3]
    data = records.EXAMPLES[fact.type]["data"]
    assert accepted(binary(name)).digest == expected(fact, without_nulls(data))
    # Other order, blanks, escapes, unknown and null members: the same content.
    noisy = dict(reversed({**data, "unknown": {"a": 1}, "nothing": None}.items()))
    noisy = json.loads(json.dumps(noisy), object_hook=lambda members: {**members, "also_unknown": [None]})
    assert accepted(binary(name, json.dumps(noisy, indent=3).encode())).digest == accepted(binary(name)).digest


NUMBERS = st.one_of(st.integers(0, 100), st.integers(0, 10_000).map(lambda hundredths: hundredths / 100), st.none())


@given(tkdn=NUMBERS, bmp=NUMBERS, pdn=st.none() | st.booleans())
def test_numbers_are_normalised_as_rfc_8785_does(tkdn: float | None, bmp: float | None, pdn: bool | None) -> None:
    domestic = {"pdn": pdn, "tkdn": tkdn, "bmp": bmp}
    shape = canonical.shape_of(Domestic)
    assert (
        canonical.digest("t", canonical.known(domestic, shape))
        == hashlib.sha256(rfc8785.dumps({"data": without_nulls(domestic), "type": "t"})).digest()
    )


def test_the_way_a_number_is_written_does_not_matter() -> None:
    written = [b"40", b"40.0", b"4e1", b"400E-1", b"40.00"]
    template = json.dumps(records.example("procurement-awarded")).encode()
    digests = {accepted(binary("procurement-awarded", template.replace(b"42.5", number))).digest for number in written}
    assert len(digests) == 1


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=50))
def test_texts_are_written_as_rfc_8785_does(text: str) -> None:
    data = records.example("indicator-observed", unit=text)
    assert canonical.digest(IndicatorObserved.type, data) == expected(IndicatorObserved, data)


def test_strings_count_as_given() -> None:
    digests = {
        accepted(binary("product-exported", records.example("product-exported", quantity=quantity))).digest
        for quantity in (1250, "1250", "1250.0")
    }
    assert len(digests) == 3


def test_the_type_is_part_of_the_content() -> None:
    data = records.example("msme-onboarded")
    assert accepted(binary("msme-onboarded", data)).digest != accepted(binary("msme-profile-changed", data)).digest


def test_id_times_and_extensions_are_not() -> None:
    other = binary("msme-onboarded", id="other", time="2024-01-01T00:00:00Z", recordedtime=None, subject="x")
    assert accepted(other).digest == accepted(binary("msme-onboarded")).digest
