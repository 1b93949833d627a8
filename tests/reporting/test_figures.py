"""Headlines: the published line, openings and their remainder, periods with data, shares, targets."""

from datetime import date
from typing import Any

import pytest

from services.reporting import indicators
from services.reporting.figures import headline, scopes
from services.reporting.figures.known import Known
from tests.reporting import knowledge
from tests.reporting.knowledge import POPULATION, observation, rows, target


def figure(name: str, known: Known) -> dict[str, Any]:
    return headline.figure(indicators.of(name), known)


def published(**more: Any) -> Known:
    """The programme's line of December 2023, and the target that was set for it."""
    history = [observation("onboarded", "2022-12", "20760000", opening=True), observation("onboarded", "2023-12", "25292701", opening=True)]
    population = observation("msme_population", "2023", str(POPULATION))
    goals = [
        target("onboarded", "2021-08", "2021-08-01", "30000000", "2023-12-31"),
        target("onboarded", "2022", "2022-01-01", "30000000", "2024-12-31"),
    ]
    return knowledge.known(more.get("totals"), [*history, population], goals, more.get("today", knowledge.TODAY))


def test_the_published_line_comes_out() -> None:
    onboarded, share = figure("onboarded", published()), figure("onboarded_share", published())
    assert onboarded["value"] == 25_292_701
    assert onboarded["period"] == "all"
    assert share["value"] == "39.52"
    assert (share["numerator"], share["denominator"]) == (25_292_701, 64_000_000)
    assert onboarded["target"] == {"version": "2022", "value": 30_000_000, "due": "2024-12-31", "percent": "84.31", "remaining": 4_707_299}
    assert onboarded["opening"] == {
        "value": 25_292_701,
        "at": "2023-12-31",
        "stated_by": "stated by statistics",
        "remainder": 25_292_701,
        "contradicted": False,
    }
    assert share["opening"]["remainder"] == 25_292_701


def test_a_loaded_register_shrinks_the_remainder_and_the_headline_stays() -> None:
    told = rows(
        "listing", ("2021-05", None, {"onboarded": 1_000_000}), ("2024-02", None, {"onboarded": 500}), ("2024-03", None, {"onboarded": -2})
    )
    onboarded = figure("onboarded", published(totals={"listing": told}))
    assert onboarded["value"] == 25_292_701 + 500 - 2
    assert onboarded["opening"]["remainder"] == 24_292_701


def test_what_we_know_better_contradicts_an_opening() -> None:
    told = rows("listing", ("2023-12", None, {"onboarded": 30_000_000}))
    onboarded = figure("onboarded", published(totals={"listing": told}))
    assert onboarded["value"] == 30_000_000
    assert onboarded["opening"]["remainder"] == 0
    assert onboarded["opening"]["contradicted"] is True


def test_an_opening_after_the_present_month_waits() -> None:
    onboarded = figure("onboarded", published(today=date(2023, 11, 30)))
    assert onboarded["value"] == 20_760_000


def test_of_two_openings_of_one_instant_the_higher_in_rank_holds_then_the_newest_version() -> None:
    stated = [
        observation("onboarded", "2023", "7", opening=True, place=(2, "a"), version=9),
        observation("onboarded", "2023-12", "5", opening=True, place=(1, "b"), version=1),
        observation("onboarded", "2023", "6", opening=True, place=(1, "b"), version=2),
    ]
    assert figure("onboarded", knowledge.known(observations=stated))["value"] == 6


def test_an_observation_without_opening_is_shown_as_stated_and_never_as_the_value() -> None:
    stated = [observation("onboarded", "2024", "27000000")]
    onboarded = figure("onboarded", knowledge.known(observations=stated))
    assert onboarded["value"] is None
    assert onboarded["status"] == "no-data"
    assert onboarded["stated"]["value"] == 27_000_000


@pytest.mark.parametrize("name", list(indicators.load()))
def test_no_data_is_null_and_never_zero(name: str) -> None:
    empty = figure(name, knowledge.known())
    assert [empty[field] for field in ("value", "numerator", "denominator", "unclassified", "opening", "target", "watermark")] == [None] * 7
    assert empty["status"] == "no-data"


def test_flows_of_one_year_leave_their_opening_out_and_all_includes_it() -> None:
    told = rows(
        "trading",
        ("2025-03", None, {"value_idr": 70, "local_value_idr": 30, "reports": 1}),
        ("2026-01", None, {"value_idr": 5, "reports": 2}),
    )
    known = knowledge.known({"trading": told}, [observation("traded_value", "2025-12", "100", opening=True)])
    traded = indicators.of("traded_value")
    assert (figure("traded_value", known)["value"], figure("traded_value", known)["period"]) == ("5", "2026")
    assert figure("traded_value", known)["opening"] is None
    everything = headline.answer(traded, known, scopes.everything(traded, known))
    assert everything.parts.value is not None
    assert everything.parts.value.shown == "105"
    assert figure("local_share", known)["value"] == "0.00"


