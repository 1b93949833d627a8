"""Hand-counted examples of listings, MSMEs, links and trading."""

from tests.oracle.examples import (
    aimed,
    counted,
    linked,
    observed,
    offboarded,
    onboarded,
    opening,
    profile_changed,
    traded,
    unlinked,
)
from tests.oracle.records import Publisher, Registry
from tests.oracle.sending import msme


def test_the_published_line_comes_out() -> None:
    answer = counted(
        opening("onboarded", "2023-12", 25_292_701),
        observed("msme_population", "2023", 64_000_000),
        aimed("onboarded", "2021-08", "2021-08-01", 30_000_000),
        onboarded("shop", 1, "2023-05-01"),
        onboarded("shop", 2, "2022-01-01"),
    ).progress()
    line = answer["onboarded"]
    assert line["value"] == 25_292_701
    assert (line["target"]["percent"], line["target"]["remaining"]) == ("84.31", 4_707_299)
    assert line["opening"]["remainder"] == 25_292_699
    assert not line["opening"]["contradicted"]
    share = answer["onboarded_share"]
    assert (share["value"], share["numerator"], share["denominator"], share["period"]) == ("39.52", 25_292_701, 64_000_000, "2026-11")


def test_the_remainder_shrinks_and_what_came_later_is_added() -> None:
    recount = counted(
        opening("onboarded", "2023", 10),
        onboarded("shop", 1, "2023-05-01"),
        onboarded("shop", 2, "2024-02-01"),
        onboarded("shop", 3, "2020-06-01"),
        offboarded("shop", 3, "2021-06-01"),
    )
    by_month = recount.answer("onboarded", by="month")["rows"]
    assert (by_month["2020-06"]["value"], by_month["2021-06"]["value"], by_month["2023-11"]["value"]) == (1, 0, 1)
    assert (by_month["2023-12"]["value"], by_month["2024-02"]["value"], by_month["2026-11"]["value"]) == (10, 11, 11)
    assert recount.answer("onboarded", by="province")["rows"]["opening"]["value"] == 9
    assert recount.answer("onboarded", province="ID-JB")["value"] == 2
    assert recount.answer("onboarded", period="2021")["value"] == 0


def test_an_opening_below_what_is_known_is_contradicted() -> None:
    line = counted(opening("onboarded", "2023", 1), onboarded("shop", 1, "2023-05-01"), onboarded("shop", 2, "2023-05-01")).answer(
        "onboarded"
    )
    assert (line["value"], line["opening"]["remainder"], line["opening"]["contradicted"]) == (2, 0, True)


def test_links_join_and_unlinks_part_in_any_order() -> None:
    shops = [onboarded("a", 1, "2024-01-01"), onboarded("b", 2, "2024-01-02"), onboarded("b", 3, "2024-01-03")]
    joined = [*shops, linked("x", 1, 2, "2024-02-01"), linked("y", 2, 3, "2024-02-01")]
    assert counted(*joined).answer("onboarded")["value"] == 1
    assert counted(unlinked("y", "2024-03-01"), *joined).answer("onboarded")["value"] == 2
    assert counted(unlinked("y", "2024-01-01"), *joined).answer("onboarded")["value"] == 1
    assert counted(*joined).answer("listings")["value"] == 3
    by_platform = counted(*joined).answer("onboarded", by="platform")["rows"]
    assert {code: row["value"] for code, row in by_platform.items()} == {"a": 1, "b": 1}


def test_of_two_publishers_of_one_link_the_leading_one_counts() -> None:
    registry = Registry((Publisher("first", 1), Publisher("second", 2)))
    events = [
        onboarded("a", 1, "2024-01-01"),
        onboarded("a", 2, "2024-01-01"),
        onboarded("a", 3, "2024-01-01"),
        linked("x", 1, 2, "2024-02-01", publisher="second"),
        linked("x", 2, 3, "2024-02-01", publisher="first"),
    ]
    recount = counted(*events, registry=registry)
    assert recount.groups.unit_of(msme(1)) != recount.groups.unit_of(msme(2))
    withdrawn = counted(*events, unlinked("x", "2024-03-01", publisher="first"), registry=registry)
    assert withdrawn.groups.unit_of(msme(1)) == withdrawn.groups.unit_of(msme(2))


