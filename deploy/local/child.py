"""Starts, watches and ends one process of the local system. In: a command; out: a process that cannot outlive its parent.

Start children from the main thread only: the kernel sends the death signal when the *thread* that started a child ends.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCH = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.1
KILL_SECONDS = 10


started: list["Child"] = []


@dataclass(frozen=True, slots=True)
class Child:
    """A running process, its log, and where in that log its own lines begin."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    log_begins_bytes: int

    @property
    def pid(self) -> int:
        return self.process.pid

    def lives(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        """What this process, not an earlier one, has written to its log: the last 64 KiB of it."""
        with self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self.log_begins_bytes, end - 65_536))
            return log.read().decode("utf-8", "replace")


def start(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    identity: str = "same",
    death_signal: signal.Signals = signal.SIGKILL,
) -> Child:
    """Start a command whose output is added to `log`; when this process dies, however it dies, the kernel sends `death_signal`."""
    launch = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(death_signal)), identity]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  the commands are our own
            [*launch, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=None if environment is None else dict(environment),
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends its children in order
        )
        started[:] = [earlier for earlier in started if earlier.lives()]
        started.append(Child(name, process, log, output.tell()))
        return started[-1]


def last_line(child: Child) -> str:
    """The last thing that this process has said."""
    return next((line.strip() for line in reversed(child.said().splitlines()) if line.strip()), "")


async def ended(child: Child) -> int:
    """Wait until the process has ended; its exit code, negative for a signal."""
    while (code := child.process.poll()) is None:  # noqa: ASYNC110  a thread that waited instead could not be ended
        await asyncio.sleep(POLL_SECONDS)
    return code


async def stop(child: Child, how: signal.Signals, timeout_seconds: float) -> None:
    """End the process in the given way, and by SIGKILL when that takes longer than `timeout_seconds`."""
    if not child.lives():
        return
    child.process.send_signal(how)
    try:
        await asyncio.wait_for(ended(child), timeout_seconds)
    except TimeoutError:
        child.process.kill()
        await asyncio.wait_for(ended(child), KILL_SECONDS)


def kill_all_now(spared: "Collection[Child]" = ()) -> None:
    """End whatever is left without asking it, but for these."""
    for left in started:
        if left not in spared and left.lives():
            left.process.kill()


async def kill_all(spared: "Collection[Child]" = ()) -> None:
    """End whatever is left, such as a start that was broken off, and wait until it is gone."""
    kill_all_now(spared)
    await asyncio.wait_for(asyncio.gather(*(ended(left) for left in started if left not in spared)), KILL_SECONDS)
