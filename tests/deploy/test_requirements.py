"""The pinned requirement files are those of pyproject.toml, with hashes, and name no package registry."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = {"runtime": PROJECT["project"]["dependencies"], **PROJECT["dependency-groups"]}


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()  # type: ignore[index]


@pytest.mark.parametrize("group", WANTED)
def test_what_is_wanted_is_pinned_with_hashes(group: str) -> None:
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    pinned = {name_of(line) for line in re.findall(r"^[A-Za-z0-9._-]+==", text, re.MULTILINE)}
    missing = {name_of(requirement) for requirement in WANTED[group]} - pinned
    assert not missing, f"{missing} are not pinned: run 'make requirements'"
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text.strip()) if "==" in entry)
    assert "://" not in text


def test_kafka_is_pinned_with_hashes() -> None:
    listed = (ROOT / "deploy" / "local" / "kafka-jars.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"\S+:\S+:\S+ [0-9a-f]{64}", line) for line in listed)
    assert len(listed) > 40
