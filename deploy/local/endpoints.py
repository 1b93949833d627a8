"""`endpoints.json`: where the running system answers. In: what runs; out: a private file that is there from ready to the end.

`{"kafka": "host:port", "api": "http://…", "services": {name: {"address", "pid", "log"}}, "servers": {name: {"address", "pid", "log"}}}`
"""

import json
from collections.abc import Mapping
from typing import Any

from deploy.local.child import Child
from deploy.local.private import Private, write

API = "reporting"


def record(private: Private, running: Mapping[str, Child], services: Mapping[str, str], servers: Mapping[str, str]) -> None:
    """Write it anew: `services` and `servers` say by name where each answers."""
    content = {
        "kafka": servers["kafka"],
        "api": services.get(API),
        "services": {name: entry(private, name, address, running) for name, address in services.items()},
        "servers": {name: entry(private, name, address, running) for name, address in servers.items()},
    }
    write(private.endpoints, json.dumps(content, indent=2) + "\n")


def entry(private: Private, name: str, address: str, running: Mapping[str, Child]) -> dict[str, Any]:
    """A process that is being started again has no number yet."""
    return {"address": address, "pid": running[name].pid if name in running else None, "log": str(private.log(name))}


def read(private: Private) -> dict[str, Any] | None:
    """What the running system wrote; nothing where none is ready."""
    try:
        content = json.loads(private.endpoints.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
