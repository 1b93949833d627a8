"""Live events: they repeat for the same seed and start, are new in another run, and are mixed as real streams are."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from deploy.demo import history, listings, malformed, population, sellers
from deploy.demo.sellers import Seller
from deploy.demo.wire import Message
from shared.events import catalogue, topics
from shared.events.envelope import Event
from shared.messaging.decode import Rejection
from tests.demo import listening

MANY = 20_000
LATER = listening.NOW + listening.BETWEEN * MANY
WEEK_NS = 7 * 86_400 * 10**9


@pytest.fixture(scope="module")
def base() -> list[Seller]:
    return sellers.base(listening.SEED, 2000)


@pytest.fixture(scope="module")
def messages(base: list[Seller]) -> list[Message]:
    return listening.live(MANY, base)


@pytest.fixture(scope="module")
def events(messages: list[Message]) -> list[Event]:
    return [event for event in listening.heard(messages, LATER) if isinstance(event, Event)]


def test_the_same_seed_and_start_say_the_same() -> None:
    assert listening.live(500) == listening.live(500)


def test_another_start_says_new_things() -> None:
    ids = [{event.id for event in heard_from(start)} for start in (listening.NOW, listening.NOW + timedelta(hours=1))]
    assert not ids[0] & ids[1] - {said.id for said in history.events()}


def heard_from(started: datetime) -> list[Event]:
    return [event for event in listening.heard(listening.live(500, None, started), LATER) if isinstance(event, Event)]


def test_a_few_records_cannot_be_taken_and_each_for_its_reason(messages: list[Message]) -> None:
    bad = [event for event in listening.heard(messages, LATER) if isinstance(event, Rejection)]
    assert 0.001 < len(bad) / len(messages) < 0.005
    reasons = {
        "not-json",
        "envelope",
        "source-mismatch",
        "unknown-type",
        "schema",
        "time",
        "local-above-total",
        "currency",
        "parts-mismatch",
    }
    assert {event.reason for event in bad} <= reasons
    assert not any(event.personal for event in bad)


@pytest.mark.parametrize("kind", [kind for kind in malformed.KINDS if kind != "platform"])
def test_every_kind_of_bad_record_is_refused(kind: str, base: list[Seller]) -> None:
    wanted, spoil = malformed.KINDS[kind]
    said = next(one for one in population.events(listening.SEED, base, listening.NOW) if one.type.startswith(wanted))
    assert all(isinstance(event, Rejection) for event in listening.heard([spoil(said)]))


def test_all_types_and_streams_come(events: list[Event]) -> None:
    assert {event.type for event in events} == {fact.type for fact in catalogue.FACTS}
    assert {event.stream for event in events} == set(topics.STREAMS)


def test_some_come_twice(events: list[Event]) -> None:
    times = Counter((event.publisher, event.id) for event in events if event.stream != "observations")
    assert 0.01 < sum(number - 1 for number in times.values()) / len(events) < 0.05


def test_some_come_more_than_a_week_late(events: list[Event]) -> None:
    begin_ns = listening.milliseconds(listening.NOW) * 10**6
    late = [event for event in events if event.recorded_ns == event.time_ns < begin_ns - WEEK_NS and event.stream != "observations"]
    assert 0.005 < len(late) / len(events) < 0.02


def test_awards_and_exports_are_mended_as_often_as_they_are(events: list[Event]) -> None:
    kinds = Counter(event.type.split(".")[3] for event in events)
    assert 0.05 < kinds["award-amended"] / kinds["procurement-awarded"] < 0.10
    assert 0.01 < kinds["award-cancelled"] / kinds["procurement-awarded"] < 0.03
    assert 0.01 < kinds["export-cancelled"] / kinds["product-exported"] < 0.03
    assert 0.03 < kinds["export-corrected"] / kinds["product-exported"] < 0.10
    assert kinds["msme-onboarded"] > 3 * kinds["msme-offboarded"] > 0


def test_a_share_is_in_structured_mode(messages: list[Message]) -> None:
    structured = sum(b"cloudevents" in bytes(str(dict(message.headers)["content-type"]), "utf-8") for message in messages)
    assert 0.10 < structured / len(messages) < 0.20


def test_records_of_one_fact_share_a_key(messages: list[Message]) -> None:
    for message, event in zip(messages, listening.heard(messages, LATER), strict=True):
        if isinstance(event, Event):
            named = getattr(event.data, topics.INBOUND[event.stream].key, None)
            assert named is None or message.key.decode() == named


def test_the_running_month_only_grows(base: list[Seller]) -> None:
    listing = next(listing for seller in base for listing in seller.listings if listing.monthly_idr)
    month = listings.month_at(listing.since)
    told = [listings.report(listening.SEED, listing, month, listening.NOW, part=part / 10).data for part in range(11)]
    amounts = [int(str(data["value_idr"])) for data in told]
    assert amounts == sorted(amounts)
    assert told[-1] == listings.report(listening.SEED, listing, month, listening.NOW).data
