"""The published history is complete, repeats itself exactly, and gives the published line, by an independent recount."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.demo import sellers, wire
from shared.events.envelope import Event
from tests.demo import listening
from tests.oracle.records import Publisher, Registry
from tests.oracle.recount import Recount

ROOT = Path(__file__).parents[2]


def registry() -> Registry:
    listed = yaml.safe_load((ROOT / "deploy" / "publishers.yaml").read_text(encoding="utf-8"))
    return Registry(tuple(Publisher(one["name"], one["rank"], tuple(one["platforms"])) for one in listed))


@pytest.fixture(scope="module")
def recount() -> Recount:
    base = sellers.base(listening.SEED, 600)
    messages = [*listening.stated(), *map(wire.binary, listening.past(base))]
    return Recount(listening.recorded(messages), registry(), listening.NOW)


def test_every_event_of_the_history_can_be_taken() -> None:
    assert all(isinstance(event, Event) for event in listening.heard(listening.stated()))


def test_a_second_start_says_the_same() -> None:
    assert listening.stated() == listening.stated()


def test_the_published_line_comes_out(recount: Recount) -> None:
    line: dict[str, Any] = recount.answer("onboarded")
    assert (line["value"], line["opening"]["value"], line["opening"]["at"]) == (25_292_701, 25_292_701, "2023-12-31")
    assert (line["target"]["value"], line["target"]["percent"], line["target"]["remaining"]) == (30_000_000, "84.31", 4_707_299)
    share: dict[str, Any] = recount.answer("onboarded_share")
    assert (share["value"], share["numerator"], share["denominator"]) == ("39.52", 25_292_701, 64_000_000)


def test_the_own_sellers_are_part_of_what_was_published(recount: Recount) -> None:
    opening: dict[str, Any] = recount.answer("onboarded")["opening"]
    assert 25_292_701 - 650 < opening["remainder"] < 25_292_701 - 550
    assert not opening["contradicted"]


def test_the_published_growth_can_be_seen(recount: Recount) -> None:
    rows: dict[str, Any] = recount.answer("onboarded", by="month")["rows"]
    published = {"2020-12": 8_000_000, "2021-06": 13_500_000, "2021-10": 15_900_000, "2022-03": 17_600_000, "2022-12": 20_760_000}
    for month, value in {**published, "2023-03": 22_000_000, "2023-12": 25_292_701}.items():
        assert rows[month]["value"] == value


@pytest.mark.parametrize(
    ("indicator", "value", "period"),
    [
        ("msme_population", 64_000_000, "2023"),
        ("credit_share", "21", "2022"),
        ("digital_economy_value", "877000000000000", "2023"),
        ("national_export_value", "258820000000", "2023"),
        ("forum_participants", 748, "2023"),
    ],
)
def test_what_others_observe_is_there(recount: Recount, indicator: str, value: object, period: str) -> None:
    line = recount.answer(indicator)
    assert (str(line["value"]), line["period"]) == (str(value), period)


@pytest.mark.parametrize(
    ("indicator", "value", "due"),
    [
        ("exporters", 500_000, "2030-12-31"),
        ("procurement_msme_share", "40", "2024-12-31"),
        ("procurement_umkk_share", "40", "2024-12-31"),
        ("credit_share", "30", "2024-12-31"),
    ],
)
def test_targets_are_there(recount: Recount, indicator: str, value: object, due: str) -> None:
    target: dict[str, Any] = recount.answer(indicator)["target"]
    assert (str(target["value"]), target["due"]) == (str(value), due)


def test_twenty_million_products_open_their_count(recount: Recount) -> None:
    line: dict[str, Any] = recount.answer("products_exported")
    assert line["opening"]["value"] == 20_000_000
    assert line["value"] > 20_000_000


def test_every_indicator_of_the_past_has_a_figure(recount: Recount) -> None:
    empty = [indicator for indicator, line in recount.progress().items() if line["value"] is None]
    assert not empty


def test_shares_are_plausible(recount: Recount) -> None:
    for indicator, low, high in [("local_share", 25, 75), ("procurement_msme_share", 20, 65), ("procurement_umkk_allocated_share", 30, 50)]:
        assert low < float(str(recount.answer(indicator)["value"])) < high
