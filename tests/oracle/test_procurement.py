"""Hand-counted examples of awards, budgets and matches."""

from tests.oracle.examples import award_cancelled, awarded, budget, buyer, counted, linked, matched, opening, supplier
from tests.oracle.procurement import parts


def test_parts_add_up_exactly() -> None:
    assert parts({"value_idr": "100", "suppliers": [{}, {}, {}]}) == [34, 33, 33]
    assert parts({"value_idr": "10", "suppliers": [{"share_idr": "3"}, {"share_idr": "7"}]}) == [3, 7]


def test_shares_of_an_award() -> None:
    suppliers = [supplier("medium"), supplier("unknown", country="SG"), supplier("large", legal_form="cooperative")]
    recount = counted(
        awarded("o1", "2025-02-01", 1000, suppliers),
        budget("b1", 2025, 2000, 900),
        awarded("o2", "2025-03-01", 10, [supplier()], buyer=buyer("b2"), domestic={"pdn": None, "tkdn": None}),
        awarded("o3", "2025-03-01", 10, [supplier()], buyer=buyer("b2"), domestic={"pdn": False, "tkdn": 25}),
        awarded("o4", "2025-03-01", 10, [supplier()], buyer=buyer("b2", "soe")),
    )
    msme = recount.answer("procurement_msme_share")
    assert (msme["numerator"], msme["denominator"], msme["unclassified"], msme["value"]) == ("364", "1030", "333", "35.34")
    umkk = recount.answer("procurement_umkk_share")
    assert (umkk["numerator"], umkk["denominator"], umkk["unclassified"], umkk["value"]) == ("333", "2000", "10", "16.65")
    assert recount.answer("procurement_umkk_share", by="buyer_kind")["rows"]["soe"]["unclassified"] == "10"
    domestic = recount.answer("domestic_content_share")
    assert (domestic["numerator"], domestic["unclassified"], domestic["denominator"]) == ("687", "10", "1030")
    assert recount.answer("procurement_umkk_allocated_share")["value"] == "45.00"


def test_a_budget_of_another_publisher_matches_by_buyer_and_year() -> None:
    recount = counted(awarded("o1", "2025-02-01", 100, [supplier()]), budget("b1", 2025, 400, 1, publisher="treasury"))
    assert recount.answer("procurement_umkk_share")["value"] == "25.00"
    other_year = counted(awarded("o1", "2025-02-01", 100, [supplier()], fiscal_year=2024), budget("b1", 2025, 400, 1))
    assert other_year.answer("procurement_umkk_share")["value"] == "0.00"
    assert other_year.answer("procurement_umkk_share", by="fiscal_year")["rows"]["2024"]["unclassified"] == "100"


def test_a_cancellation_with_the_version_of_what_it_cancels_wins() -> None:
    award = awarded("o1", "2025-02-01", 100, [supplier()], version=2)
    assert counted(award_cancelled("o1", 2, "2025-02-02"), award).answer("procurement_value")["value"] is None
    assert counted(award_cancelled("o1", 1, "2025-02-02"), award).answer("procurement_value")["value"] == "100"


def test_one_award_from_two_systems_counts_once() -> None:
    events = [awarded("o1", "2025-02-01", 100, [supplier()], publisher="a"), awarded("o1", "2025-02-01", 90, [supplier()], publisher="b")]
    assert counted(*events).answer("procurement_value")["value"] == "100"
    assert counted(*events, award_cancelled("o1", 1, "2025-03-01", "a")).answer("procurement_value")["value"] == "90"


def test_the_headline_is_the_newest_fiscal_year() -> None:
    recount = counted(
        awarded("o1", "2024-12-31", 100, [supplier()], fiscal_year=2025), awarded("o2", "2025-01-02", 50, [supplier()], fiscal_year=2024)
    )
    assert (recount.answer("procurement_value")["value"], recount.answer("procurement_value")["period"]) == ("100", "2025")
    assert recount.answer("procurement_value", by="month")["rows"].keys() == {"2024-12", "2025-01"}


def test_partnerships_count_groups_and_enterprises() -> None:
    japanese = {"id": "toyo", "name": "Toyo", "kind": "foreign", "country": "JP"}
    recount = counted(
        matched("1", 1, "2024-03-01"),
        matched("2", 2, "2024-04-01", kind="joint-venture", enterprise=japanese, forum="Expo"),
        linked("x", 1, 2, "2024-05-01"),
        opening("partnership_msmes", "2024", 630),
    )
    assert recount.answer("partnership_msmes")["value"] == 630
    assert recount.answer("partnership_msmes", kind="joint-venture")["value"] == 1
    assert recount.answer("partnership_enterprises")["value"] == 2
    assert recount.answer("ventures", by="partner_country")["rows"]["JP"]["value"] == 1
    assert recount.answer("partnership_potential")["value"] == "10000"
