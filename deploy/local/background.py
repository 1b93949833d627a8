"""`make up` and `make down`. In: a private folder; out: a system in the background that is ready, or none.

The supervisor talks to whoever waits for it over a pipe, one JSON array a line: `["say", sentence]`, `["passing", sentence]`,
`["trouble", sentence]`, `["ready"]`. Until then it ends with the one who waits; from then on it is on its own.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import psutil

from deploy.local import child, holding, launch, supervisor, telling
from deploy.local.private import Private
from deploy.local.system import System
from deploy.local.telling import Tell
from deploy.local.trouble import Trouble

ROOT = Path(__file__).parents[2]
DOWN_SECONDS = 90
KILL_SECONDS = 10


def up(private: Private, tell: Tell) -> None:
    """Start a supervisor and wait until it says that it is ready, or why it is not."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "deploy.local", "--folder", str(private.folder), "supervise", str(writing)]
    tied = [sys.executable, "-I", "-S", str(child.LAUNCH), str(os.getpid()), str(int(signal.SIGTERM)), "same", *command]
    with private.log("supervisor").open("ab") as log, os.fdopen(reading, encoding="utf-8") as said:
        process = subprocess.Popen(  # noqa: S603  the command is our own
            tied, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, pass_fds=[writing], start_new_session=True
        )
        os.close(writing)
        listen(process, said, tell, private)


def listen(process: "subprocess.Popen[bytes]", said: TextIO, tell: Tell, private: Private) -> None:
    """Repeat what the supervisor says; Ctrl-C while it starts ends it, and waits until it has ended."""
    try:
        for line in said:
            kind, *sentence = json.loads(line)
            if kind == "ready":
                return
            if kind == "trouble":
                raise Trouble(sentence[0])
            tell(sentence[0], passing=kind == "passing")
    except KeyboardInterrupt:
        process.terminate()
        process.wait(DOWN_SECONDS)
        raise
    process.wait(DOWN_SECONDS)
    raise Trouble(f"The supervisor ended before the system was ready; its log: {private.log('supervisor')}")


async def supervise(private: Private, writing: int) -> None:
    """The other end: run the system, and tell the one who waits how it goes."""
    with os.fdopen(writing, "w", encoding="utf-8") as waiting:
        os.set_inheritable(writing, False)

        def say(kind: str, *sentence: str) -> None:
            if not waiting.closed:
                print(json.dumps([kind, *sentence]), file=waiting, flush=True)

        tell = telling.also_logged(private, lambda sentence, passing=False: say("passing" if passing else "say", sentence))

        async def go_on(running: System) -> None:
            launch.tie_to_parent(0)
            say("ready")
            waiting.close()
            await supervisor.for_ever(running)

        try:
            await supervisor.supervise(private, tell, go_on)
        except Trouble as trouble:
            tell(f"{trouble}") if waiting.closed else say("trouble", str(trouble))


async def down(private: Private, tell: Tell) -> bool:
    """End the system that runs in this folder, and wait until it has ended; False where none runs."""
    pid = holding.holder(private)
    if pid is None:
        return False
    tell("Stopping.", passing=True)
    running = psutil.Process(pid)
    running.send_signal(signal.SIGTERM)
    try:
        await asyncio.to_thread(running.wait, DOWN_SECONDS)
    except psutil.TimeoutExpired:
        tell(f"It did not stop within {DOWN_SECONDS} s and is killed; nothing that was stored is lost.")
        running.kill()
        await asyncio.to_thread(running.wait, KILL_SECONDS)
    return True