def test_a_share_carries_exact_parts_and_is_rounded_half_even() -> None:
    told = rows("award", ("2024-02", 2024, {"value_idr": 20_000, "msme_idr": 1_001, "unclassified_idr": 7, "awards": 1}))
    share = figure("procurement_msme_share", knowledge.known({"award": told}))
    assert share["value"] == "5.00"  # 5.005
    assert (share["numerator"], share["denominator"], share["unclassified"]) == ("1001", "20000", "7")
    assert (share["period"], share["status"]) == ("2024", "final")


def test_a_share_of_budgets_is_of_the_newest_fiscal_year_with_a_budget() -> None:
    told = rows("budget", (None, 2025, {"budget_idr": 1000, "umkk_idr": 275, "budgets": 1}), (None, 2026, {"umkk_unclassified_idr": 5}))
    share = figure("procurement_umkk_share", knowledge.known({"budget": told}))
    assert (share["period"], share["value"], share["unclassified"]) == ("2025", "27.50", "0")


def test_counts_of_a_month_are_of_the_newest_ended_month_with_data() -> None:
    told = rows("seller", ("2026-09", None, {"transacting": 4, "consistent": 1}), ("2026-11", None, {"transacting": 9}))
    known = knowledge.known({"seller": told})
    assert [figure(name, known)["period"] for name in ("sellers_transacting", "sellers_consistent")] == ["2026-09", "2026-09"]
    assert [figure(name, known)["value"] for name in ("sellers_transacting", "sellers_consistent")] == [4, 1]


def test_consistent_exporters_are_of_the_newest_month_with_an_item_even_where_nobody_is() -> None:
    told = {
        "export": rows("export", ("2026-09", None, {"items": 1, "fob_cents": 5})),
        "exporter_month": rows("exporter_month", ("2026-05", None, {"consistent": 3})),
    }
    consistent = figure("exporters_consistent", knowledge.known(told))
    assert (consistent["period"], consistent["value"]) == ("2026-09", 0)


def test_the_export_share_is_of_the_newest_year_that_has_both_sources() -> None:
    told = rows("export", ("2023-05", None, {"fob_cents": 123_456, "items": 1}), ("2025-05", None, {"fob_cents": 1, "items": 1}))
    nation = [
        observation("national_export_value", "2023", "258820000000"),
        observation("national_export_value", "2025", "7", destination="CN"),
    ]
    share = figure("export_share", knowledge.known({"export": told}, nation))
    assert (share["period"], share["numerator"], share["denominator"], share["value"]) == ("2023", "1234.56", "258820000000", "0.00")


def test_priority_goods_are_of_the_newest_year_with_exports() -> None:
    told = {
        "export": rows("export", ("2026-01", None, {"fob_cents": 900, "items": 1})),
        "export/known": rows("export", ("2024-01", None, {"fob_cents": 250, "items": 1})),
    }
    priority = figure("priority_commodity_value", knowledge.known(told))
    assert (priority["period"], priority["value"]) == ("2026", "0.00")


def test_observations_show_the_newest_period_by_its_end_and_of_two_the_shorter() -> None:
    stated = [
        observation("credit_share", "2022", "21", version=3),
        observation("credit_share", "2022-12", "20.910", parts=("2091", "10000")),
        observation("credit_share", "2024", "99", destination="CN"),
    ]
    credit = figure("credit_share", knowledge.known(observations=stated))
    assert (credit["period"], credit["value"], credit["numerator"], credit["denominator"]) == ("2022-12", "20.910", "2091", "10000")
    assert (credit["status"], credit["opening"], credit["stated"]) == ("final", None, None)


def test_an_unknown_observed_id_is_an_indicator_of_its_own() -> None:
    own = figure("inflation", knowledge.known(observations=[observation("inflation", "2024", "2.50")]))
    assert (own["name"], own["value"], own["unit"]) == ({"id": "inflation", "en": "inflation"}, "2.50", "unit")


def test_targets_hold_from_the_day_they_are_set() -> None:
    goals = [target("credit_share", "a", "2020-01-01", "30", "2024-12-31"), target("credit_share", "b", "2027-01-01", "50", "2030-12-31")]
    credit = figure("credit_share", knowledge.known(observations=[observation("credit_share", "2022", "21")], targets=goals))
    assert credit["target"] == {"version": "a", "value": "30", "due": "2024-12-31", "percent": "70.00", "remaining": "9"}
