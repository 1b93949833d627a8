"""What else is refused, and that a refusal names place, expectation and what was seen."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.events import catalogue, reasons, shares
from shared.events.fact import Fact
from tests.contracts import records
from tests.contracts.records import accepted_data, refused, refused_data

OPTIONAL = {
    "product-exported": {"platform"},
    "export-corrected": {"platform"},
    "exporter-trained": {"province"},
    "procurement-awarded": {"currency"},
    "award-amended": {"currency"},
    "indicator-observed": {"destination", "numerator", "denominator", "opening"},
    "target-set": {"baseline", "milestones", "contributors"},
}
SUPPLIER = {"id": "S", "scale": "micro", "legal_form": "cv", "country": "ID"}


@pytest.mark.parametrize("fact", catalogue.FACTS, ids=[fact.type.split(".")[3] for fact in catalogue.FACTS])
def test_every_member_is_required_unless_said_otherwise(fact: type[Fact]) -> None:
    name = fact.type.split(".")[3]
    for member in fact.model_fields:
        for data in (
            {key: value for key, value in records.example(name).items() if key != member},
            {**records.example(name), member: None},
        ):
            # A share loses both parts, or it is no share.
            if member in ("numerator", "denominator"):
                data |= {"numerator": None, "denominator": None}
            if member in OPTIONAL.get(name, set()):
                assert records.accepted(records.binary(name, data))
            else:
                rejection = refused(records.binary(name, data))
                assert (rejection.reason, rejection.path) == ("schema", f"data.{member}")


def test_the_path_leads_into_lists_and_objects() -> None:
    rejection = refused_data("procurement-awarded", suppliers=[SUPPLIER, {**SUPPLIER, "scale": "huge"}])
    assert rejection.path == "data.suppliers[1].scale"
    assert rejection.expected == "'micro', 'small', 'medium', 'large' or 'unknown'"
    assert rejection.seen == '"huge"'
    missing = refused_data("budget-announced", buyer={"id": "B", "name": "x"})
    assert (missing.path, missing.expected, missing.seen) == ("data.buyer.kind", "this member", "nothing")
    assert refused_data("budget-announced", buyer="B").expected == "a JSON object"


def test_seen_is_cut_off() -> None:
    assert len(refused_data("msme-onboarded", scale="x" * 10_000).seen) == reasons.SEEN_CHARACTERS


@pytest.mark.parametrize("currency", ["USD", "idr", "", "IDR ", 5, ["IDR"]])
def test_another_currency_is_never_counted_as_rupiah(currency: Any) -> None:
    rejection = refused_data("procurement-awarded", currency=currency)
    assert (rejection.reason, rejection.path) == ("currency", "data.currency")


def test_parts_of_an_award() -> None:
    shared = [{**SUPPLIER, "share_idr": "60"}, {**SUPPLIER, "share_idr": "40"}]
    assert accepted_data("procurement-awarded", suppliers=shared, value_idr="100").suppliers[0].share_idr == 60
    assert accepted_data("procurement-awarded", suppliers=[SUPPLIER, {**SUPPLIER, "share_idr": None}])
    assert accepted_data("procurement-awarded", suppliers=[{**SUPPLIER, "share_idr": "0"}], value_idr="0")
    for wrong, value in ((shared, "101"), ([SUPPLIER, shared[0]], "60"), ([{**SUPPLIER, "share_idr": "0"}], "1")):
        rejection = refused_data("award-amended", suppliers=wrong, value_idr=value)
        assert (rejection.reason, rejection.path) == ("parts-mismatch", "data.suppliers")
    assert refused_data("procurement-awarded", suppliers=[]).reason == "schema"


def test_the_local_part_is_not_above_the_whole() -> None:
    assert accepted_data("trading-reported", value_idr="5", local_value_idr="5")
    rejection = refused_data("trading-reported", value_idr="5", local_value_idr="6")
    assert (rejection.reason, rejection.path, rejection.seen) == ("local-above-total", "data.local_value_idr", "6")


@pytest.mark.parametrize(
    ("percent", "numerator", "denominator", "agrees"),
    [
        ("27.54", "307.7", "1117.4", True),
        ("11.92", "138.47", "1117.40", False),
        ("12.39", "138.47", "1117.40", True),
        ("55", "268", "446", False),
        ("60", "268", "446", True),
        ("60.1", "268", "446", True),
        ("60.0", "268.00", "446.00", True),
        ("60.2", "268.00", "446.00", False),
        ("12.000", "12.000", "100.000", True),
        ("12.5", "1", "8", True),
        ("33.33", "1.0000000", "3.0000000", True),
        ("33.34", "1.0000000", "3.0000000", False),
        ("66.66", "2.0000000", "3.0000000", True),
        ("66.67", "2.0000000", "3.0000000", True),
        ("66.68", "2.0000000", "3.0000000", False),
        ("0", "0", "5", True),
        ("1", "0.000", "5.000", False),
        ("50", "1", "0", False),
        ("120", "6", "5", True),
    ],
)
def test_a_share_follows_from_its_parts(percent: str, numerator: str, denominator: str, agrees: bool) -> None:
    assert shares.agrees(Decimal(percent), Decimal(numerator), Decimal(denominator)) is agrees


def test_a_share_that_does_not_follow_is_refused() -> None:
    assert accepted_data("indicator-observed", value=60, numerator=268, denominator=446)
    for value, numerator, denominator in (("11.92", "138.47", "1117.40"), (55, 268, 446), ("50", "1", "0")):
        rejection = refused_data("indicator-observed", value=value, numerator=numerator, denominator=denominator)
        assert (rejection.reason, rejection.path) == ("share-mismatch", "data.value")
    for half in ({"numerator": None}, {"denominator": None}):
        assert refused_data("indicator-observed", **half).reason == "schema"
    assert refused_data("indicator-observed", numerator="-1").path == "data.numerator"


def test_contributors_add_up_to_one_hundred() -> None:
    good = [{"name": "A", "share": "33.333333"}, {"name": "B", "share": "66.666667"}]
    assert accepted_data("target-set", contributors=good)
    assert accepted_data("target-set", contributors=[{"name": "A", "share": 100}])
    for wrong in ([{"name": "A", "share": "99.999999"}], [{"name": "A", "share": 0}], [*good, {"name": "C", "share": "0.000001"}]):
        rejection = refused_data("target-set", contributors=wrong)
        assert (rejection.reason, rejection.path) == ("share-mismatch", "data.contributors")
    assert refused_data("target-set", contributors=[{"name": "A"}]).reason == "schema"


def test_a_reason_outside_the_catalogue_cannot_be_given() -> None:
    with pytest.raises(ValueError, match="no such reason"):
        reasons.Refused("because", "data", "something")


def test_every_reason_of_the_contract_is_in_the_catalogue() -> None:
    named = "not-json envelope source-mismatch unknown-type wrong-stream schema too-large time-in-future foreign-platform parts-mismatch "
    named += "share-mismatch local-above-total currency personal-identifier opening-period opening-not-possible time apply-failed"
    assert set(named.split()) == set(reasons.REASONS)


def test_reasons_in_the_code_are_in_the_catalogue() -> None:
    folder = Path(reasons.__file__).parents[1]
    given = re.compile(r'(?:Refused|refusal)\(\s*"([a-z-]+)"')
    found = {code for path in folder.rglob("*.py") for code in given.findall(path.read_text())}
    assert found
    assert found <= set(reasons.REASONS)
