"""One system a folder. In: the private folder; out: the right to run in it, which ends with the process that has it, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.private import PRIVATE_FILE, Private
from deploy.local.trouble import Trouble


class Running(Trouble):
    """A system runs in this folder already."""


@contextmanager
def hold(private: Private) -> Iterator[None]:
    """Hold the folder; refuses where somebody does."""
    with os.fdopen(os.open(lock_of(private), os.O_RDWR | os.O_CREAT, PRIVATE_FILE), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Running("Denyut runs here already.") from None
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        lock.seek(0)
        lock.truncate()


def holder(private: Private) -> int | None:
    """The process that holds the folder; nothing where none does."""
    try:
        with lock_of(private).open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or 0) or None
    except (FileNotFoundError, ValueError):
        pass
    return None


def lock_of(private: Private) -> Path:
    return private.folder / "lock"