def test_an_msme_is_in_the_place_of_its_newest_standing_listing() -> None:
    events = [
        onboarded("a", 1, "2024-01-01", province="ID-JB"),
        onboarded("b", 1, "2024-05-01", province="ID-JT"),
        profile_changed("a", 1, "2024-03-01", province="ID-BA", role="reseller"),
    ]
    assert counted(*events).answer("onboarded", by="province")["rows"].keys() == {"ID-JT"}
    assert counted(*events, offboarded("b", 1, "2024-06-01")).answer("onboarded", by="province")["rows"].keys() == {"ID-BA"}


def test_a_correction_has_the_same_time_and_a_newer_recordedtime() -> None:
    events = [
        onboarded("a", 1, "2024-01-01", province="ID-JB", recordedtime="2024-01-09"),
        onboarded("a", 1, "2024-01-01", province="ID-JT", recordedtime="2024-01-08"),
    ]
    assert counted(*events).answer("listings", by="province")["rows"].keys() == {"ID-JB"}


def test_of_a_conflict_the_same_content_stands_whatever_came_first() -> None:
    one = onboarded("a", 1, "2024-01-01", province="ID-JB", id="same")
    other = onboarded("a", 1, "2024-01-01", province="ID-JT", id="same")
    assert counted(one, other).answer("listings", by="province") == counted(other, one).answer("listings", by="province")


def test_a_listing_of_two_publishers_counts_once_and_falls_back() -> None:
    registry = Registry((Publisher("ministry", 1, ("shop",)), Publisher("shop", 2)))
    events = [
        onboarded("shop", 1, "2024-01-01", province="ID-JB"),
        onboarded("ministry", 1, "2024-03-01", platform="shop", province="ID-JT"),
    ]
    both = counted(*events, registry=registry)
    assert both.answer("listings", by="province")["rows"].keys() == {"ID-JT"}
    assert [(one.kind, one.publishers, one.leads) for one in both.contested()] == [("listing", ("ministry", "shop"), "ministry")]
    left = counted(*events, offboarded("ministry", 1, "2024-04-01", platform="shop"), registry=registry)
    assert left.answer("listings", by="province")["rows"].keys() == {"ID-JB"}
    assert left.contested() == []


def test_unregistered_publishers_are_held_but_receipted() -> None:
    held = counted(onboarded("shop", 1, "2024-01-01"), registry=Registry((), "hold"))
    assert held.answer("onboarded")["value"] is None
    assert held.receipts[("shop", "onboarding")].sent == 1


def test_a_merchant_under_two_msmes_is_contested_until_offboarded() -> None:
    events = [onboarded("a", 1, "2024-01-01", merchant_id="m"), onboarded("a", 2, "2024-02-01", merchant_id="m")]
    assert [(one.kind, one.key) for one in counted(*events).contested()] == [("merchant", ("a", "m"))]
    assert counted(*events, offboarded("a", 1, "2024-02-01", merchant_id="m")).contested() == []
    assert counted(*events, linked("x", 1, 2, "2024-03-01")).contested() == []


def test_trading_is_one_report_a_listing_and_month() -> None:
    recount = counted(
        traded("a", 1, "2025-08", value_idr="1000", local_value_idr="600"),
        traded("a", 1, "2025-08", value_idr="2000", local_value_idr="333", recordedtime="2025-09-30"),
        traded("a", 2, "2025-09", value_idr="1000", local_value_idr="1000", province="ID-JT"),
        traded("a", 1, "2024-08", value_idr="7", local_value_idr="7"),
        traded("a", 3, "2025-10", orders=0, value_idr="0", local_value_idr="0"),
    )
    assert (recount.answer("traded_value")["value"], recount.answer("traded_value")["period"]) == ("3000", "2025")
    share = recount.answer("local_share")
    assert (share["value"], share["numerator"], share["denominator"]) == ("44.43", "1333", "3000")
    assert recount.answer("sellers_transacting")["period"] == "2025-09"
    assert recount.answer("traded_value", period="all")["value"] == "3007"


def test_consistent_sellers_need_three_months_and_stand_where_their_newest_report_says() -> None:
    recount = counted(
        traded("a", 1, "2025-07"),
        traded("a", 1, "2025-08", province="ID-BA", recordedtime="2026-01-01"),
        traded("b", 1, "2025-09", province="ID-JT"),
        traded("a", 2, "2025-08"),
        traded("a", 2, "2025-09"),
    )
    answer = recount.answer("sellers_consistent", by="province")
    assert (answer["value"], answer["period"]) == (1, "2025-09")
    assert answer["rows"].keys() == {"ID-JT"}
