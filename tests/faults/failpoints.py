"""Places in a service where it can be made to die, stop or go astray: an armed file comes in, the deed is done once.

A place is armed by a file `<service>.<point>` in the control folder, whose text is the deed; whichever replica gets there first
takes it (by renaming it, which only one can do). Nothing of this is on the product's path: the functions are wrapped here,
in a process that the harness starts.

    exit            the process is gone, as by kill -9
    stop            it stops as by SIGSTOP, until the harness lets it go on
    sleep SECONDS   it goes on later
    cancel          a stranger cancels what runs there
    hang            it never goes on
"""

import asyncio
import os
import signal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.messaging import telling
from shared.messaging.batch import Applier, Batch, Heard
from shared.postgres import positions

POINTS = (
    "in-copy",  # half of a COPY is sent, no lock is held
    "after-lock",  # the merge lock is held, nothing counted
    "before-commit",  # all is written, nothing committed
    "after-commit",  # committed, and neither the process nor Kafka's offsets know
    "before-send",  # a flush was read and not sent
    "mid-flush",  # half of a flush is sent, no watermark
    "after-send",  # sent, and not marked as sent
)
EXIT_STATUS = 9
HANG_SECONDS = 3_600.0


class Armed:
    """The control folder of a run, as one service sees it."""

    def __init__(self, folder: Path, service: str, replica: str) -> None:
        self.folder, self.service, self.replica = folder, service, replica

    def take(self, point: str) -> str:
        """What is to be done at this place now; nothing nearly always."""
        armed = self.folder / f"{self.service}.{point}"
        fired = self.folder / f"{self.service}.{point}.fired"
        try:
            armed.rename(fired)
        except FileNotFoundError:
            return ""
        deed = fired.read_text(encoding="utf-8")
        said = self.folder / f"{self.service}.{point}.who"
        said.write_text(f"{self.replica} {os.getpid()}", encoding="utf-8")
        said.rename(self.folder / f"{self.service}.{point}.by")
        return deed

    def pass_by(self, point: str) -> str:
        """Where nothing may be awaited: die or stop here; any other deed comes back."""
        deed = self.take(point)
        if deed == "exit":
            os._exit(EXIT_STATUS)
        if deed == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        return deed

    async def reach(self, point: str) -> None:
        deed = self.pass_by(point)
        if deed.startswith("sleep"):
            await asyncio.sleep(float(deed.split()[1]))
        elif deed == "hang":
            await asyncio.sleep(HANG_SECONDS)
        elif deed == "cancel":
            raise asyncio.CancelledError


def install(armed: Armed) -> None:
    """Wrap the product's own functions, before the service is imported."""
    install_in_copy(armed)
    install_in_transaction(armed)
    install_in_sending(armed)


def install_in_copy(armed: Armed) -> None:
    copy = asyncpg.Connection.copy_records_to_table

    async def copy_records_to_table(self: Any, name: str, *, records: Iterable[Any], **more: Any) -> Any:
        rows = list(records)
        return await copy(self, name, records=stumbling(rows) if rows else rows, **more)

    def stumbling(rows: Sequence[Any]) -> Iterator[Any]:
        for index, row in enumerate(rows):
            if index == len(rows) // 2:
                armed.pass_by("in-copy")
            yield row

    replace(asyncpg.Connection, "copy_records_to_table", copy_records_to_table)


def install_in_transaction(armed: Armed) -> None:
    check, move, apply_batch = positions.check, positions.move, Applier.apply_batch

    async def check_after_lock(*arguments: Any) -> None:
        await armed.reach("after-lock")
        await check(*arguments)

    async def move_before_commit(*arguments: Any) -> None:
        await move(*arguments)
        await armed.reach("before-commit")

    async def apply_and_commit(self: Applier, batch: Batch, heard: Heard) -> None:
        await apply_batch(self, batch, heard)
        await armed.reach("after-commit")

    replace(positions, "check", check_after_lock)
    replace(positions, "move", move_before_commit)
    replace(Applier, "apply_batch", apply_and_commit)


def install_in_sending(armed: Armed) -> None:
    send = telling.send

    async def send_and_stumble(producer: AIOKafkaProducer, messages: Sequence[tuple[str, bytes, bytes]]) -> None:
        if not messages:
            return
        await armed.reach("before-send")
        half = len(messages) // 2
        if half:
            await send(producer, messages[:half])
            await armed.reach("mid-flush")
        await send(producer, messages[half:])
        await armed.reach("after-send")

    replace(telling, "send", send_and_stumble)


def replace(owner: Any, name: str, function: Any) -> None:
    """The product knows nothing of this, and neither does a type."""
    assert hasattr(owner, name)
    setattr(owner, name, function)
