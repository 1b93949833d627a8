"""Hand-counted examples of declarations and trainings."""

from tests.oracle.examples import counted, exported, linked, observed, opening, told, trained


def test_values_pieces_and_regions() -> None:
    recount = counted(
        exported(1, "1", "2025-01-31", fob_usd="1000.50"),
        exported(1, "2", "2025-02-01", fob_usd="0.5", destination="BR", unit="C62", quantity="12"),
        exported(2, "3", "2024-02-01", fob_usd="9", destination="TW", unit="H87", quantity=3),
    )
    assert recount.answer("export_value")["value"] == "1001"
    assert {code: row["value"] for code, row in recount.answer("export_value", by="region")["rows"].items()} == {
        "030": "1000.5",
        "419": "0.5",
    }
    assert recount.answer("export_value", by="region", period="2024")["rows"].keys() == {"other"}
    assert (recount.answer("products_exported")["value"], recount.answer("exporters")["value"]) == (15, 2)
    assert recount.answer("exporters", by="destination")["rows"]["JP"]["value"] == 1


def test_a_cancelled_item_does_not_count_whatever_came_first() -> None:
    cancelled = told(
        "customs",
        "export.export-cancelled",
        "2025-03-01",
        declaration={"type": "PEB", "number": "1", "date": "2025-01-31", "item": "1"},
    )
    recount = counted(cancelled, exported(1, "1", "2025-01-31"))
    assert recount.answer("exporters")["value"] is None
    again = counted(cancelled, exported(1, "1", "2025-01-31"), exported(1, "1", "2025-04-01"))
    assert again.answer("exporters")["value"] == 1


def test_the_priority_of_the_longest_prefix() -> None:
    recount = counted(
        exported(1, "1", "2025-01-31", goods={"version": "HS2022", "code": "151321"}, fob_usd="5"),
        exported(1, "2", "2025-01-31", goods={"version": "HS2022", "code": "15131100"}, fob_usd="6"),
        exported(1, "3", "2026-01-31", goods={"version": "HS2022", "code": "999999"}, fob_usd="7"),
    )
    assert recount.answer("priority_commodity_value", by="commodity", period="2025")["rows"].keys() == {"palm-oil", "coconut"}
    newest = recount.answer("priority_commodity_value")
    assert (newest["period"], newest["value"]) == ("2026", "0")


def test_export_share_is_of_the_newest_year_that_has_both() -> None:
    recount = counted(
        exported(1, "1", "2024-01-31", fob_usd="100"),
        exported(1, "2", "2025-01-31", fob_usd="50"),
        observed("national_export_value", "2024", "3000.00"),
        observed("national_export_value", "2026", "3000.00"),
        observed("national_export_value", "2025-12", "3000.00"),
    )
    share = recount.answer("export_share")
    assert (share["period"], share["value"], share["numerator"], share["denominator"]) == ("2024", "3.33", "100", "3000")


def test_trained_and_exporting_counts_from_the_later_of_both() -> None:
    recount = counted(
        trained(1, "Solo", "2024-01-10", province="ID-JT"),
        trained(1, "Malang", "2024-05-10"),
        trained(2, "Solo", "2024-02-10"),
        exported(3, "1", "2025-01-31"),
        linked("x", 1, 3, "2025-01-01"),
    )
    assert recount.answer("trained", by="campus")["rows"]["Malang"]["value"] == 1
    months = recount.answer("exporters_trained", by="month")["rows"]
    assert min(months) == "2025-01"
    assert recount.answer("exporters_trained")["value"] == 1


def test_openings_of_flows_only_where_all_time_is_asked() -> None:
    recount = counted(
        opening("products_exported", "2024", 100),
        opening("export_value", "2024-12", "500.50"),
        exported(1, "1", "2024-01-31", fob_usd="100.25", unit="PCE", quantity=30),
        exported(1, "2", "2025-01-31", fob_usd="1", unit="PCE", quantity=5),
    )
    assert recount.answer("products_exported")["value"] == 105
    assert recount.answer("products_exported", by="province")["rows"]["opening"]["value"] == 70
    assert recount.answer("products_exported", by="month")["rows"]["2025-01"]["value"] == 5
    assert (recount.answer("export_value")["value"], recount.answer("export_value")["opening"]) == ("1", None)
    assert recount.answer("export_value", period="all")["value"] == "501.5"


def test_consistent_exporters() -> None:
    months = [exported(1, str(month), f"2025-{month:02d}-05") for month in (7, 8, 9)]
    assert counted(*months, exported(2, "x", "2025-09-01")).answer("exporters_consistent")["value"] == 1
