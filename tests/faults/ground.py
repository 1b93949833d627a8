"""The folder a run lives in: nothing comes in, a private folder of its own goes out, removed afterwards whatever happened.

Folders of runs that were killed are removed by the next one.
"""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.private import Private

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".denyut"


@contextmanager
def private_folder(kept: Path | None = None) -> Iterator[Private]:
    """A new folder while this lasts; its logs are copied to `kept` before it goes."""
    Private(STATE).make()
    remove_leftovers()
    private = Private(STATE / f"faults-{secrets.token_hex(4)}")
    private.make()
    (private.folder / "control").mkdir()
    with (private.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield private
        finally:
            if kept is not None:
                shutil.copytree(private.logs, kept, dirs_exist_ok=True)
            shutil.rmtree(private.folder, ignore_errors=True)


def remove_leftovers() -> None:
    for folder in STATE.glob("faults-*"):
        with (folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)
