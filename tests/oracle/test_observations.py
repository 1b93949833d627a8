"""Hand-counted examples of observations, targets, openings of several publishers, and rounding."""

import pytest

from tests.oracle.event_types import share_agrees
from tests.oracle.examples import aimed, counted, observed, opening
from tests.oracle.records import Publisher, Registry
from tests.oracle.writing import percent

RANKED = Registry((Publisher("ministry", 1), Publisher("bps", 2)))


@pytest.mark.parametrize(
    ("stated", "top", "bottom", "agrees"),
    [
        ("27.54", "307.7", "1117.4", True),
        ("27.53", "307.7", "1117.4", True),
        ("11.92", "138.47", "1117.40", False),
        ("55", "268", "446", False),
        ("60", "268", "446", True),
        ("24", "12", "50", True),
        ("24.00", "12.000", "50.000", True),
        ("24.10", "12.000", "50.000", False),
    ],
)
def test_a_stated_share_agrees_with_its_parts(stated: str, top: str, bottom: str, agrees: bool) -> None:
    assert share_agrees(stated, top, bottom) is agrees


def test_percents_round_half_to_even() -> None:
    assert (percent(1, 800), percent(3, 800), percent(1, 3), percent(2, 3), percent(1, 0)) == ("0.12", "0.38", "33.33", "66.67", None)


def test_the_newest_period_by_its_end_of_the_same_end_the_shorter() -> None:
    recount = counted(
        observed("credit_share", "2023", "21"), observed("credit_share", "2023-12", "21.5"), observed("credit_share", "2022", "9")
    )
    line = recount.answer("credit_share", by="period")
    assert (line["value"], line["period"]) == ("21.5", "2023-12")
    assert line["rows"].keys() == {"2023", "2023-12", "2022"}


def test_of_two_publishers_the_first_in_rank_is_shown() -> None:
    recount = counted(observed("credit_share", "2023", "21"), observed("credit_share", "2023", "22", publisher="ministry"), registry=RANKED)
    assert recount.answer("credit_share")["value"] == "22"


def test_openings_of_one_instant() -> None:
    mine = [opening("onboarded", "2023", 100), opening("onboarded", "2023-12", 90, recordedtime="2025-02-01")]
    assert counted(*mine, registry=RANKED).answer("onboarded")["value"] == 90
    other = opening("onboarded", "2023", 80, publisher="ministry")
    assert counted(*mine, other, registry=RANKED).answer("onboarded")["value"] == 80
    assert counted(*mine, opening("onboarded", "2026", 1)).answer("onboarded")["value"] == 90


def test_a_plain_observation_of_our_own_indicator_is_never_its_value() -> None:
    assert counted(observed("onboarded", "2023", 100)).answer("onboarded")["value"] is None


def test_an_opening_is_refused_where_it_makes_no_sense() -> None:
    recount = counted(
        opening("onboarded", "2023-12-31", 1),
        opening("local_share", "2023", "40"),
        opening("exporters", "2023", 5, destination="JP"),
        opening("exporters", "2023", 5),
    )
    receipt = recount.receipts[("bps", "observations")]
    assert receipt.reasons == {"opening-period": 1, "opening-not-possible": 2}
    assert (receipt.sent, receipt.quarantined) == (4, 3)


def test_the_target_set_last_counts_but_not_before_its_day() -> None:
    recount = counted(
        observed("credit_share", "2023", "21.0"),
        aimed("credit_share", "a", "2020-01-01", "30"),
        aimed("credit_share", "b", "2022-01-01", "25"),
        aimed("credit_share", "c", "2026-11-26", "99"),
    )
    target = recount.answer("credit_share")["target"]
    assert (target["version"], target["percent"], target["remaining"]) == ("b", "84.00", "4")
