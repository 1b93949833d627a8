"""What a process costs: its number comes in, CPU seconds and memory go out, its children and those that have ended included."""

from collections.abc import Iterable
from pathlib import Path

import psutil


def cpu_seconds(pid: int) -> float:
    """Of this process alone, user and system."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def tree_cpu_seconds(pid: int) -> float:
    """Of this process, its living children and those that it has reaped."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        children = process.children(recursive=True)
    except psutil.Error:
        return 0.0
    own = float(times.user + times.system + times.children_user + times.children_system)
    return own + sum(cpu_seconds(child.pid) for child in children)


def sum_cpu_seconds(pids: Iterable[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


def peak_bytes(pid: int) -> int:
    """The most memory that this process has ever had resident."""
    return status_bytes(pid, "VmHWM")


def resident_bytes(pid: int) -> int:
    return status_bytes(pid, "VmRSS")


def status_bytes(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0
