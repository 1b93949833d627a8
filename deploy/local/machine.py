"""What this machine has: memory and disk, as far as we may use them, in bytes."""

import os
import shutil
from pathlib import Path

GIB = 1024**3
MIB = 1024**2
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes() -> int:
    """The machine's memory, or a container's limit where that is smaller."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [path.read_text(encoding="ascii").strip() for path in CGROUP_LIMITS if path.exists()]
    return min([machine, *(int(limit) for limit in limits if limit.isdigit())])


def free_disk_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
