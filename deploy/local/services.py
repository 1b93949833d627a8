"""The four services as processes. In: where Kafka and the databases are; out: processes that are ready, each on its own port."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import ask, child, ports
from deploy.local.child import Child, last_line
from deploy.local.keep import Kept
from deploy.local.private import Private
from deploy.local.trouble import Trouble

ROOT = Path(__file__).parents[2]
PUBLISHERS = ROOT / "deploy" / "publishers.yaml"
API = "reporting"
API_PORT = 8080
READY_SECONDS = 150
HOPELESS_DEATHS = 4
ASK_SECONDS = 0.2
TOPICS_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Service:
    """A service's name, which is also its role's and its database's, and the program that runs it."""

    name: str
    command: tuple[str, ...]


SERVICES = tuple(
    Service(name, (sys.executable, "-m", f"services.{name}.app")) for name in ("onboarding", "export", "procurement", "reporting")
)


def environment(kafka: str, **more: str) -> dict[str, str]:
    """What every program of ours is told; what somebody set before wins where it is a choice and not an address."""
    choices = {"DENYUT_UNREGISTERED": "count", "DENYUT_LOG": "text", "DENYUT_SESSION_MS": "3000", "DENYUT_PUBLISHERS": str(PUBLISHERS)}
    fixed = {"DENYUT_KAFKA": kafka, "DENYUT_HOST": ports.LOOPBACK, "PYTHONUNBUFFERED": "1"}
    return {**choices, **os.environ, **fixed, **{f"DENYUT_{name.upper()}": value for name, value in more.items()}}


def start(private: Private, service: Service, kafka: str, database: str) -> tuple[Child, int]:
    """Start one service; its port stays what it was where that is free."""
    port = ports.choose(API_PORT if service.name == API else None, private.port(service.name))
    private.remember(f"port of {service.name}", str(port))
    told = environment(kafka, database=database, port=str(port))
    return child.start(service.name, service.command, private.log(service.name), environment=told, folder=ROOT), port


async def make_topics(private: Private, kafka: str) -> None:
    """Make the topics of the registry; those that exist stay as they are."""
    command = [sys.executable, "-m", "shared.messaging.topics"]
    making = child.start("topics", command, private.log("topics"), environment=environment(kafka), folder=ROOT)
    if await asyncio.wait_for(child.ended(making), TOPICS_SECONDS) != 0:
        raise Trouble(f"The topics cannot be made (whole log: {making.log}): {last_line(making) or 'it said nothing'}")


async def until_ready(address: str, kept: Kept, log: Path) -> None:
    """Wait until a service says that it is ready; why it is not is said when that takes too long or it dies again and again."""
    reasons = "it does not answer"
    try:
        async with asyncio.timeout(READY_SECONDS):
            while (answer := await ask.get(f"{address}/readyz")) is None or answer[0] != 200:
                reasons = why_not(answer)
                if kept.deaths >= HOPELESS_DEATHS:
                    raise Trouble(f"{kept.name} does not start: {kept.last_words} (its log: {log}).")
                kept.tell(f"Waiting for {kept.name}: {reasons}", passing=True)
                await asyncio.sleep(ASK_SECONDS)
    except TimeoutError:
        raise Trouble(f"{kept.name} is not ready after {READY_SECONDS} s: {reasons} (its log: {log}).") from None


def why_not(answer: tuple[int, bytes] | None) -> str:
    if answer is None:
        return "it does not answer"
    try:
        body = json.loads(answer[1])
    except ValueError:
        return f"it answers {answer[0]}"
    given = body.get("reasons") if isinstance(body, Mapping) else None
    return "; ".join(map(str, given)) if given else f"it answers {answer[0]}"
