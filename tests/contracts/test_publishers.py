"""The registry of publishers says who comes first and who may speak for which platform; a broken one says what is wrong."""

from pathlib import Path

import pytest

from shared.events import publishers
from shared.events.publishers import InvalidPublishers

REGISTRY = """
- {name: toko-contoh, rank: 20, streams: [onboarding], platforms: [toko-lain]}
- {name: kementerian-contoh, rank: 10, streams: [onboarding, observations], platforms: []}
- {name: bea-cukai-contoh, rank: 10, streams: [export]}
"""


def load(tmp_path: Path, text: str) -> publishers.Publishers:
    path = tmp_path / "publishers.yaml"
    path.write_text(text)
    return publishers.load(path)


def test_ranks_and_platforms(tmp_path: Path) -> None:
    registry = load(tmp_path, REGISTRY)
    assert registry.registered("toko-contoh")
    assert not registry.registered("nobody")
    assert (registry.rank_of("toko-contoh"), registry.rank_of("nobody")) == (20, 2**31 - 1)
    assert registry.may_speak_for("toko-contoh", "toko-contoh")
    assert registry.may_speak_for("toko-contoh", "toko-lain")
    assert not registry.may_speak_for("kementerian-contoh", "toko-contoh")
    assert registry.may_speak_for("nobody", "nobody")
    assert not registry.may_speak_for("nobody", "toko-contoh")
    assert registry.topics() == [
        "umkm.export.bea-cukai-contoh",
        "umkm.observations.kementerian-contoh",
        "umkm.onboarding.kementerian-contoh",
        "umkm.onboarding.toko-contoh",
    ]


def test_an_empty_file_registers_nobody(tmp_path: Path) -> None:
    assert load(tmp_path, "").by_name == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {name: Toko, rank: 1, streams: []}", "publisher Toko, name: String should match"),
        ("- {name: a, rank: '1', streams: []}", "publisher a, rank: Input should be a valid integer"),
        ("- {name: a, rank: -1, streams: []}", "publisher a, rank: Input should be greater"),
        ("- {name: a, rank: 1, streams: [exports]}", "publisher a, streams.0: String should match"),
        ("- {name: a, rank: 1, streams: [], rnak: 2}", "publisher a, rnak: Extra inputs"),
        ("- {name: a, rank: 1}", "publisher a, streams: Field required"),
        ("- {name: a, rank: 1, streams: []}\n- {name: a, rank: 2, streams: []}", "registered twice: a"),
        ("a: 1", "not a list of publishers"),
        ("- 5", "publisher number 1, as a whole"),
        ("- [", "cannot be read"),
        ("\x00", "cannot be read"),
    ],
)
def test_a_broken_registry_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidPublishers, match=r"publishers\.yaml") as error:
        load(tmp_path, text)
    assert words in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPublishers, match="nowhere"):
        publishers.load(tmp_path / "nowhere.yaml")
