"""The whole local system, as `make up` runs it: ready, kept running, and nothing left behind. Real servers and real services."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.private import Private

pytestmark = pytest.mark.servers
ROOT = Path(__file__).parents[2]
BOUND_SECONDS = 180
POLL_SECONDS = 0.1


class Local:
    """A local system in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.private = Private(folder)

    def word(self, word: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "deploy.local", "--folder", str(self.private.folder), word]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=BOUND_SECONDS, check=False)  # noqa: S603

    def endpoints(self) -> dict[str, Any]:
        return dict(json.loads(self.private.endpoints.read_text(encoding="utf-8")))

    def supervisor(self) -> psutil.Process:
        return psutil.Process(int((self.private.folder / "lock").read_text(encoding="utf-8")))

    def said(self) -> str:
        return self.private.log("supervisor").read_text(encoding="utf-8")


def eventually(holds: Callable[[], bool]) -> None:
    """Ask again until it holds, within a bound."""
    deadline = time.monotonic() + BOUND_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        psutil.wait_procs([], timeout=0)
        signal.sigtimedwait([], POLL_SECONDS)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    system = Local(tmp_path_factory.mktemp("local") / "state")
    # what a start leaves that was broken off in the middle
    for server in ("postgres", "kafka"):
        (system.private.folder / server / "data.unfinished" / "half").mkdir(parents=True)
    up = system.word("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield system
    system.word("clean")


def test_when_it_is_ready_it_says_where_everything_answers(local: Local) -> None:
    assert local.private.endpoints.stat().st_mode & 0o777 == 0o600
    known = local.endpoints()
    assert set(known["services"]) == {"onboarding", "export", "procurement", "reporting"}
    assert known["api"] == known["services"]["reporting"]["address"]
    for service in known["services"].values():
        assert psutil.pid_exists(service["pid"])
        assert Path(service["log"]).is_file()
        with urllib.request.urlopen(f"{service['address']}/readyz", timeout=10) as answer:  # noqa: S310
            assert answer.status == 200


def test_a_second_start_finds_it_running(local: Local) -> None:
    before = local.endpoints()
    again = local.word("up")
    assert again.returncode == 0
    assert "runs already" in again.stdout
    assert local.endpoints() == before


@pytest.mark.parametrize("word", ["progress", "lag", "quarantine", "verify"])
def test_an_operator_gets_an_answer(local: Local, word: str) -> None:
    answered = local.word(word)
    assert answered.returncode == 0, answered.stderr
    assert answered.stdout


@pytest.mark.parametrize(("group", "name"), [("services", "onboarding"), ("servers", "postgres"), ("servers", "kafka")])
def test_what_is_killed_is_started_again_under_its_address(local: Local, group: str, name: str) -> None:
    before = local.endpoints()[group][name]
    os.kill(before["pid"], signal.SIGKILL)
    eventually(lambda: local.endpoints()[group][name]["pid"] not in (None, before["pid"]))
    assert local.endpoints()[group][name]["address"] == before["address"]
    assert f"{name} ended (killed by SIGKILL)" in local.said()


def test_nothing_outlives_a_killed_supervisor_and_a_start_resumes(local: Local) -> None:
    supervisor = local.supervisor()
    everything = [*supervisor.children(recursive=True), supervisor]
    assert len(everything) > 6
    supervisor.kill()
    _, left = psutil.wait_procs(everything, timeout=15)
    assert not [process for process in left if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    ports = {name: server["address"] for name, server in local.endpoints()["servers"].items()}
    assert local.word("up").returncode == 0
    assert {name: server["address"] for name, server in local.endpoints()["servers"].items()} == ports


def test_down_ends_everything(local: Local) -> None:
    everything = local.supervisor().children(recursive=True)
    assert local.word("down").returncode == 0
    assert not [process for process in everything if process.is_running()]
    assert not local.private.endpoints.exists()
    assert local.word("down").stdout.strip() == "Denyut does not run."
