"""Processes that cannot outlive their parent, are started again when they die, and hold their folder alone."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.local import child, holding, identity, ports
from deploy.local.child import Child
from deploy.local.holding import Running
from deploy.local.keep import Kept
from deploy.local.private import Private
from deploy.local.telling import Tell

ROOT = Path(__file__).parents[2]
SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]
PARENT = """
import os, signal, sys
from pathlib import Path
from deploy.local import child
print(child.start("sleeper", sys.argv[2:], Path(sys.argv[1])).pid, flush=True)
signal.pause()
"""
BOUND_SECONDS = 15


@pytest.fixture
def private(tmp_path: Path) -> Private:
    made = Private(tmp_path / "state")
    made.make()
    return made


def telling_to(said: list[str]) -> Tell:
    def tell(sentence: str, *, passing: bool = False) -> None:
        if not passing:
            said.append(sentence)

    return tell


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND_SECONDS):
        while not holds():  # noqa: ASYNC110  processes signal nothing to us
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_dies_with_its_parent_whatever_ends_it(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log"), *SLEEPER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as parent:  # noqa: S603
        assert parent.stdout is not None
        sleeper = psutil.Process(int(parent.stdout.readline()))
        assert sleeper.is_running()
        parent.send_signal(how)
        parent.wait(BOUND_SECONDS)
    psutil.wait_procs([sleeper], timeout=BOUND_SECONDS)
    assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE


async def test_a_child_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    started = child.start("deaf", [sys.executable, "-c", deaf], tmp_path / "log")
    await until(lambda: "deaf" in started.said())
    await child.stop(started, signal.SIGTERM, timeout_seconds=0.3)
    assert started.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("closed", [False, True])
async def test_an_unprivileged_server_reads_its_programs_also_where_folders_are_closed(tmp_path: Path, closed: bool) -> None:
    hidden = tmp_path / "closed"
    hidden.mkdir(mode=0o700 if closed else 0o711)
    program = hidden / "program"
    program.write_text("anything", encoding="utf-8")
    who = identity.of_server(program)
    assert who.endswith(":search") or not closed
    showing = ["/bin/sh", "-c", f"id -u; test -r {program} && echo readable; grep CapEff /proc/self/status"]
    shown = child.start("id", showing, tmp_path / "log", identity=who)
    assert await asyncio.wait_for(child.ended(shown), BOUND_SECONDS) == 0
    user, readable, capabilities = shown.said().split("\n")[:3]
    assert user == str(identity.unprivileged().pw_uid)
    assert readable == "readable"
    assert bin(int(capabilities.split()[1], 16)).count("1") == who.endswith(":search")


async def test_what_dies_is_started_again_and_that_is_said(private: Private) -> None:
    said: list[str] = []
    changes: list[int | None] = []
    begun: list[Child] = []

    async def start() -> Child:
        begun.append(child.start("sleeper", SLEEPER, private.log("sleeper")))
        return begun[-1]

    kept = Kept("sleeper", start, telling_to(said), lambda: changes.append(None))
    await kept.begin()
    watching = asyncio.create_task(kept.go_on())
    begun[0].process.kill()
    await until(lambda: len(begun) == 2 and kept.child is begun[1])
    watching.cancel()
    await kept.end(signal.SIGKILL, 5)
    assert "sleeper ended (killed by SIGKILL) and is started again in 0.5 s" in said[0]
    assert said[1:] in ([], ["sleeper runs again."])
    assert len(changes) == 3  # begun, ended, begun again


async def test_what_may_finish_is_not_started_again(private: Private) -> None:
    async def start() -> Child:
        return child.start("done", [sys.executable, "-c", ""], private.log("done"))

    kept = Kept("done", start, telling_to([]), lambda: None, ends_well=True)
    await kept.begin()
    await asyncio.wait_for(kept.go_on(), BOUND_SECONDS)
    assert kept.child is None


def test_a_folder_is_held_once(private: Private) -> None:
    assert holding.holder(private) is None
    with holding.hold(private):
        assert holding.holder(private) == os.getpid()
        with pytest.raises(Running), holding.hold(private):
            pass
    assert holding.holder(private) is None


def test_a_taken_port_is_not_chosen() -> None:
    taken = ports.choose()
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", f"import socket; s = socket.create_server(('127.0.0.1', {taken})); print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert ports.choose(taken) != taken
        holder.communicate(b"\n", BOUND_SECONDS)


def test_secrets_and_ports_are_kept_and_private(private: Private) -> None:
    secret = private.secret("password of onboarding")
    private.remember("port of kafka", "9092")
    again = Private(private.folder)
    assert again.secret("password of onboarding") == secret
    assert again.port("kafka") == 9092
    assert private.remembered.stat().st_mode & 0o777 == 0o600
    private.remembered.write_text("half a fi", encoding="utf-8")
    assert again.port("kafka") is None
