"""A running system for the journey: the whole of it, as `make up` runs it, in a folder of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOUND_SECONDS = 240


@dataclass(frozen=True)
class System:
    """`kafka` is the bootstrap address, `api` where reporting answers."""

    kafka: str
    api: str


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("journey") / "state"
    try:
        up = word(folder, "up")
        assert up.returncode == 0, up.stdout + up.stderr
        found = json.loads((folder / "endpoints.json").read_text(encoding="utf-8"))
        yield System(found["kafka"], found["api"])
    finally:
        word(folder, "down")


def word(folder: Path, name: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.local", "--folder", str(folder), name]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=BOUND_SECONDS, check=False)  # noqa: S603
