"""The generator and the recount know each other only by the contract: each refuses what the other means to be refused."""

import random
from dataclasses import replace

import pytest

from tests.oracle import observations
from tests.oracle.decode import decode
from tests.oracle.examples import NOW
from tests.oracle.generate.damage import damaged
from tests.oracle.generate.forms import RIGHT, WRONG
from tests.oracle.generate.source import Source
from tests.oracle.records import Publisher, Record, Refusal, Registry
from tests.oracle.recount import Recount
from tests.oracle.scenario import _told, scenario
from tests.oracle.sending import Sent, Told, binary

REGISTRY = Registry((Publisher("ministry", 1, ("big-shop", "small-shop")), Publisher("big-shop", 5)))
KNOWN_MS = int(NOW.timestamp() * 1000)


def _records(seed: int, events: int) -> list[Record]:
    return [sent.at(KNOWN_MS) for sent in scenario(seed, events, REGISTRY, NOW)]


def _reasons(sent: Sent) -> tuple[str, ...]:
    try:
        observations.check_opening(decode(sent.at(KNOWN_MS), REGISTRY))
    except Refusal as refusal:
        return refusal.reasons
    return ()


def _check(sent: Sent) -> None:
    reasons = _reasons(sent)
    assert bool(reasons) == bool(sent.expected), (sent, reasons)
    if sent.expected not in ("", "?"):
        assert reasons == (sent.expected,), (sent, reasons)


@pytest.mark.parametrize("seed", range(3))
def test_every_record_has_the_expected_outcome(seed: int) -> None:
    for sent in scenario(seed, 1000, REGISTRY, NOW):
        _check(sent)


def _one_of_each_type() -> list[Told]:
    return list({told.type: told for told in _told(Source(5, REGISTRY, NOW), 1500)}.values())


def test_every_form_and_every_damage_has_the_expected_outcome() -> None:
    every = _one_of_each_type()
    assert len(every) == 17
    for told in every:
        for form in RIGHT:
            _check(form(told))
        for reason, spoil in WRONG:
            _check(replace(spoil(told), expected=reason))
        for reason, bad in damaged(told):
            _check(replace(binary(bad), expected=reason))


def test_order_never_matters() -> None:
    records = _records(1, 800)
    first = Recount(records, REGISTRY, NOW)
    random.Random(2).shuffle(records)
    second = Recount(records, REGISTRY, NOW)
    assert first.progress() == second.progress()
    assert first.answer("onboarded", by="month") == second.answer("onboarded", by="month")
    assert first.contested() == second.contested()
    assert {key: (one.sent, one.quarantined, one.reasons) for key, one in first.receipts.items()} == {
        key: (one.sent, one.quarantined, one.reasons) for key, one in second.receipts.items()
    }


def test_the_same_seed_gives_the_same_records() -> None:
    assert _records(3, 300) == _records(3, 300)


def test_a_scenario_reaches_every_indicator_and_every_nasty_case() -> None:
    recount = Recount(_records(4, 3000), REGISTRY, NOW)
    empty = [name for name, answer in recount.progress().items() if answer["value"] is None]
    assert empty == []
    kinds = {one.kind for one in recount.contested()}
    assert {"listing", "trading", "item", "award", "link", "match", "merchant"} <= kinds
    listings = recount.facts.leading("listing")
    assert any(not fact.standing for fact in listings)
    assert sum(receipt.quarantined for receipt in recount.receipts.values()) > 50


def test_parts_add_up_to_their_whole() -> None:
    recount = Recount(_records(6, 1500), REGISTRY, NOW)
    for indicator, by in (("onboarded", "province"), ("listings", "platform"), ("exporters", "province"), ("trained", "campus")):
        answer = recount.answer(indicator, by=by)
        assert sum(row["value"] for row in answer["rows"].values()) == answer["value"], indicator
    shares = recount.answer("procurement_msme_share", by="category", period="all")
    assert sum(int(row["numerator"]) for row in shares["rows"].values()) == int(shares["numerator"])
