"""Topics have one registry, and a service hears exactly the publishers of its streams."""

import re

import pytest

from shared.events import catalogue, topics


def test_streams_of_events_and_of_topics_are_the_same() -> None:
    assert {fact.stream for fact in catalogue.FACTS} == set(topics.STREAMS) == set(topics.INBOUND)
    assert all(fact.type.split(".")[2] == fact.stream for fact in catalogue.FACTS)


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("umkm.onboarding.toko-contoh", True),
        ("umkm.identity.x", True),
        ("umkm.onboarding." + "a" * 64, True),
        ("umkm.onboarding." + "a" * 65, False),
        ("umkm.export.toko-contoh", False),
        ("umkm.onboarding.Toko", False),
        ("umkm.onboarding.a.b", False),
        ("umkm.onboarding.", False),
        ("xumkm.onboarding.a", False),
        ("umkmxonboarding.a", False),
        ("umkm.cells.onboarding", False),
        ("umkm.rejected.toko-contoh", False),
    ],
)
def test_a_service_subscribes_by_pattern(name: str, heard: bool) -> None:
    assert bool(re.compile(topics.pattern("onboarding", "identity")).match(name)) is heard


def test_names() -> None:
    assert topics.inbound("export", "ekspor-contoh") == "umkm.export.ekspor-contoh"
    assert topics.parse("umkm.export.ekspor-contoh") == ("export", "ekspor-contoh")
    assert topics.parse("umkm.cells.export") is None
    assert topics.cells("export") == "umkm.cells.export"
    assert topics.rejected("ekspor-contoh") == "umkm.rejected.ekspor-contoh"


def test_the_inbound_log_is_kept_for_ever_and_state_is_compacted() -> None:
    for topic in topics.INBOUND.values():
        assert (topic.partitions, topic.retention_ms, topic.compacted) == (4, topics.FOR_EVER, False)
    for topic in (topics.CELLS, topics.PROGRESS):
        assert (topic.partitions, topic.compacted) == (1, True)
