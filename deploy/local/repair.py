"""`make rebuild`, `make verify`, `make replay`, `make conflicts`: an operator's word comes in, what services say themselves goes out."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from deploy.local.services import ROOT, SERVICES, environment
from deploy.local.trouble import Trouble

NAMES = tuple(service.name for service in SERVICES)


def ask(word: str, service: str, options: Sequence[str], kafka: str, databases: Mapping[str, str]) -> bool:
    """Ask one service, or each in turn where none is named; True where all said that all is well."""
    if service and service not in NAMES:
        raise Trouble(f"There is no service {service}; there are {', '.join(NAMES)}.")
    chosen = (service,) if service else NAMES
    said = [ask_one(word, name, options, environment(kafka, database=databases[name], port="0")) for name in chosen]
    return all(said)


def ask_one(word: str, service: str, options: Sequence[str], told: Mapping[str, str]) -> bool:
    command = [sys.executable, "-m", "shared.repair", word, service, *options]
    return subprocess.run(command, cwd=ROOT, env=dict(told), check=False).returncode == 0  # noqa: S603  the command is our own
