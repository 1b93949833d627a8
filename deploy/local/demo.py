"""`make demo`: the system in the foreground, with a publisher that feeds it and a live table. In: a private folder; out: nothing left."""

import asyncio
import sys
from importlib.util import find_spec

from rich.console import Console

from deploy.local import child, progress, services, supervisor, system, telling
from deploy.local.child import Child
from deploy.local.private import Private
from deploy.local.system import System
from deploy.local.telling import Tell, Terminal

PUBLISHER = "deploy.demo"


async def run(private: Private, console: Console) -> None:
    terminal = Terminal()
    showing = False

    def say(sentence: str, *, passing: bool = False) -> None:
        # while the table is shown, sentences go through it and stay above it
        console.print(sentence, markup=False) if showing else terminal(sentence, passing=passing)

    async def go_on(running: System) -> None:
        nonlocal showing
        assert running.kafka is not None
        tell_addresses(running.addresses[services.API], running.kafka.bootstrap, private, tell)
        await publish(running)
        showing = True
        try:
            await progress.show_live(running.addresses[services.API], console)
        finally:
            showing = False

    tell = telling.also_logged(private, say)
    await supervisor.supervise(private, tell, go_on)


def tell_addresses(api: str, kafka: str, private: Private, tell: Tell) -> None:
    """What a person can open and connect to."""
    if not api.endswith(f":{services.API_PORT}"):
        tell(f"Port {services.API_PORT} is taken, so the API has another one.")
    tell(f"Table      {api}/")
    tell(f"API        {api}/docs")
    tell(f"Kafka      {kafka}")
    tell(f"Addresses  {private.endpoints}")


async def publish(running: System) -> None:
    """Start the publisher, and again when it dies; one that has sent everything may end."""
    if find_spec(PUBLISHER) is None:
        running.tell("There is no demo publisher: send events yourself.")
        return
    await system.keep(running, "demo", lambda: start_publisher(running), ends_well=True)


async def start_publisher(running: System) -> Child:
    assert running.kafka is not None
    await asyncio.sleep(0)
    told = services.environment(running.kafka.bootstrap, api=running.addresses[services.API])
    command = [sys.executable, "-m", PUBLISHER]
    return child.start("demo", command, running.private.log("demo"), environment=told, folder=services.ROOT)
