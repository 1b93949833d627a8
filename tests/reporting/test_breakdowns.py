"""Rows: stocks in time, flows, counts of months, shares of two sources, openings as a row of their own."""

from typing import Any

from services.reporting import indicators
from services.reporting.figures import breakdown, openings, periods
from services.reporting.figures.breakdown import Asked
from services.reporting.figures.known import Known, Row
from tests.reporting import knowledge
from tests.reporting.knowledge import observation, rows


def series(name: str, by: str, known: Known, within: periods.Scope = periods.EVERYTHING) -> dict[Any, Any]:
    indicator = indicators.of(name)
    if indicator.rests_on is not None:
        base = indicators.of(indicator.rests_on)
        return told(breakdown.of_two_sources(Asked(indicator, base.groups[0], by, known, within)), by)
    group = indicator.groups[0]
    asked = Asked(indicator, group, by, known, within, openings.standing(indicator, known))
    return told(breakdown.by_time(asked, known.total(group)), by)


def told(shown: list[dict[str, Any]], by: str) -> dict[Any, Any]:
    return {row[by]: row["value"] for row in shown}


def test_a_stock_has_a_row_for_every_month_and_rests_on_the_newest_opening_by_then() -> None:
    cells = rows("listing", ("2026-06", None, {"onboarded": 4}), ("2026-09", None, {"onboarded": -1}), ("2026-12", None, {"onboarded": 9}))
    known = knowledge.known({"listing": cells}, [observation("onboarded", "2026-08", "10", opening=True)])
    expected = {"2026-06": 4, "2026-07": 4, "2026-08": 10, "2026-09": 9, "2026-10": 9, "2026-11": 9}
    assert series("onboarded", "month", known) == expected


def test_a_stock_by_year_is_as_of_its_end_and_of_the_present_year_as_of_now() -> None:
    cells = rows("listing", ("2024-06", None, {"onboarded": 4}), ("2026-09", None, {"onboarded": 1}))
    known = knowledge.known({"listing": cells})
    assert series("onboarded", "year", known) == {"2024": 4, "2025": 4, "2026": 5}
    assert series("onboarded", "month", known, periods.year_scope(2025)) == {f"2025-{month:02d}": 4 for month in range(1, 13)}


def test_an_opening_alone_has_rows_from_its_own_month_on() -> None:
    known = knowledge.known(observations=[observation("onboarded", "2026-10", "10", opening=True)])
    assert series("onboarded", "month", known) == {"2026-10": 10, "2026-11": 10}


def test_flows_have_rows_where_something_happened_also_after_this_month() -> None:
    cells = rows("award", ("2026-11", 2026, {"value_idr": 5, "awards": 1}), ("2027-02", 2026, {"value_idr": 7, "awards": 1}))
    known = knowledge.known({"award": cells})
    assert series("procurement_value", "month", known) == {"2026-11": "5", "2027-02": "7"}
    assert series("procurement_value", "year", known) == {"2026": "5", "2027": "7"}
    assert series("procurement_value", "fiscal_year", known) == {"2026": "12"}


def test_counts_of_months_are_zero_in_empty_months_and_by_year_the_newest_ended_month() -> None:
    cells = rows("seller", ("2025-10", None, {"transacting": 3}), ("2026-01", None, {"transacting": 2}))
    known = knowledge.known({"seller": cells})
    by_month = series("sellers_transacting", "month", known)
    assert list(by_month.values()) == [3, 0, 0, 2, *[0] * 10]
    later = knowledge.known({"seller": [*cells, *rows("seller", ("9999-12", None, {"transacting": 1}))]})
    assert list(series("sellers_transacting", "month", later).items())[-2:] == [("2026-11", 0), ("9999-12", 1)]
    assert series("sellers_transacting", "year", known) == {"2025": 3, "2026": 2}


def test_a_share_of_two_sources_has_the_denominator_of_its_time() -> None:
    cells = rows("listing", ("2025-11", None, {"onboarded": 50}))
    population = [observation("msme_population", "2025", "200"), observation("msme_population", "2026-10", "400")]
    known = knowledge.known({"listing": cells}, population)
    by_month = series("onboarded_share", "month", known)
    assert [by_month[month] for month in ("2025-11", "2025-12", "2026-09", "2026-10", "2026-11")] == [
        None,
        "25.00",
        "25.00",
        "12.50",
        "12.50",
    ]
    assert series("onboarded_share", "year", known) == {"2025": "25.00", "2026": "12.50"}


def test_the_export_share_by_year() -> None:
    cells = rows("export", ("2024-05", None, {"fob_cents": 10_000, "items": 1}), ("2025-05", None, {"fob_cents": 1, "items": 1}))
    known = knowledge.known({"export": cells}, [observation("national_export_value", "2024", "400")])
    assert series("export_share", "year", known) == {"2024": "25.00", "2025": None}


def test_rows_by_code_leave_out_what_came_to_nothing_and_put_the_unknown_last() -> None:
    onboarded = indicators.of("onboarded")
    asked = Asked(onboarded, onboarded.groups[0], "province", knowledge.known())
    cube = [Row(None, None, None, (9, 2, 9)), Row("ID-JB", None, None, (9, 3, 9)), Row("ID-AC", None, None, (1, 0, 1))]
    assert told(breakdown.by_code(asked, cube), "province") == {"ID-JB": 3, None: 2}


def test_the_remainder_is_a_row_with_the_code_opening() -> None:
    known = knowledge.known(observations=[observation("export_value", "2025", "12.5", opening=True)])
    value = indicators.of("export_value")
    opening = openings.used(value, known, periods.EVERYTHING)
    assert told(breakdown.with_opening([], "province", value, opening), "province") == {"opening": "12.50"}


def test_observations_by_period_and_by_destination() -> None:
    national = indicators.of("national_export_value")
    stated = [observation("national_export_value", "2023", "2.50"), observation("national_export_value", "2022", "1", destination="CN")]
    assert told(breakdown.of_observations(national, "period", stated), "period") == {"2022": "1", "2023": "2.50"}
    assert told(breakdown.of_observations(national, "destination", stated), "destination") == {"CN": "1"}
