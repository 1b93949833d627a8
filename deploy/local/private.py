"""The private folder of one local system: who may see what in it, and the secrets it keeps.

In: a folder; out: paths and passwords. Everything below it is forgotten by `make clean`.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from deploy.local import identity

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
# root's own folder lets the server's unprivileged user through to its data, and shows nobody what is in it
PASSABLE_FOLDER = 0o711


@dataclass(frozen=True, slots=True)
class Private:
    """The folder of one system, `.denyut` for the one that `make up` runs."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def endpoints(self) -> Path:
        return self.folder / "endpoints.json"

    @property
    def remembered(self) -> Path:
        return self.folder / "remembered.json"

    def make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(PASSABLE_FOLDER if os.geteuid() == 0 else PRIVATE_FOLDER)
        self.logs.mkdir(exist_ok=True)
        self.logs.chmod(PRIVATE_FOLDER)

    def make_room(self, folder: Path, owner: str = "same") -> None:
        """A server's own folder, closed to everybody but the user that it runs as."""
        folder.mkdir(exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
        identity.give(folder, owner)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def recall(self, name: str) -> str | None:
        """What was remembered under this name; nothing when the file is damaged, as everything in it can be made anew."""
        try:
            return str(json.loads(self.remembered.read_text(encoding="utf-8"))[name])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, name: str, value: str) -> None:
        try:
            known = dict(json.loads(self.remembered.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            known = {}
        write(self.remembered, json.dumps({**known, name: value}, indent=2) + "\n")

    def secret(self, name: str) -> str:
        """A random password, made once and kept."""
        known = self.recall(name)
        if known is None:
            known = secrets.token_urlsafe(24)
            self.remember(name, known)
        return known

    def port(self, name: str) -> int | None:
        """The port that was used the last time, so that addresses stay the same where they can."""
        known = self.recall(f"port of {name}")
        return int(known) if known and known.isdigit() else None


def write(path: Path, text: str) -> None:
    """Replace a private file as a whole, so that a reader or a crash never sees half of it."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
