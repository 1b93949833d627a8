"""The border between what a value may be and what it may not, and what it is for us."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.events import countries, goods, provinces
from tests.contracts.records import accepted_data, refused_data

PSEUDONYM = "hmac-sha256:contoh-2024:"


def taken(name: str, member: str, value: Any) -> Any:
    return getattr(accepted_data(name, **{member: value}), member)


def refuse_all(name: str, member: str, wrong: list[Any]) -> None:
    for value in wrong:
        rejection = refused_data(name, **{member: value})
        assert rejection.reason == "schema", value
        assert rejection.path.startswith(f"data.{member}"), value
        assert rejection.expected


NOT_TEXT: list[Any] = [None, 5, True, 1.5, [], {}]


def test_text() -> None:
    for good in ("x", " ", "é" * 200, "\U0001f600" * 200, "a\u200bb", "\u2028"):
        assert taken("msme-onboarded", "merchant_id", good) == good
    refuse_all("msme-onboarded", "merchant_id", [*NOT_TEXT, "", "x" * 201, "a\nb", "a\tb", "\x7f", "a\x80", "a\x9fb", "\x1f"])


def test_public_text_has_the_same_border() -> None:
    assert taken("exporter-trained", "campus", "é" * 200) == "é" * 200
    refuse_all("exporter-trained", "campus", [*NOT_TEXT, "", "x" * 201, "a\nb"])


def test_rupiah() -> None:
    for text, amount in (("0", 0), ("007", 7), ("9" * 15, 10**15 - 1)):
        assert accepted_data("trading-reported", value_idr=text, local_value_idr="0").value_idr == amount
    wrong = [*NOT_TEXT, "", "1" * 16, "-1", "+1", "1.0", "1e3", " 1", "1 ", "1\n", "1_000", "1,000", "٣", "１"]
    refuse_all("budget-announced", "budget_idr", wrong)


def test_us_dollars_are_cents() -> None:
    for text, cents in (("0", 0), ("12", 1200), ("12.5", 1250), ("12.05", 1205), ("9" * 13 + ".99", 10**15 - 1), ("00.10", 10)):
        assert taken("product-exported", "fob_usd", text) == cents
    refuse_all("product-exported", "fob_usd", [*NOT_TEXT, "", "1" * 14, "1.", ".5", "1.234", "-1", "1,5", "1.5\n", "1.५", "1e2"])


def test_quantity() -> None:
    for value, number in ((12, "12"), (0, "0"), ("12", "12"), ("12.5", "12.5"), ("0.001", "0.001"), (10**15 - 1, "9" * 15)):
        assert taken("product-exported", "quantity", value) == Decimal(number)
    wrong: list[Any] = [None, True, 10.0, 1.5, -1, "-1", "1.2345", "1" * 16, 10**15, "", "1.", ".5", "1\n", [], {}]
    refuse_all("product-exported", "quantity", wrong)


@pytest.mark.parametrize("unit", ["C62", "H87", "PCE"])
def test_pieces_are_whole(unit: str) -> None:
    assert accepted_data("product-exported", unit=unit, quantity="12.000").quantity == 12
    rejection = refused_data("product-exported", unit=unit, quantity="12.5")
    assert (rejection.reason, rejection.path, rejection.seen) == ("schema", "data.quantity", "12.5")


def test_percentages_of_domestic_content() -> None:
    for value in (0, 100, 40, 40.0, 40.25, 1.1, 0.07, 99.99, -0.0):
        assert accepted_data("procurement-awarded", domestic={"tkdn": value}).domestic.tkdn == Decimal(str(value))
    assert accepted_data("procurement-awarded", domestic={"pdn": None, "tkdn": None}).domestic.bmp is None
    percents: list[Any] = [-1, 101, 100.01, 40.001, "40", True, [], -0.01]
    refuse_all("procurement-awarded", "domestic", [{"tkdn": wrong} for wrong in percents])
    flags: list[Any] = [0, 1, "true", "yes", []]
    refuse_all("procurement-awarded", "domestic", [{"pdn": wrong} for wrong in flags])


def test_integers_are_json_integers() -> None:
    for value in (1, 2**31 - 1):
        assert taken("award-cancelled", "version", value) == value
    refuse_all("award-cancelled", "version", [0, -1, 2**31, 2**64, "1", True, 1.0, None, []])
    for value in (0, 2**63 - 1):
        assert taken("trading-reported", "orders", value) == value
    refuse_all("trading-reported", "orders", [-1, "1", False, 3.0, None, 2**63, 2**64])
    for value in (2000, 2100):
        assert taken("budget-announced", "fiscal_year", value) == value
    refuse_all("budget-announced", "fiscal_year", [1999, 2101, "2024", True, 2024.0, None])


def test_stated_numbers_keep_their_digits() -> None:
    for value, text in ((5, "5"), (-5, "-5"), ("12.000", "12.000"), ("0.000001", "0.000001"), ("-0.0", "0.0"), ("9" * 18 + ".999999",) * 2):
        assert str(taken("target-set", "value", value)) == text
    assert taken("target-set", "value", 10**18 - 1) == 10**18 - 1
    refuse_all(
        "target-set", "value", [None, True, 5.0, 1.5, 10**18, "1" * 19, "1.1234567", "", "1.", ".1", "+1", "1e5", "1\n", "٣", [], {}]
    )


def test_pseudonyms() -> None:
    for good in (PSEUDONYM + "0" * 64, "hmac-sha256:" + "a" * 32 + ":" + "f" * 64, "hmac-sha256:-:" + "9" * 64):
        assert taken("msme-onboarded", "msme_id", good) == good
    wrong = ["", "f" * 64, PSEUDONYM + "f" * 63, PSEUDONYM + "f" * 65, PSEUDONYM + "F" * 64, "hmac-sha256::" + "f" * 64]
    wrong += ["hmac-sha256:" + "a" * 33 + ":" + "f" * 64, "hmac-sha256:A:" + "f" * 64, PSEUDONYM + "f" * 64 + "\n", "sha256:k:" + "f" * 64]
    refuse_all("msme-onboarded", "msme_id", [*NOT_TEXT, *wrong])


def test_a_link_joins_two_different_pseudonyms() -> None:
    one, two = PSEUDONYM + "1" * 64, PSEUDONYM + "2" * 64
    assert taken("identities-linked", "msme_ids", [one, two]) == [one, two]
    refuse_all(
        "identities-linked", "msme_ids", [[], [one], [one, one], [one, two, PSEUDONYM + "3" * 64], None, one, {"a": one}, [one, None]]
    )


def test_provinces_are_the_38_of_today() -> None:
    assert len(provinces.CODES) == 38
    for code in provinces.CODES:
        assert taken("msme-onboarded", "province", code) == code
    # Retired, unknown, and the codes of the two ministries.
    refuse_all("msme-onboarded", "province", [*NOT_TEXT, "ID-IJ", "ID-JW", "id-jb", "JB", "32", "ID-XX", "", "ID-JB "])


def test_countries_are_those_assigned() -> None:
    assert len(countries.CODES) == 249
    for code in ("SG", "TW", "AQ", "PS", "SS"):
        assert taken("product-exported", "destination", code) == code
    refuse_all("product-exported", "destination", [*NOT_TEXT, "XK", "AN", "UK", "EU", "sg", "SGP", "ZZ", ""])


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("SG", "035"),
        ("CN", "030"),
        ("BR", "419"),
        ("JM", "419"),
        ("NG", "202"),
        ("ZA", "202"),
        ("EG", "015"),
        ("US", "021"),
        ("KZ", "143"),
        ("IN", "034"),
        ("AE", "145"),
        ("PL", "151"),
        ("GB", "154"),
        ("ES", "039"),
        ("DE", "155"),
        ("AU", "053"),
        ("PG", "054"),
        ("FM", "057"),
        ("WS", "061"),
        ("TW", "other"),
        ("AQ", "other"),
    ],
)
def test_the_world_region_of_a_country(country: str, region: str) -> None:
    assert countries.region(country) == region


def test_goods_codes() -> None:
    for code in ("121221", "12122110"):
        assert accepted_data("product-exported", goods={"version": "HS2022", "code": code}).goods.code == code
    wrong = [121221, "12122", "1212211", "121221100", "12122a", "1212.21", "", "121221\n", None]
    refuse_all("product-exported", "goods", [{"version": "HS2022", "code": code} for code in wrong])
    assert goods.chapter("03061700") == "03"
    priorities = {"12122110": "seaweed", "030617": "fisheries", "151110": "palm-oil", "13021999": "natural-ingredients", "130211": None}
    assert {code: goods.priority(code) for code in priorities} == priorities


def test_months_days_and_periods_exist() -> None:
    assert taken("trading-reported", "month", "2024-10") == 2024 * 12 + 9
    refuse_all(
        "trading-reported", "month", [*NOT_TEXT, "2024-13", "2024-00", "2024-1", "2024", "2024-10-01", "0000-01", "2024-10\n", "٢٠٢٤-10"]
    )
    assert taken("exporter-trained", "completed_on", "2024-02-29") == date(2024, 2, 29)
    wrong = [
        *NOT_TEXT,
        "2023-02-29",
        "2024-2-9",
        "2024-10",
        "20241001",
        "2024-10-01T00:00:00",
        "0000-01-01",
        "2024-W01-1",
        "2024-10-01\n",
        "1727740800",
    ]
    refuse_all("exporter-trained", "completed_on", wrong)
    for period in ("2024", "2024-10", "2024-10-31"):
        assert taken("indicator-observed", "period", period) == period
    refuse_all(
        "indicator-observed", "period", [*NOT_TEXT, "24", "2024-13", "2024-10-32", "2023-02-29", "2024-Q1", "0000", "2024\n", "2024-1"]
    )


def test_a_declaration_item_is_compared_as_text() -> None:
    declaration = {"type": "PEB", "number": "1", "date": "2024-10-28"}
    for item, text in ((1, "1"), ("1", "1"), ("A-1", "A-1"), (-3, "-3"), (2**63 - 1, str(2**63 - 1))):
        assert accepted_data("export-cancelled", declaration={**declaration, "item": item}).declaration.item == text
    wrong: list[Any] = [1.0, True, None, "", [], 2**63, 2**64, "a\n", "x" * 201]
    for value in wrong:
        assert refused_data("export-cancelled", declaration={**declaration, "item": value}).path == "data.declaration.item"


@pytest.mark.parametrize(
    ("name", "member", "codes"),
    [
        ("msme-onboarded", "role", ["producer", "reseller"]),
        ("msme-onboarded", "scale", ["micro", "small", "medium"]),
        ("business-matched", "kind", ["assessment", "supply-chain", "joint-venture"]),
    ],
)
def test_closed_lists(name: str, member: str, codes: list[str]) -> None:
    for code in codes:
        assert taken(name, member, code) == code
    refuse_all(name, member, [*NOT_TEXT, "", codes[0].upper(), codes[0] + " ", "large"])


def test_forms_say_in_words_what_they_expect() -> None:
    assert refused_data("msme-onboarded", province="ID-XX").expected.startswith("one of the 38 province codes")
    assert refused_data("msme-onboarded", role="buyer").expected == "'producer' or 'reseller'"
